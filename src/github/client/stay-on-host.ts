import { z } from "zod";
import { UserError } from "../../user-error.ts";
import { isSameName } from "../../is-same-name.ts";

/** More than GitHub answers with, after a rename and a transfer. */
const mostRedirects = 5;

/** @throws {UserError} an address that a server gave leads away from it */
export function assertOnHost(address: string | URL, root: string): void {
  const [{ origin }, target] = [new URL(root), new URL(address)];
  if (target.origin === origin) return;
  throw new UserError(`${origin} points to ${target.origin}, which gets no request`);
}

/**
 * A `fetch` that sends nothing to any other host than the API's: neither a token nor a body. The addresses of further
 * pages and redirects come from the server. A write follows a repository that was renamed, and not one that now
 * belongs to somebody else.
 *
 * @param root of the API
 * @throws {UserError} also for redirects without end
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export function stayOnHost(send: typeof fetch, root: string): typeof fetch {
  return async (input, init = {}) => {
    let address = new URL(input instanceof Request ? input.url : input);
    let request: RequestInit = init;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      assertOnHost(address, root);
      if (init.redirect === "error") return send(address, request);
      const answer = await send(address, { ...request, redirect: "manual" });
      const location = answer.headers.get("location");
      if (location === null || !isRedirect(answer.status)) return answer;
      const from = address;
      address = new URL(location, address);
      const repeats = answer.status === 307 || answer.status === 308;
      const isRead = request.method === undefined || /^(?:GET|HEAD)$/i.test(request.method);
      // https://fetch.spec.whatwg.org/#http-redirect-fetch
      if (!repeats && !isRead) request = { ...request, method: "GET", body: null };
      await answer.body?.cancel();
      if (repeats && !isRead) {
        assertOnHost(address, root);
        await assertSameOwner(send, from, address, init);
      }
    }
    throw new UserError(`${root} redirects more than ${mostRedirects} times`);
  };
}

/**
 * GitHub redirects from a repository's former name to its number, also where another account has it now.
 *
 * @throws {UserError} it belongs to another account
 * @see https://docs.github.com/en/repositories/creating-and-managing-repositories/transferring-a-repository
 */
async function assertSameOwner(
  send: typeof fetch,
  from: URL,
  to: URL,
  { headers, signal }: RequestInit,
): Promise<void> {
  const [, owner, name] = /\/repos\/([^/]+)\/([^/]+)/.exec(from.pathname) ?? [];
  const [repository] = /^.*\/repositories\/\d+/.exec(to.pathname) ?? [];
  if (owner === undefined || name === undefined || repository === undefined) return;
  const request: RequestInit = { ...(headers && { headers }), ...(signal && { signal }) };
  const answer = await send(new URL(repository, to), { ...request, redirect: "error" });
  const parsed = repositorySchema.safeParse(await answer.json().catch(() => undefined));
  const now = parsed.data?.full_name;
  if (isSameName(now?.split("/")[0], owner)) return;
  const found = now === undefined ? `GitHub does not show what it is now` : `it is ${now} now`;
  throw new UserError(
    `${owner}/${name} was moved to another account, and nothing is written there: ${found}`,
  );
}

const repositorySchema = z.object({ full_name: z.string() });

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
