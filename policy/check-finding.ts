import type { Rule } from "./rule.ts";

/** A rule that something breaks. */
export interface CheckFinding {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  /** The file's path as it was given; none for the policy configuration. */
  readonly path: string | undefined;
  readonly line: number;
  /** "must …", or "api must …", with the full stop. */
  readonly message: string;
}
