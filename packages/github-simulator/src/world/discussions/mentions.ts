import type { Issue, PullRequest, Repository } from "../state/state.ts";

/** Whether an issue, or what was said of it, names somebody by `@login`. */
export function mentions(
  { comments }: Repository,
  { number, body }: Issue | PullRequest,
  login: string,
): boolean {
  const said = comments.filter(({ issue }) => issue === number).map((comment) => comment.body);
  return [body ?? "", ...said]
    .flatMap((text) => [...text.matchAll(/(?<![\w-])@([\w-]+)/g)])
    .some(([, named]) => named?.toLowerCase() === login.toLowerCase());
}
