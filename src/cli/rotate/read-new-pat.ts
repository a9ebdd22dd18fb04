import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { UsageError } from "../../user-error.ts";

/**
 * Reads the new PAT from a secret store's command, from standard input, or from a prompt that does
 * not show it; never from an argument, which every user of the machine can read.
 *
 * @param command e.g. `vault kv get -field=pat secret/ghcr`; the shell runs it, its output is the PAT
 * @throws {UsageError} the input cannot be a PAT; the message does not quote it
 */
export async function readNewPat(command: string | undefined): Promise<string> {
  const read = command === undefined ? await readInput() : await readFromCommand(command);
  const pat = read.trim();
  // Anything else would be refused as a header, by an error that quotes it.
  if (/^[!-~]+$/.test(pat)) return pat;
  const from = command === undefined ? "standard input" : "the output of the command";
  if (pat === "") throw new UsageError(`${from} contains no PAT`);
  throw new UsageError(
    /\s/.test(pat)
      ? `${from} contains more than one word`
      : `${from} contains characters that no PAT has`,
  );
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

async function readFromCommand(command: string): Promise<string> {
  const child = spawn(command, { shell: true, stdio: ["inherit", "pipe", "inherit"] });
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  const output = await text(child.stdout);
  const end = await ended;
  if (end !== 0) throw new UsageError(`the command that should print the PAT ended with ${end}`);
  return output;
}
