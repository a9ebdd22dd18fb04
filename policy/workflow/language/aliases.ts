import {
  isAlias,
  isCollection,
  isNode,
  isPair,
  visit,
  type Alias,
  type Document,
  type Node,
} from "yaml";

/** Far more than any workflow has; a few lines of aliases to aliases can reach millions. */
const mostNodes = 100_000;

/** The target of each alias of a document: the last node before it with that anchor. */
export function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
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

/**
 * Whether a document has an acceptable size with its aliases followed. Not if aliases multiply each
 * other, or if an alias refers to a node that contains it.
 */
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
    const items: readonly unknown[] = isCollection(node) ? node.items : [];
    const size = items.reduce<number>((sum, item) => sum + sizeOf(item), 1);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(document.contents) <= mostNodes;
}
