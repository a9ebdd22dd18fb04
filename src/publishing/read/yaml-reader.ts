import { isAlias, isMap, isNode, isPair, isScalar, isSeq, visit } from "yaml";
import type { Alias, Document, Node, Scalar, YAMLMap } from "yaml";

export interface Entry {
  readonly key: string;
  readonly keyNode: Scalar;
  /** Aliases followed; `undefined` where nothing stands behind the key. */
  readonly value: Node | undefined;
  /** The alias that stands there in place of the value. */
  readonly alias: Alias | undefined;
}

/** Reads a document of unknown shape: missing nodes are `undefined`. */
export interface YamlReader {
  map(node: unknown): YAMLMap | undefined;
  items(node: unknown): readonly Node[];
  entries(node: unknown): readonly Entry[];
  /** The entry with this key in any case: for GitHub, `With` is `with`. */
  entry(node: unknown, key: string): Entry | undefined;
  /** The value below these keys. */
  at(node: unknown, ...keys: readonly string[]): Node | undefined;
  /** How many places of the file have this node: one, and one more for each alias of it or around it. */
  timesReached(node: Node): number;
}

export function readerOf(document: Document, targets: ReadonlyMap<Alias, Node>): YamlReader {
  const follow = (node: unknown): Node | undefined =>
    isAlias(node) ? targets.get(node) : isNode(node) ? node : undefined;
  const map = (node: unknown): YAMLMap | undefined => {
    const found = follow(node);
    return isMap(found) ? found : undefined;
  };
  const entries = (node: unknown): Entry[] =>
    (map(node)?.items ?? []).flatMap(({ key, value }) => {
      if (!isScalar(key)) return [];
      const alias = isAlias(value) ? value : undefined;
      return [{ key: String(key.value), keyNode: key, value: follow(value), alias }];
    });
  const entry = (node: unknown, key: string) =>
    entries(node).find((each) => each.key.toLowerCase() === key.toLowerCase());
  return {
    map,
    entries,
    entry,
    items(node) {
      const found = follow(node);
      const items = isSeq(found) ? found.items : [];
      return items.map(follow).filter((item) => item !== undefined);
    },
    at(node, ...keys) {
      let current = follow(node);
      for (const key of keys) current = entry(current, key)?.value;
      return current;
    },
    timesReached: timesReachedIn(document, targets),
  };
}

/** What each alias stands for: the last node before it with that anchor. */
export function targetsOf(document: Document, text: string): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  // Most files have none, and need no walk.
  if (!/(?:^|[\s[{,:])\*[^\s*,[\]{}]/.test(text)) return targets;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** Far more than any workflow has; a few lines of aliases to aliases reach millions. */
const mostNodes = 200_000;

/** Whether the document has an acceptable size with its aliases followed. */
export function isWalkable(document: Document, targets: ReadonlyMap<Alias, Node>): boolean {
  if (targets.size === 0) return true;
  const sizes = new Map<Node, number>();
  const sizeOf = (node: unknown): number => {
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (isAlias(node)) return sizeOf(targets.get(node));
    if (!isNode(node)) return 0;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // Until its size is known, it counts as a part of itself.
    sizes.set(node, Infinity);
    const items: readonly unknown[] = isMap(node) || isSeq(node) ? node.items : [];
    const size = items.reduce<number>((sum, item) => sum + sizeOf(item), 1);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(document.contents) <= mostNodes;
}

function timesReachedIn(document: Document, targets: ReadonlyMap<Alias, Node>) {
  let counts: Map<Node, number> | undefined;
  const count = (known: Map<Node, number>, node: unknown): void => {
    if (isPair(node)) {
      count(known, node.key);
      count(known, node.value);
      return;
    }
    const found = isAlias(node) ? targets.get(node) : node;
    if (!isNode(found)) return;
    known.set(found, (known.get(found) ?? 0) + 1);
    if (isMap(found) || isSeq(found)) for (const item of found.items) count(known, item);
  };
  return (node: Node): number => {
    if (targets.size === 0) return 1;
    if (!counts) {
      counts = new Map();
      count(counts, document.contents);
    }
    return counts.get(node) ?? 1;
  };
}

/** A scalar's value as text, whatever its type; `undefined` for null and for collections. */
export function textOf(node: unknown): string | undefined {
  const value = isScalar(node) ? node.value : undefined;
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return undefined;
  }
}

export function stringScalar(node: unknown): Scalar<string> | undefined {
  return isScalar(node) && typeof node.value === "string" ? (node as Scalar<string>) : undefined;
}
