import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { assertPat } from "../../pat/read-pat.ts";
import { UsageError } from "../../user-error.ts";

/**
 * Reads the new PAT from standard input, or from a prompt that does not show it; never from an argument,
 * which every user of the machine can read.
 *
 * @throws {UsageError} the input cannot be a PAT; the message does not quote it
 */
export async function readNewPat(): Promise<string> {
  try {
    return assertPat(await readInput(), "standard input");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${error.message}: run \`ghcr-fleet rotate\` again, and give it the PAT and nothing else`,
    );
  }
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
