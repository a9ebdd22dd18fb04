import { withPat, type FleetRepository } from "../../fleet/fleet.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { DeadToken, hashToken, inspectToken } from "../../github/tokens/inspect-token.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import { judgeToken, type TokenRules } from "../../github/tokens/judge-token.ts";
import type { UserError } from "../../user-error.ts";
import type { StackMemory } from "./stack-memory.ts";
import { wholeDays } from "../../format-text.ts";
import type { TokenStatus } from "./fleet-status.ts";

export interface TokenSource {
  /** Root of the REST API. */
  readonly baseUrl: string;
  /** The publishing PAT, or why it cannot be read. */
  readonly pat: string | UserError | undefined;
  /** Nothing where it cannot be read. */
  readonly fleet: { repositories: readonly Pick<FleetRepository, "credential">[] } | undefined;
  readonly rules: TokenRules;
  readonly memory: StackMemory;
  /** Called for every wait that GitHub imposes. */
  readonly onWait?: (message: string) => void;
}

/** Reads the publishing PAT's data from GitHub. Never throws: an error becomes the status. */
export async function readTokenStatus({
  baseUrl,
  pat,
  fleet,
  rules,
  memory,
  onWait,
}: TokenSource): Promise<TokenStatus> {
  if (pat === undefined && fleet && withPat(fleet.repositories).length === 0) {
    return { state: "unneeded" };
  }
  if (typeof pat !== "string") {
    const reason =
      pat?.message ??
      "the PAT is not set: pulumi config set --path ghcr-fleet:patFrom.env GHCR_FLEET_PAT";
    return { state: "unknown", reason };
  }
  const github = createGitHubClient({ baseUrl, token: pat, ...(onWait && { onWait }) });
  try {
    const token = await inspectToken(github, pat);
    const { hash, owner, kind, expiresAt, inspectedAt } = token;
    return {
      state: "live",
      owner,
      hash,
      kind,
      scopes: [...token.scopes],
      expiresAt: expiresAt ?? null,
      daysLeft: expiresAt === undefined ? null : wholeDays(inspectedAt, expiresAt),
      firstSeenAt: memory.token?.hash === hash ? (memory.token.since ?? null) : null,
      refusals: judgeToken(github.host, token, rules),
    };
  } catch (error) {
    if (error instanceof DeadToken) {
      return { state: "dead", hash: hashToken(pat), reason: error.message };
    }
    return {
      state: "unknown",
      reason: explainFailure(error, "inspect the publishing PAT").message,
    };
  }
}
