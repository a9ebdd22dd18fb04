import {
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { soleExpression } from "./expressions.ts";
import { isWalkable, readerOf, targetsOf, type YamlReader } from "./yaml-reader.ts";

/** A workflow file, or the metadata of an action, with what is needed to find a place in its text. */
export interface SourceFile {
  /** From the repository's root, with slashes: ".github/workflows/ci.yml". */
  readonly path: string;
  readonly text: string;
  readonly kind: "workflow" | "action";
  readonly yaml: YamlReader;
  readonly root: YAMLMap | undefined;
  /** Why it cannot be read. */
  readonly problem: Problem | undefined;
  /** Line, from 1, of the comment that says that a program writes this file. */
  readonly generated: number | undefined;
  /** Line, from 1, of an offset of the text. */
  lineAt(offset: number): number;
  lineOf(node: Node | undefined): number;
}

export interface Problem {
  readonly line: number;
  readonly reason: string;
}

export function readSourceFile(path: string, text: string): SourceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const targets = targetsOf(document, text);
  const walkable = isWalkable(document, targets);
  const yaml = readerOf(document, targets);
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const [error] = document.errors;
  const notRead = error
    ? { at: error.pos[0], what: said(error) }
    : (controlCharacter(text) ?? mergeKey(document, text));
  const problem = notRead
    ? {
        line: lineAt(notRead.at),
        reason: `this is not YAML that GitHub can read (${notRead.what})`,
      }
    : walkable
      ? undefined
      : { line: 1, reason: "its aliases multiply each other beyond what can be read" };
  return {
    path,
    text,
    kind: kindOfPath(path),
    yaml,
    root: problem ? undefined : yaml.map(document.contents),
    problem,
    generated: generatedLine(text),
    lineAt,
    lineOf: (node) => (node?.range ? lineAt(node.range[0]) : 1),
  };
}

interface NotRead {
  /** Offset in the text. */
  readonly at: number;
  readonly what: string;
}

/** The parser takes it; others end there. */
function controlCharacter(text: string): NotRead | undefined {
  const at = text.indexOf("\0");
  return at < 0 ? undefined : { at, what: "NUL character" };
}

/**
 * GitHub follows aliases, but treats the merge key as an unknown key.
 *
 * @see https://github.com/actions/runner/issues/1182#issuecomment-3151378337
 */
function mergeKey(document: Document, text: string): NotRead | undefined {
  let at: number | undefined;
  if (/<<["']?\s*:/.test(text))
    visit(document, {
      Pair(_key, { key }) {
        if (!isScalar(key) || key.value !== "<<") return undefined;
        at = key.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
  return at === undefined ? undefined : { at, what: "merge key <<" };
}

/** The first sentence of the parser, without the lines of the file that it quotes. */
function said({ message }: Error): string {
  const [first = ""] = message.split(/\n|; please use /);
  return first.replace(/ at line \d+, column \d+:?$/, "");
}

/**
 * How GitHub treats a file, by its path: the metadata of an action has a fixed name in any folder, except
 * in the folder of workflows, where it is a workflow.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
function kindOfPath(path: string): SourceFile["kind"] {
  const isAction = /(?:^|\/)action\.ya?ml$/.test(path);
  return isAction && !/(?:^|\/)\.github\/workflows\/[^/]+$/.test(path) ? "action" : "workflow";
}

const generatedWords =
  /\b(?:auto-?\s?generated|automatically generated|code generated|generated (?:by|from|with|using|file)|is generated|do(?: not|n'?t) (?:edit|modify|change) (?:this|directly|manually|by hand)|do(?: not|n'?t) edit)\b|@generated\b/i;

/** Looked for in the comments that a file begins with. */
function generatedLine(text: string): number | undefined {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  const end = lines.findIndex((line) => !/^\s*(?:#.*|---\s*)?$/.test(line.replace(/\r$/, "")));
  const header = end < 0 ? lines : lines.slice(0, end);
  const found = header.findIndex((line) => generatedWords.test(line));
  return found < 0 ? undefined : found + 1;
}

/**
 * The place of a part of a scalar's value in the text of its file; `undefined` if it is written differently
 * there: escaped, or folded over several lines.
 *
 * @param from offset in the value, like `to`
 */
export function sourceRange(
  file: SourceFile,
  scalar: Scalar,
  from: number,
  to: number,
): { start: number; end: number } | undefined {
  const value = String(scalar.value);
  const [start, end] = scalar.range ?? [0, 0];
  const raw = file.text.slice(start, end);
  const part = value.slice(from, to);
  const inValue = offsetsOf(part, value);
  const inText = offsetsOf(part, raw);
  const offset = inText[inValue.indexOf(from)];
  // One expression that is the whole value, written with escapes or over several lines.
  const [opens, closes] = [raw.lastIndexOf("${{"), raw.lastIndexOf("}}")];
  const isShown = opens >= 0 && closes > opens;
  if (soleExpression(value)?.start === from && inText.length === 0 && isShown)
    return { start: start + opens, end: start + closes + 2 };
  if (inValue.length !== inText.length || offset === undefined) return undefined;
  return { start: start + offset, end: start + offset + part.length };
}

function offsetsOf(part: string, text: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0 && part !== ""; at = text.indexOf(part, at + 1))
    found.push(at);
  return found;
}
