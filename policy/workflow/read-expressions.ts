import { isAlias, isMap, isPair, isScalar, isSeq, type Alias, type Node, type YAMLMap } from "yaml";
import { expressionsIn } from "./language/expressions.ts";
import type { Expression } from "./workflow.ts";

interface Place {
  readonly key: string;
  readonly path: readonly string[];
  readonly scopes: readonly YAMLMap[];
}

/** Every expression of a document, at each place; an alias adds places. */
export function readExpressions(
  contents: unknown,
  targets: ReadonlyMap<Alias, Node>,
  { text: source, lineAt }: { text: string; lineAt: (offset: number) => number },
): Expression[] {
  const found: Expression[] = [];
  const walk = (node: unknown, place: Place): void => {
    if (isAlias(node)) walk(targets.get(node), place);
    else if (isPair(node)) {
      const key = isScalar(node.key) ? String(node.key.value) : "";
      walk(node.value, { ...place, key, path: [...place.path, key] });
    } else if (isMap(node)) {
      const scopes = [node, ...place.scopes];
      for (const item of node.items) walk(item, { ...place, scopes });
    } else if (isSeq(node)) {
      for (const item of node.items) walk(item, { ...place, key: "" });
    } else if (isScalar(node) && typeof node.value === "string") {
      const [start, end] = node.range ?? [0, 0];
      let from = start;
      for (const text of expressionsAt(place.key, node.value)) {
        // Escapes, and the indentation of its lines, make its text differ from the source.
        const offsets = [source.indexOf(text, from), source.indexOf("${{", from)];
        from = offsets.find((offset) => offset >= from && offset < end) ?? from;
        found.push({ ...place, text, line: lineAt(from) });
        from += 1;
      }
    }
  };
  walk(contents, { key: "", path: [], scopes: [] });
  return found;
}

/** A condition needs no `${{ }}`. */
function expressionsAt(key: string, value: string): string[] {
  return key === "if" && !value.includes("${{") ? [value] : expressionsIn(value);
}
