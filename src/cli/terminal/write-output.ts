import { constants } from "node:fs";
import { access, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError, UserError } from "../../user-error.ts";
import { explainSystemError } from "./explain-error.ts";
import { wrapLines } from "./wrap-lines.ts";

/** The name of a file that stands for standard output. */
const standardOutput = "-";

/** Whether a result goes to standard output, where nothing else may be printed then. */
export function isStandardOutput(file: string | undefined): boolean {
  return file === standardOutput;
}

/**
 * Checks the files of results before the work starts that fills them.
 *
 * @param files by option: `{ "--html": "report.html" }`
 * @throws {UsageError} a folder is missing or not writable, or two results go to standard output
 */
export async function assertOutputs(
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const named = Object.entries(files).filter((entry): entry is [string, string] => !!entry[1]);
  const printed = named.filter(([, file]) => isStandardOutput(file)).map(([option]) => option);
  if (printed.length > 1) {
    throw new UsageError(
      `${printed.join(" and ")} both write to standard output: name a file for all but one of them`,
    );
  }
  for (const [option, file] of named) {
    if (!isStandardOutput(file)) await assertWritable(option, file);
  }
}

async function assertWritable(option: string, file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new UsageError(`${option} ${file}: this is a folder; name a file in it`);
  }
  try {
    await access(found ? file : dirname(file), constants.W_OK);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(
      isMissing
        ? `${option} ${file}: there is no folder ${dirname(file)}; create it, or name another file`
        : `${option} ${explainSystemError(error) ?? `${file} cannot be written`}`,
    );
  }
}

/**
 * Writes a result to a file, or to standard output if the file is `-`.
 *
 * @throws {UserError} the file cannot be written
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  if (isStandardOutput(file)) {
    process.stdout.write(text);
    return;
  }
  await writeFile(file, text).catch((error: unknown) => {
    throw new UserError(explainSystemError(error, file) ?? `${file} cannot be written`);
  });
}

/** A document of JSON, as text. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function printJson(document: unknown): void {
  process.stdout.write(jsonText(document));
}

/** Prints text for people: long lines are broken for their terminal. */
export function printText(text: string): void {
  process.stdout.write(`${wrapLines(text, process.stdout.columns)}\n`);
}

/** Prints what a verb found out about each stack. */
export function printStacks<Stack>(
  json: boolean | undefined,
  stacks: readonly Stack[],
  text: (stack: Stack) => string,
): void {
  if (json) printJson({ version: 1, stacks });
  else if (stacks.length > 0) printText(stacks.map(text).join("\n\n"));
}
