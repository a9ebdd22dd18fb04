import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import type { RolloutEvent } from "./rollout-event.ts";

/**
 * GitHub as the stack's administrator, or as somebody else; what it waits for is told as a note.
 *
 * @param token `null` for calls as nobody
 */
export function clientOf(
  {
    stack: { name, connection },
    tell,
  }: { readonly stack: OpenStack; readonly tell: (event: RolloutEvent) => void },
  token: string | null = connection.token,
): GitHubClient {
  const { baseUrl } = connection;
  const onWait = (message: string) => tell({ stack: name, type: "note", message });
  return createGitHubClient({ baseUrl, token: token ?? undefined, onWait });
}
