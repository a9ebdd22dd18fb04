import { explaining } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { inspectToken, type TokenInspection } from "../../src/github/tokens/inspect-token.ts";
import { judgeToken, type TokenRules } from "../../src/github/tokens/judge-token.ts";
import { UserError } from "../../src/user-error.ts";
import { withheldPat } from "../../src/pat/stand-ins.ts";
import { registryTokenProperties } from "../../src/properties/registry-token.ts";
import { toFailures } from "../protocol/check-inputs.ts";
import { diffProperties } from "../protocol/property-diff.ts";
import { hasUnknown, unknownValue, type Properties } from "../protocol/property-values.ts";
import type { ResourceType } from "../protocol/resource-type.ts";
import type { Vault } from "./vault.ts";

/**
 * `ghcr:index:RegistryToken`: the publishing PAT, as GitHub describes it.
 *
 * `check` sends the token to GitHub and replaces it by the answer. So scopes, owner and expiry are
 * known in preview, an unsuitable token is refused before anything is written, and neither state nor
 * diff ever contains the token.
 *
 * @param connect makes a client that authenticates with the token itself
 */
export function registryToken(
  connect: (token: string) => GitHubClient,
  vault: Vault,
): ResourceType {
  /** By GitHub's clock. Not an input, because it differs in each run and a plan must remain valid. */
  let inspectedAt: string | undefined;
  const seen = (inputs: Properties) => ({ ...inputs, firstSeenAt: inspectedAt });
  return {
    properties: registryTokenProperties,

    async check(olds, news) {
      const { value } = news;
      if (typeof value !== "string") {
        throw new UserError(
          hasUnknown(news)
            ? `the PAT must come from configuration, so that preview can judge it: ${setPat}`
            : `the PAT is missing: ${setPat}`,
        );
      }
      if (value === withheldPat) {
        return { inputs: Object.keys(olds).length > 0 ? olds : uninspected, failures: [] };
      }
      vault.keep(value);
      const parsed = registryTokenProperties.args.safeParse(news);
      if (!parsed.success) return { inputs: {}, failures: toFailures(parsed.error) };
      const { owner, maxDays = 90 } = parsed.data;
      const inspection = await inspect(connect(value), value, { owner, maxDays });
      inspectedAt = inspection.inspectedAt;
      vault.keepOwner(value, inspection.owner);
      return { inputs: toProperties(inspection), failures: [] };
    },

    diff: (olds, news) => diffProperties(olds, news),
    create: async (inputs) => ({ id: inputs["hash"] as string, state: seen(inputs) }),
    async read(id, state, inputs) {
      if (Object.keys(inputs).length > 0) return { id, state, inputs };
      throw new UserError("cannot import a token: it is inspected, so declare it instead");
    },
    update: async (_id, { hash, firstSeenAt }, inputs) =>
      inputs["hash"] === hash ? { ...inputs, firstSeenAt } : seen(inputs),
    delete: async () => {},
  };
}

/**
 * @throws {UserError} all reasons against the token at once. With a CheckFailure, the engine would let
 *   the policies judge missing inputs, and their messages would hide the reason.
 */
async function inspect(
  github: GitHubClient,
  value: string,
  rules: TokenRules,
): Promise<TokenInspection> {
  const inspection = await explaining("inspect the publishing PAT", () =>
    inspectToken(github, value),
  );
  const reasons = judgeToken(github.host, inspection, rules);
  if (reasons.length > 0) throw new UserError(reasons.join("\n"));
  return inspection;
}

/** What a preview without the token knows if the stack has never had one. */
const uninspected: Properties = {
  hash: unknownValue,
  kind: unknownValue,
  owner: unknownValue,
  scopes: unknownValue,
  expiresAt: unknownValue,
};

const setPat = "pulumi config set --path ghcr-fleet:patFrom.env GHCR_FLEET_PAT";

function toProperties({ hash, kind, owner, scopes, expiresAt }: TokenInspection): Properties {
  return { hash, kind, owner, scopes: [...scopes], ...(expiresAt && { expiresAt }) };
}
