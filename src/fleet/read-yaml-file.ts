import { readFile, stat } from "node:fs/promises";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { ConfigurationError, problemsIn } from "../user-error.ts";

export interface YamlFile {
  readonly content: unknown;
  /** Line of a value, from 1; where it does not exist, line of the nearest value around it. */
  lineOf(path: readonly (string | number)[]): number;
}

/** For a stack's configuration: far more than the engine can pass on, which is said about what is less. */
export const mostStackMebibytes = 4;

/**
 * Reads a configuration file, YAML or JSON, within limits: a small file could otherwise fill the memory.
 *
 * @param shown its name in messages
 * @param mostMebibytes how large it may be
 * @throws {UsageError} it is missing, too large, or not YAML, or its aliases or levels multiply beyond what can
 *   be read
 */
export async function readYamlFile(
  file: string,
  { shown, mostMebibytes }: { readonly shown: string; readonly mostMebibytes: number },
): Promise<YamlFile> {
  const text = await readText(file, shown, mostMebibytes);
  const lines = new LineCounter();
  // A pretty error quotes the file, which may hold a token.
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: "error",
    prettyErrors: false,
  });
  if (document.errors.length > 0) throw explainSyntax(document.errors, lines, shown);
  const content = toPlain(document, mostMebibytes);
  if (content === tooLarge) {
    throw problemsIn(shown, [
      "it is too large with its aliases written out; write it with fewer of them",
    ]);
  }
  return { content, lineOf: (place) => lineIn(document, lines, place) };
}

/** More than a person reads at once. */
const mostErrors = 20;

function explainSyntax(
  errors: Document["errors"],
  lines: LineCounter,
  shown: string,
): ConfigurationError {
  const problems = errors.slice(0, mostErrors).map(({ code, pos: [start] }) => {
    const { line, col } = lines.linePos(start);
    const what =
      code === "DUPLICATE_KEY"
        ? "this key is there twice; remove one of the two"
        : "this is not valid YAML; correct the line";
    return `${shown}:${line}:${col}: ${what}`;
  });
  return new ConfigurationError([...new Set(problems)]);
}

async function readText(file: string, shown: string, mostMebibytes: number): Promise<string> {
  const entry = await stat(file).catch(() => undefined);
  if (!entry)
    throw problemsIn(shown, ["there is no such file here; run this where Pulumi.yaml is"]);
  if (!entry.isFile()) throw problemsIn(shown, ["this is not a file"]);
  if (entry.size > mostMebibytes * 1024 * 1024)
    throw problemsIn(shown, [`it is larger than ${mostMebibytes} MiB, so it is not read`]);
  return readFile(file, "utf8").catch((error: unknown) => {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw problemsIn(shown, [`it cannot be read (${code})`]);
  });
}

const tooLarge = Symbol("too large");

/**
 * The parser refuses aliases of aliases that multiply. A large value with many aliases stays: it is one value in
 * memory, and as many in the texts that are sent on.
 */
function toPlain(document: Document, mostMebibytes: number): unknown {
  try {
    const content: unknown = document.toJS();
    const { length } = JSON.stringify(content);
    return length > 2 * mostMebibytes * 1024 * 1024 ? tooLarge : content;
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return tooLarge;
    throw error;
  }
}

function lineIn(
  document: Document,
  lines: LineCounter,
  place: readonly (string | number)[],
): number {
  for (let length = place.length; length > 0; length -= 1) {
    const node = document.getIn(place.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
