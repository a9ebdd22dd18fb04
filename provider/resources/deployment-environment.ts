import { readPublicKey } from "../../src/github/secrets/actions-secrets.ts";
import {
  addPolicy,
  readEnvironment,
  removePolicy,
  restrictEnvironment,
  type DeploymentEnvironment,
  type DeploymentPolicy,
} from "../../src/github/secrets/deployment-environment.ts";
import { explaining } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { UserError } from "../../src/user-error.ts";
import { deploymentEnvironmentProperties } from "../../src/properties/deployment-environment.ts";
import type { StateOf } from "../../src/properties/resource-properties.ts";
import { checkInputs, keepSpelling } from "../protocol/check-inputs.ts";
import { diffProperties } from "../protocol/property-diff.ts";
import type { ResourceContext, ResourceType } from "../protocol/resource-type.ts";
import { splitId } from "./split-id.ts";
import type { UnwrittenCredentials } from "./unwritten-credentials.ts";
import { untilVisible } from "./until-visible.ts";

type Inputs = StateOf<typeof deploymentEnvironmentProperties>;

const place = ["owner", "repository", "environment"];

/**
 * `ghcr:index:DeploymentEnvironment`: an environment that only named branches and tags may use.
 *
 * An existing environment keeps the reviewers and wait timers that people gave it. It stays when its
 * repository leaves the fleet, because the history of deployments belongs to it.
 */
export function deploymentEnvironment(
  github: GitHubClient,
  unwritten: UnwrittenCredentials,
): ResourceType {
  /** Without the environment, the engine skips its secret. */
  const writing = (inputs: Inputs, preview: boolean, context: ResourceContext) =>
    unwritten.writing(`the environment ${idOf(inputs)}`, inputs.repository, () =>
      apply(github, inputs, preview, context),
    );
  return {
    properties: deploymentEnvironmentProperties,

    check: async (olds, news) =>
      checkInputs(deploymentEnvironmentProperties.args, keepSpelling(olds, news, place)),

    diff: (olds, news) => diffProperties(olds, news, place),

    async create(properties, preview, context) {
      const inputs = properties as Inputs;
      await writing(inputs, preview, context);
      return { id: idOf(inputs), state: properties };
    },

    async read(id) {
      const form = "owner/repository/environment";
      const [owner = "", repository = "", environment = ""] = splitId(id, form);
      const known = { owner, repository, environment };
      const found = await explaining(`read the environment ${id}`, () =>
        readEnvironment(github, known),
      );
      if (!found) return undefined;
      const state = { ...known, ...patternsOf(found) };
      return { id, state, inputs: state };
    },

    async update(_id, _state, properties, preview, context) {
      await writing(properties as Inputs, preview, context);
      return properties;
    },

    delete: async () => {},
  };
}

/** Writes what differs. Removes patterns that others added, with a warning that names each. */
async function apply(
  github: GitHubClient,
  inputs: Inputs,
  preview: boolean,
  context: ResourceContext,
): Promise<void> {
  const id = idOf(inputs);
  await explaining(`set up the environment ${id}`, async () => {
    const found = await readEnvironment(github, inputs);
    const wanted = wantedPolicies(inputs);
    const extra = (found?.policies ?? []).filter((each) => !wanted.some(same(each)));
    for (const each of extra) {
      context.warn(`the environment ${id} no longer allows the ${each.type} ${each.name}`);
    }
    if (preview) return;
    if (!found?.restricted) await restrictEnvironment(github, inputs, found?.protection ?? {});
    const missing = wanted.filter((each) => !found?.policies.some(same(each)));
    for (const policy of missing) await addPolicy(github, inputs, policy);
    for (const policy of extra) await removePolicy(github, inputs, policy);
    if (!found) await waitForKey(github, inputs);
  });
}

/** The secret that is written next is sealed for the environment's key. */
async function waitForKey(github: GitHubClient, inputs: Inputs): Promise<void> {
  const place = { scope: "environment", ...inputs } as const;
  if (await untilVisible(() => readPublicKey(github, place))) return;
  throw new UserError(
    `the environment ${idOf(inputs)} was created, but GitHub does not show it yet; run again`,
  );
}

type Pattern = Omit<DeploymentPolicy, "id">;

function wantedPolicies({ branches, tags }: Inputs): Pattern[] {
  return [
    ...branches.map((name) => ({ type: "branch", name }) as const),
    ...tags.map((name) => ({ type: "tag", name }) as const),
  ];
}

function same({ type, name }: Pattern): (other: Pattern) => boolean {
  return (other) => other.type === type && other.name === name;
}

/** An environment without policies allows every branch and tag. */
function patternsOf({ restricted, policies }: DeploymentEnvironment) {
  const named = (type: Pattern["type"]) =>
    policies.filter((each) => each.type === type).map(({ name }) => name);
  return restricted
    ? { branches: named("branch").sort(), tags: named("tag").sort() }
    : { branches: ["*"], tags: ["*"] };
}

function idOf({ owner, repository, environment }: Inputs): string {
  return `${owner}/${repository}/${environment}`;
}
