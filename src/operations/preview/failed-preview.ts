import type { StackPreview } from "./stack-preview.ts";

/** A stack that could not even be opened: others go on, and its comment says why. */
export function failedPreview(stack: string, reason: string): StackPreview {
  return {
    stack,
    outcome: "failed",
    changes: [],
    drift: { judged: false, reason: "the stack was not opened" },
    rules: [],
    openRules: [],
    budget: undefined,
    token: { owner: undefined, expiresAt: undefined, daysLeft: undefined, withheld: false },
    warnings: [],
    failures: [reason],
    untried: [],
  };
}
