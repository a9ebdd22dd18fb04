import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import type { RolloutContext } from "./plan-rollout.ts";

/**
 * GitHub as the stack's administrator, or as somebody else; what it waits for is told as a note.
 *
 * @param token `null` for calls as nobody
 */
export function clientOf(
  { stack: { name, connection }, tell }: Pick<RolloutContext, "stack" | "tell">,
  token: string | null = connection.token,
): GitHubClient {
  const { baseUrl } = connection;
  const onWait = (message: string) => tell({ stack: name, type: "note", message });
  return createGitHubClient({ baseUrl, token: token ?? undefined, onWait });
}
