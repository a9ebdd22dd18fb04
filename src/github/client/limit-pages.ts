import type { Octokit } from "@octokit/core";
import { UserError } from "../../user-error.ts";

/** Of a hundred entries each: more than any organisation has of anything that is read here. */
export const mostPages = 2_000;

/** Ends a list whose pages never end: the address of each next page comes from the server. */
export function limitPages({ hook }: Octokit, most = mostPages): void {
  /** Address of a page that may be read next, to the number of pages before it. */
  const expected = new Map<string, number>();
  hook.after("request", ({ headers }, { url }) => {
    const before = expected.get(url) ?? 0;
    expected.delete(url);
    const next = /<([^>]*)>;\s*rel="next"/.exec(headers.link ?? "")?.[1];
    if (next === undefined) return;
    const list = url.replace(/\?.*$/, "");
    if (next === url) {
      throw new UserError(`${list} names itself as its next page, so the list is not read`);
    }
    if (before + 1 >= most) {
      throw new UserError(`${list} has more than ${most} pages, so it is not read further`);
    }
    expected.set(next, before + 1);
  });
}

/**
 * The same for a list of GraphQL.
 *
 * @param list such as `the repositories of acme`
 * @returns receives the cursor of each page and of the one after it
 */
export function limitCursors(
  list: string,
  most: number,
): (page: string | null, next: string | undefined) => void {
  let pages = 0;
  return (page, next) => {
    pages += 1;
    if (next === undefined) return;
    if (next === page) {
      throw new UserError(`${list}: GitHub names a page as its own next one, so they are not read`);
    }
    if (pages >= most) {
      throw new UserError(
        `${list}: GitHub has more than ${most} pages, so they are not read further`,
      );
    }
  };
}
