import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "github-simulator";
import { propertiesOf, requiredApprovals, rulesFor } from "github-simulator/testing";
import {
  declareActions,
  declareProperties,
  declareRulesets,
  declareSecrets,
  readSettings,
} from "./official-settings.ts";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";

/** What changes between two updates. */
let wanted = { secret: "first", approvals: 1, tier: "gold" };

let official: OfficialStack;
let simulator: Simulator;

beforeAll(async () => {
  official = await startOfficialStack("official-settings", declare);
  ({ simulator } = official);
});

afterAll(() => official.close());

async function declare(options: Options): Promise<void> {
  const idOf = (name: string) => simulator.world.repository(`acme/${name}`).id;
  declareSecrets(wanted, idOf, options);
  declareRulesets(wanted, idOf, options);
  declareProperties(wanted, options);
  declareActions(idOf, options);
  await readSettings(options);
}

const inWeb = { scope: "repository", repository: "acme/web" } as const;
const inAcme = { scope: "organisation", organisation: "acme" } as const;
const resources = 22;

/** The approvals that the organisation's rulesets require on the default branch of web. */
function approvals(): number {
  const { world } = simulator;
  const rules = rulesFor(world, world.repository("acme/web"), "main");
  return Math.max(0, ...rules.map(requiredApprovals));
}

function properties(): Record<string, unknown> {
  const { world } = simulator;
  return propertiesOf(world, world.repository("acme/web"));
}

function valuesOfSecrets(): (string | undefined)[] {
  const { world } = simulator;
  return [
    world.secretValue({ ...inWeb, service: "dependabot" }, "GHCR_PAT"),
    world.secretValue({ ...inAcme, service: "dependabot" }, "PRIVATE"),
    world.secretValue({ ...inWeb, service: "codespaces" }, "GHCR_PAT"),
    world.secretValue({ ...inAcme, service: "codespaces" }, "SHARED"),
  ];
}

test("up creates everything that the program declares", async () => {
  expect(await official.run("up")).toEqual({ create: resources });
  const web = simulator.world.repository("acme/web");
  expect(valuesOfSecrets()).toEqual(["first", "first", "first", "first"]);
  expect(approvals()).toBe(1);
  expect(properties()).toEqual({ tier: "gold", platforms: ["amd64", "arm64"] });
  expect(web.oidcClaimKeys).toEqual(["repo", "context", "job_workflow_ref"]);
  const { dependabotSecrets } = simulator.world.findOrganisation("acme")!;
  expect(dependabotSecrets.secrets.get("ONE")?.selected).toEqual(new Set([web.id]));
  // None of them is one of Actions.
  expect(simulator.world.effectiveSecrets(web).size).toBe(0);
});

test("up again, and refresh, change nothing", async () => {
  const writes = countWrites(simulator);
  expect(await official.run("up")).toEqual({ same: resources });
  expect(await official.run("refresh")).toEqual({ same: resources });
  expect(countWrites(simulator)).toBe(writes);
});

test("up brings a change", async () => {
  wanted = { secret: "second", approvals: 2, tier: "silver" };
  expect(await official.run("up")).toEqual({ same: resources - 11, update: 8, replace: 3 });
  expect(valuesOfSecrets()).toEqual(["second", "second", "second", "second"]);
  expect(approvals()).toBe(2);
  expect(properties()).toEqual({ tier: "silver", platforms: ["amd64", "arm64"] });
});

test("destroy leaves nothing behind", async () => {
  await official.run("destroy");
  expect(valuesOfSecrets()).toEqual([undefined, undefined, undefined, undefined]);
  expect(approvals()).toBe(0);
  expect(properties()).toEqual({});
});

test("the provider met nothing that the simulator does not implement", () => {
  expect(simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
});
