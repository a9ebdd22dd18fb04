import type { Context } from "hono";

/** An error as GitHub's REST API words it. */
export function refuse(
  c: Context,
  status: 404 | 409 | 410 | 422 | 403 | 501,
  message: string,
): Response {
  return c.json(
    { message, documentation_url: "https://docs.github.com/rest/actions", status: String(status) },
    status,
  );
}

/**
 * One page of a list, with the `Link` header of the others.
 * @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function paginate<T>(c: Context, items: readonly T[]): readonly T[] {
  const size = Math.min(Math.max(Number(c.req.query("per_page") ?? 30) || 30, 1), 100);
  const page = Math.max(Number(c.req.query("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (number: number, relation: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(number));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  if (links.length > 0) c.header("link", links.join(", "));
  return items.slice((page - 1) * size, page * size);
}
