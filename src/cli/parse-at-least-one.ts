import { InvalidArgumentError } from "commander";
import { parseCount } from "./parse-count.ts";

export function parseAtLeastOne(text: string): number {
  const count = parseCount(text);
  if (count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1 on.");
}
