import * as github from "@pulumi/github";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../simulator/index.ts";
import { propertiesOf } from "../../simulator/world/custom-properties.ts";
import { requiredApprovals } from "../../simulator/world/branch-rules.ts";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";

const minutes = 60_000;

/** What changes between two updates. */
let wished = { secret: "first", approvals: 1, tier: "gold" };

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
  declareProperties(options);
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

function declareProperties(options: Options): void {
  const repository = "web";
  const tier = new github.OrganizationCustomProperties(
    "tier",
    {
      propertyName: "tier",
      valueType: "single_select",
      allowedValues: ["gold", "silver"],
      required: true,
      defaultValue: "gold",
      description: `For ${wished.tier}`,
    },
    options,
  );
  const platforms = new github.OrganizationCustomProperties(
    "platforms",
    {
      propertyName: "platforms",
      valueType: "multi_select",
      allowedValues: ["amd64", "arm64"],
      valuesEditableBy: "org_and_repo_actors",
    },
    options,
  );
  new github.RepositoryCustomProperty(
    "tier-of-web",
    {
      repository,
      propertyName: tier.propertyName,
      propertyType: "single_select",
      propertyValues: [wished.tier],
    },
    options,
  );
  new github.RepositoryCustomProperty(
    "platforms-of-web",
    {
      repository,
      propertyName: platforms.propertyName,
      propertyType: "multi_select",
      propertyValues: ["amd64", "arm64"],
    },
    options,
  );
  new github.OrganizationRuleset(
    "by-property",
    {
      name: "by property",
      target: "branch",
      enforcement: "active",
      conditions: {
        refName: { includes: ["~ALL"], excludes: [] },
        repositoryProperty: {
          includes: [{ name: tier.propertyName, propertyValues: [wished.tier] }],
          excludes: [{ name: platforms.propertyName, propertyValues: ["s390x"] }],
        },
      },
      rules: { nonFastForward: true },
    },
    options,
  );
  // Asked once there is something to find.
  github.getOrganizationCustomPropertiesOutput({ propertyName: tier.propertyName }, options);
  github.getRepositoryCustomPropertiesOutput({ repository }, options);
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
const resources = 18;

/** The approvals that the organisation's rulesets ask for on the default branch of web. */
function approvals(): number {
  const { world } = simulator;
  return requiredApprovals(world, world.repository("acme/web"), "main");
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

test(
  "up creates all that the program declares",
  async () => {
    const { summary } = await stack.up();
    expect(summary.resourceChanges).toEqual({ create: resources });
    expect(valuesOfSecrets()).toEqual(["first", "first", "first", "first"]);
    expect(approvals()).toBe(1);
    expect(properties()).toEqual({ tier: "gold", platforms: ["amd64", "arm64"] });
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
    wished = { secret: "second", approvals: 2, tier: "silver" };
    await stack.up();
    expect(valuesOfSecrets()).toEqual(["second", "second", "second", "second"]);
    expect(approvals()).toBe(2);
    expect(properties()).toEqual({ tier: "silver", platforms: ["amd64", "arm64"] });
  },
  2 * minutes,
);

test(
  "destroy leaves nothing behind",
  async () => {
    expect((await stack.destroy()).summary.result).toBe("succeeded");
    expect(valuesOfSecrets()).toEqual([undefined, undefined, undefined, undefined]);
    expect(approvals()).toBe(0);
    expect(properties()).toEqual({});
  },
  2 * minutes,
);

test("the provider met nothing that the simulator does not implement", () => {
  expect(simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
});
