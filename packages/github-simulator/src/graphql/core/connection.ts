import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";
import { graphqlError, type Arguments } from "./resolver.ts";

/**
 * A page of a list with cursors, like every connection on GitHub. A resolver can return the whole list
 * instead, unless the connection or its edges have more fields.
 * https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
 */
export function connection<Node>(
  items: readonly Node[],
  args: Arguments,
  info: GraphQLResolveInfo,
  moreOfEdge: (node: Node) => object = () => ({}),
) {
  assertBounds(args, info);
  let start = typeof args.after === "string" ? indexOf(args.after) + 1 : 0;
  let end = typeof args.before === "string" ? indexOf(args.before) : items.length;
  if (typeof args.first === "number") end = Math.min(end, start + args.first);
  if (typeof args.last === "number") start = Math.max(start, end - args.last);
  const page = items.slice(start, end).map((node, at) => ({
    cursor: cursorOf(start + at),
    node,
    ...moreOfEdge(node),
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

/** `totalCount` alone needs no bounds, and some clients use none. */
function asksForItems({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const looksInto = (selected: SelectionSetNode | undefined): boolean =>
    (selected?.selections ?? []).some((selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return ["nodes", "edges", "pageInfo"].includes(selection.name.value);
        case Kind.INLINE_FRAGMENT:
          return looksInto(selection.selectionSet);
        case Kind.FRAGMENT_SPREAD:
          return looksInto(fragments[selection.name.value]?.selectionSet);
      }
    });
  return fieldNodes.some(({ selectionSet }) => looksInto(selectionSet));
}

function assertBounds({ first, last }: Arguments, info: GraphQLResolveInfo): void {
  const field = info.fieldName;
  if (first == null && last == null && asksForItems(info)) {
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
