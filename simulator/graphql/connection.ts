import type { GraphQLResolveInfo } from "graphql";
import { graphqlError, type Arguments } from "./resolver.ts";

/**
 * A page of a list with cursors, as every connection of GitHub.
 * https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
 */
export function connection<Item, Shaped>(
  items: readonly Item[],
  args: Arguments,
  info: GraphQLResolveInfo,
  shape: (item: Item) => Shaped,
) {
  assertBounds(args, info.fieldName);
  let start = typeof args.after === "string" ? indexOf(args.after) + 1 : 0;
  let end = typeof args.before === "string" ? indexOf(args.before) : items.length;
  if (typeof args.first === "number") end = Math.min(end, start + args.first);
  if (typeof args.last === "number") start = Math.max(start, end - args.last);
  const page = items.slice(start, end).map((item, at) => ({
    cursor: cursorOf(start + at),
    node: shape(item),
  }));
  return {
    totalCount: items.length,
    nodes: page.map(({ node }) => node),
    edges: page,
    pageInfo: {
      startCursor: page.at(0)?.cursor ?? null,
      endCursor: page.at(-1)?.cursor ?? null,
      hasPreviousPage: start > 0,
      hasNextPage: end < items.length,
    },
  };
}

function assertBounds({ first, last }: Arguments, field: string): void {
  if (first == null && last == null) {
    throw graphqlError(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  for (const [name, size] of Object.entries({ first, last })) {
    if (typeof size === "number" && (size > 100 || size < 0)) {
      throw graphqlError(
        "EXCESSIVE_PAGINATION",
        `Requesting ${size} records on the \`${field}\` connection exceeds the \`${name}\` limit of 100 records.`,
      );
    }
  }
}

function cursorOf(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString("base64");
}

function indexOf(cursor: string): number {
  const index = Number(Buffer.from(cursor, "base64").toString("utf8").replace("cursor:v2:", ""));
  if (Number.isInteger(index)) return index;
  throw graphqlError("UNPROCESSABLE", `\`${cursor}\` does not appear to be a valid cursor.`);
}
