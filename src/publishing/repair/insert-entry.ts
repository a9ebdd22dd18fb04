import { isCollection, isNode, isScalar, type Node, type YAMLMap } from "yaml";
import type { SourceFile } from "../read/source-file.ts";

/** A change of a file's text: what stands between the offsets is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A key with its value: a text that needs no quotes, or entries of its own. */
export interface NewEntry {
  readonly key: string;
  readonly value: string | readonly NewEntry[];
}

/**
 * Adds an entry to a map in the style of its siblings: on its own line with their indentation, or between
 * the braces.
 *
 * @param after key of the entry behind which the new one comes; the last one if absent
 * @returns `undefined` where the map is written in a way that leaves no place
 */
export function insertEntry(
  file: SourceFile,
  map: YAMLMap,
  entry: NewEntry,
  after?: string,
): Splice | undefined {
  return map.flow ? insertIntoFlow(file, map, entry) : insertIntoBlock(file, map, entry, after);
}

function insertIntoFlow(file: SourceFile, map: YAMLMap, entry: NewEntry): Splice | undefined {
  const [start, end] = map.range ?? [0, 0];
  const raw = file.text.slice(start, end);
  if (!raw.startsWith("{") || !raw.endsWith("}")) return undefined;
  const last = map.items.at(-1);
  const quoted = isScalar(last?.key) && last.key.type === "QUOTE_DOUBLE";
  const text = inFlow(entry, quoted);
  if (!last) return { start, end, text: `{ ${text} }` };
  const at = endOf(last.value ?? last.key);
  return at === undefined ? undefined : { start: at, end: at, text: `, ${text}` };
}

function inFlow({ key, value }: NewEntry, quoted: boolean): string {
  // Braces end a plain text here.
  const text = (plain: string) =>
    quoted || /[{}[\],]/.test(plain) ? JSON.stringify(plain) : plain;
  const inner =
    typeof value === "string"
      ? text(value)
      : `{ ${value.map((each) => inFlow(each, quoted)).join(", ")} }`;
  return `${text(key)}: ${inner}`;
}

function insertIntoBlock(
  file: SourceFile,
  map: YAMLMap,
  entry: NewEntry,
  after: string | undefined,
): Splice | undefined {
  const [first] = map.items;
  const pair =
    map.items.find(({ key }) => isScalar(key) && key.value === after) ?? map.items.at(-1);
  const keyStart = (first?.key as Node | undefined)?.range?.[0];
  if (!pair || keyStart === undefined) return undefined;
  const indent = columnOf(file.text, keyStart);
  const last = deepestLast((pair.value ?? pair.key) as Node);
  const end = last === undefined ? undefined : endOfContent(file.text, last);
  if (end === undefined) return undefined;
  const newline = newlineAt(file.text, end);
  const lines = inBlock(entry).map((line) => `${" ".repeat(indent)}${line}`);
  return { start: end, end, text: `${newline}${lines.join(newline)}` };
}

/** The end of the line with which a map ends that is written in lines. */
export function endOfEntries({ text }: SourceFile, map: YAMLMap): number | undefined {
  const last = deepestLast(map);
  return last && endOfContent(text, last);
}

/** The lines of an entry, without the indentation of its place. */
export function inBlock({ key, value }: NewEntry): string[] {
  return typeof value === "string"
    ? [`${key}: ${value}`]
    : [`${key}:`, ...value.flatMap(inBlock).map((line) => `  ${line}`)];
}

export function columnOf(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return offset - start - (text.charCodeAt(start) === 0xfeff ? 1 : 0);
}

/** The line break of the line around an offset: a file may have both kinds. */
export function newlineAt(text: string, offset: number): string {
  const next = text.indexOf("\n", offset);
  const found = next < 0 ? text.lastIndexOf("\n") : next;
  return text[found - 1] === "\r" ? "\r\n" : "\n";
}

function deepestLast(node: Node): Node | undefined {
  if (!isCollection(node) || node.flow) return node;
  const last = node.items.at(-1);
  if (last === undefined) return undefined;
  if (isCollection(last) || isScalar(last)) return deepestLast(last);
  const { key, value } = last as { key: Node; value?: Node | null };
  return deepestLast(value ?? key);
}

/** The end of the line with which a node ends, before its line break; comments there stay there. */
function endOfContent(text: string, node: Node): number | undefined {
  const [start = 0] = node.range ?? [];
  const end = endOf(node);
  if (end === undefined) return undefined;
  // A block that keeps the empty lines behind it ends after them.
  const isKept = /^[|>]\d?\+/.test(text.slice(start, start + 3));
  if (isKept) return undefined;
  const written = text.slice(0, end).trimEnd().length;
  const newline = text.indexOf("\n", Math.max(written, start));
  const line = newline < 0 ? text.length : newline;
  return text[line - 1] === "\r" ? line - 1 : line;
}

function endOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[1] : undefined;
}
