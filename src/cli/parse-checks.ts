import { InvalidArgumentError } from "commander";
import { statusChecks, type StatusCheck } from "../operations/status/judge-status.ts";

/** Reads `files,ci`. */
export function parseChecks(text: string): StatusCheck[] {
  return text.split(",").map((part) => {
    const check = statusChecks.find((each) => each === part.trim());
    if (check) return check;
    throw new InvalidArgumentError(
      `"${part.trim().slice(0, 40)}" is no check; there are ${statusChecks.join(", ")}.`,
    );
  });
}
