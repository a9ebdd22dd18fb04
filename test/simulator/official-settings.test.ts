import * as github from "@pulumi/github";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../simulator/index.ts";
import { requiredApprovals } from "../../simulator/world/branch-rules.ts";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";

const minutes = 60_000;

/** What changes between two updates. */
let wished = { secret: "first", approvals: 1 };

let official: OfficialStack;
let simulator: Simulator;
let stack: Stack;

beforeAll(async () => {
  official = await startOfficialStack("official-settings", declare);
  ({ simulator, stack } = official);
}, minutes);

afterAll(() => official.close());

/** What an organisation decides for its repositories. */
async function declare(options: Options): Promise<void> {
  const idOf = (name: string) => simulator.world.repository(`acme/${name}`).id;
  declareSecrets(options, idOf);
  declareRulesets(options, idOf);
  await readAll(options);
}

function declareSecrets(options: Options, idOf: (name: string) => number): void {
  const repository = "web";
  const { secret: value } = wished;
  new github.DependabotSecret("dependabot", { repository, secretName: "GHCR_PAT", value }, options);
  new github.DependabotOrganizationSecret(
    "dependabot-private",
    { secretName: "PRIVATE", visibility: "private", value },
    options,
  );
  const [listed, one] = ["LISTED", "ONE"].map(
    (secretName) =>
      new github.DependabotOrganizationSecret(
        `dependabot-${secretName}`,
        { secretName, visibility: "selected", value },
        { ...options, ignoreChanges: ["selectedRepositoryIds"] },
      ),
  );
  new github.DependabotOrganizationSecretRepositories(
    "dependabot-repositories",
    { secretName: listed!.secretName, selectedRepositoryIds: [idOf("web"), idOf("api")] },
    options,
  );
  new github.DependabotOrganizationSecretRepository(
    "dependabot-repository",
    { secretName: one!.secretName, repositoryId: idOf("web") },
    options,
  );
  // The provider replaces a secret of Codespaces whose value changes.
  const replaced = { ...options, deleteBeforeReplace: true };
  new github.CodespacesSecret(
    "codespaces",
    { repository, secretName: "GHCR_PAT", plaintextValue: value },
    replaced,
  );
  const codespaces = new github.CodespacesOrganizationSecret(
    "codespaces-shared",
    { secretName: "SHARED", visibility: "selected", plaintextValue: value },
    { ...replaced, ignoreChanges: ["selectedRepositoryIds"] },
  );
  new github.CodespacesOrganizationSecretRepositories(
    "codespaces-repositories",
    { secretName: codespaces.secretName, selectedRepositoryIds: [idOf("web")] },
    options,
  );
}

function declareRulesets(options: Options, idOf: (name: string) => number): void {
  new github.OrganizationRuleset(
    "by-name",
    {
      name: "by name",
      target: "branch",
      enforcement: "active",
      conditions: {
        refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] },
        repositoryName: { includes: ["~ALL"], excludes: ["legacy-*"] },
      },
      bypassActors: [{ actorType: "OrganizationAdmin", actorId: 1, bypassMode: "always" }],
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: { requiredApprovingReviewCount: wished.approvals },
        requiredStatusChecks: { requiredChecks: [{ context: "ci" }] },
      },
    },
    options,
  );
  new github.OrganizationRuleset(
    "by-id",
    {
      name: "by id",
      target: "branch",
      enforcement: "disabled",
      conditions: {
        refName: { includes: ["refs/heads/release/*"], excludes: [] },
        repositoryIds: [idOf("web"), idOf("api")],
      },
      rules: { requiredLinearHistory: true, requiredSignatures: true, update: true },
    },
    options,
  );
}

async function readAll(options: Options): Promise<void> {
  const repository = "web";
  await Promise.all([
    github.getDependabotPublicKey({ repository }, options),
    github.getDependabotSecrets({ name: repository }, options),
    github.getDependabotOrganizationPublicKey(options),
    github.getDependabotOrganizationSecrets(options),
    github.getCodespacesPublicKey({ repository }, options),
    github.getCodespacesSecrets({ name: repository }, options),
    github.getCodespacesOrganizationPublicKey(options),
    github.getCodespacesOrganizationSecrets(options),
  ]);
}

const inWeb = { scope: "repository", repository: "acme/web" } as const;
const inAcme = { scope: "organisation", organisation: "acme" } as const;
const resources = 13;

/** The approvals that the organisation's rulesets ask for on the default branch of web. */
function approvals(): number {
  const { world } = simulator;
  return requiredApprovals(world, world.repository("acme/web"), "main");
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

test(
  "up creates all that the program declares",
  async () => {
    const { summary } = await stack.up();
    expect(summary.resourceChanges).toEqual({ create: resources });
    expect(valuesOfSecrets()).toEqual(["first", "first", "first", "first"]);
    expect(approvals()).toBe(1);
    const web = simulator.world.repository("acme/web");
    const { dependabotSecrets } = simulator.world.findOrganisation("acme")!;
    expect(dependabotSecrets.secrets.get("ONE")?.selected).toEqual(new Set([web.id]));
    // None of them is one of Actions.
    expect(simulator.world.effectiveSecrets(web).size).toBe(0);
  },
  2 * minutes,
);

test(
  "up again, and refresh, change nothing",
  async () => {
    const writes = countWrites(simulator);
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: resources });
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: resources });
    expect(countWrites(simulator)).toBe(writes);
  },
  2 * minutes,
);

test(
  "up brings a change",
  async () => {
    wished = { secret: "second", approvals: 2 };
    await stack.up();
    expect(valuesOfSecrets()).toEqual(["second", "second", "second", "second"]);
    expect(approvals()).toBe(2);
  },
  2 * minutes,
);

test(
  "destroy leaves nothing behind",
  async () => {
    expect((await stack.destroy()).summary.result).toBe("succeeded");
    expect(valuesOfSecrets()).toEqual([undefined, undefined, undefined, undefined]);
    expect(simulator.world.findOrganisation("acme")?.rulesets).toEqual([]);
  },
  2 * minutes,
);

test("the provider met nothing that the simulator does not implement", () => {
  expect(simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
});
