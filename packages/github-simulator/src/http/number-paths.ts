/** A path of which a part is to be a number, as `/repos/:owner/:repo/issues/:number{\\d+}`. */
const NUMBER = /:\w+\{\\d\+\}/g;

/**
 * Whether a request asks for one of these routes with something that is no number where one belongs:
 * there is no such thing, which is another matter than a route that is not served. What could be the
 * word of another route is left out.
 * @param routes as Hono lists them
 */
export function misnumbered(
  routes: readonly { readonly method: string; readonly path: string }[],
): (method: string, path: string) => boolean {
  const patterns = routes
    .filter(({ path }) => path.search(NUMBER) >= 0)
    .map(({ method, path }) => {
      const source = path
        .replaceAll(NUMBER, "(?![a-z_-]+(?:/|$))[^/]+")
        .replaceAll(/:\w+\{\.\+\}/g, ".+")
        .replaceAll(/:\w+/g, "[^/]+");
      return { method, pattern: new RegExp(`^${source}$`) };
    });
  return (asked, path) =>
    patterns.some(
      ({ method, pattern }) =>
        (asked === method || (asked === "HEAD" && method === "GET")) && pattern.test(path),
    );
}
