import { createInterface } from "node:readline/promises";
import { UsageError } from "../../user-error.ts";

/**
 * Refuses a command that would have to ask before it writes, and cannot.
 *
 * @param verb "ghcr-fleet rollout"
 * @throws {UsageError} there is no terminal, and `--yes` is not given
 */
export function assertCanConfirm({ yes }: { readonly yes?: boolean }, verb: string): void {
  if (yes || process.stdin.isTTY) return;
  throw new UsageError(
    `${verb} shows what it will do and asks, and there is no terminal to ask on: add --yes to write without a question`,
  );
}

/** Asks on the terminal. Only "y" and "yes" confirm; Ctrl-C and the end of the input do not. */
export async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  prompt.once("SIGINT", stop).once("close", stop);
  const answer = await prompt
    .question(`${question} [y/N] `, { signal: interrupted.signal })
    .catch(() => "");
  prompt.off("close", stop).close();
  return /^y(?:es)?$/i.test(answer.trim());
}
