import { createGitHubClient } from "../src/github/github-client.ts";
import { explaining } from "../src/github/explain-failure.ts";
import { inspectToken, type TokenInspection } from "../src/github/inspect-token.ts";
import { judgeToken } from "../src/github/judge-token.ts";
import { UserError } from "../src/user-error.ts";
import type { Configuration } from "./configuration.ts";
import { diffProperties } from "./property-diff.ts";
import { hasUnknown, type Properties } from "./property-values.ts";
import type { CheckResult, ResourceType } from "./resource-type.ts";
import type { Vault } from "./vault.ts";

/**
 * `ghcr:index:RegistryToken`: the publishing PAT, as GitHub describes it.
 *
 * `check` takes the token, asks GitHub and puts the answer in its place, so scopes, owner and
 * expiry are known in preview, a bad token is refused before anything is written, and neither
 * state nor diff ever holds the token.
 */
export function registryToken(configuration: Configuration, vault: Vault): ResourceType {
  return {
    token: "ghcr:index:RegistryToken",

    async check(_olds, news) {
      const { value, owner, maxDays } = news;
      if (typeof value !== "string") {
        const reason = hasUnknown(news)
          ? "the PAT must come from configuration, so that preview can judge it: pulumi config set --secret ghcr-fleet:pat"
          : "the PAT is missing: pulumi config set --secret ghcr-fleet:pat";
        return { inputs: {}, failures: [{ property: "value", reason }] };
      }
      vault.keep(value);
      return inspect(configuration, value, {
        owner: typeof owner === "string" ? owner : undefined,
        maxDays: typeof maxDays === "number" ? maxDays : 90,
      });
    },

    // The moment of the inspection is no change of the token.
    diff: (olds, news) => diffProperties(withoutMoment(olds), withoutMoment(news)),
    create: async (inputs) => ({ id: inputs["hash"] as string, state: inputs }),
    read: async (id, state, inputs) => ({ id, state, inputs }),
    update: async (_id, _state, inputs) => inputs,
    delete: async () => {},
  };
}

async function inspect(
  { baseUrl }: Configuration,
  value: string,
  rules: { owner: string | undefined; maxDays: number },
): Promise<CheckResult> {
  try {
    const github = createGitHubClient({ baseUrl, token: value });
    const inspection = await explaining("inspect the publishing PAT", () =>
      inspectToken(github, value),
    );
    const failures = judgeToken(inspection, rules).map((reason) => ({ property: "value", reason }));
    return { inputs: toProperties(inspection), failures };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { inputs: {}, failures: [{ property: "value", reason: error.message }] };
  }
}

function toProperties({ expiresAt, scopes, ...rest }: TokenInspection): Properties {
  return { ...rest, scopes: [...scopes], ...(expiresAt && { expiresAt }) };
}

function withoutMoment({ inspectedAt: _, ...rest }: Properties): Properties {
  return rest;
}
