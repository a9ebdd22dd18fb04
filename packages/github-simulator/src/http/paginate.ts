import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";

/**
 * One page of a list, with the `Link` header for the others.
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function paginate<Item>(c: ApiContext, items: readonly Item[], defaultSize = 30): Item[] {
  const size = Math.min(100, positive(c.req.query("per_page")) ?? defaultSize);
  const page = positive(c.req.query("page")) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  if (page * size > 1_000_000) {
    throw new ApiError(422, "In order to keep the API fast for everyone, pagination is limited.");
  }
  const link = (target: number, rel: string) => {
    const url = new URL(`${c.var.api}${c.req.path}${new URL(c.req.url).search}`);
    url.searchParams.set("page", String(target));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  if (links.length > 0) c.header("Link", links.join(", "));
  return items.slice((page - 1) * size, page * size);
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
