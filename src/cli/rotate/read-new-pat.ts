import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import type { PatSource } from "../../pat/pat-source.ts";
import { assertPat, readPat, type ReadPatOptions } from "../../pat/read-pat.ts";
import { UsageError } from "../../user-error.ts";

/**
 * Reads the new PAT from standard input, or from a prompt that does not show it; never from an argument,
 * which every user of the machine can read.
 *
 * @param stacks that get it
 * @throws {UsageError} the input cannot be a PAT; the message does not quote it
 */
export async function readNewPat(stacks: readonly string[]): Promise<string> {
  try {
    return assertPat(await readInput(), "standard input");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${error.message}: run \`ghcr-fleet rotate ${stacks.join(" ")}\` again, and give it the PAT and nothing else`,
    );
  }
}

/**
 * Reads the new PAT from the place that an option names.
 *
 * @param stacks that get it
 * @throws {UsageError} why there is no PAT, with the command to type again: not how to configure the place, which would
 *   give the PAT to all repositories without a trial
 */
export async function readNewPatFrom(
  from: PatSource,
  stacks: readonly string[],
  options: Pick<ReadPatOptions, "environment" | "interactive">,
): Promise<string> {
  const [[kind, place] = ["", ""]] = Object.entries(from);
  const namedBy = `--from-${kind}`;
  try {
    return (await readPat(from, { ...options, namedBy })).pat;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const again = ["ghcr-fleet rotate", ...stacks, namedBy, inShell(place)].join(" ");
    // The message may end with what a command printed.
    throw new UsageError(`${error.message}\nThen run \`${again}\` again`);
  }
}

/** As a shell reads it as one word. */
function inShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

async function readInput(): Promise<string> {
  return process.stdin.isTTY ? askHidden() : text(process.stdin);
}

async function askHidden(): Promise<string> {
  process.stderr.write("New PAT (it is not shown): ");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  const interrupted = new AbortController();
  prompt.once("SIGINT", () => interrupted.abort());
  try {
    return await prompt.question("", { signal: interrupted.signal });
  } catch {
    throw new UsageError("no PAT was given");
  } finally {
    prompt.close();
    process.stderr.write("\n");
  }
}
