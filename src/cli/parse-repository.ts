import { InvalidArgumentError } from "commander";

/** Reads `owner/name`. */
export function parseRepository(text: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(text)) throw new InvalidArgumentError("Give it as owner/name.");
  return text;
}
