import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Alias, Node, Scalar, YAMLMap } from "yaml";

/** Reads a document of unknown shape: missing nodes are `undefined`. */
export interface YamlReader {
  map(node: unknown): YAMLMap | undefined;
  items(node: unknown): readonly Node[];
  /** The value of a key, with aliases followed. */
  at(node: unknown, ...keys: readonly string[]): Node | undefined;
  /** The value of a case-insensitive key, such as those of variables, steps and inputs. */
  find(node: unknown, key: string): Node | undefined;
  /** The node of a key, for its line. */
  keyNode(node: unknown, key: string): Node | undefined;
  entries(node: unknown): readonly { key: string; keyNode: Node; value: Node | undefined }[];
}

/** @param targets the target of each alias */
export function readerOf(targets: ReadonlyMap<Alias, Node>): YamlReader {
  const follow = (node: unknown): Node | undefined =>
    isAlias(node) ? targets.get(node) : isNode(node) ? node : undefined;
  const map = (node: unknown): YAMLMap | undefined => {
    const found = follow(node);
    return isMap(found) ? found : undefined;
  };
  const pairs = (node: unknown) =>
    (map(node)?.items ?? []).flatMap(({ key, value }) =>
      isScalar(key) ? [{ key: String(key.value), keyNode: key as Node, value: follow(value) }] : [],
    );
  return {
    map,
    entries: pairs,
    items(node) {
      const found = follow(node);
      const items = isSeq(found) ? found.items : [];
      return items.map(follow).filter((item) => item !== undefined);
    },
    at(node, ...keys) {
      let current = follow(node);
      for (const key of keys) current = pairs(current).find((pair) => pair.key === key)?.value;
      return current;
    },
    find: (node, key) =>
      pairs(node).find((pair) => pair.key.toLowerCase() === key.toLowerCase())?.value,
    keyNode: (node, key) => pairs(node).find((pair) => pair.key === key)?.keyNode,
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
