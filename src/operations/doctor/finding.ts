/** One line of `ghcr-fleet doctor`. */
export interface Finding {
  /** What was checked, e.g. `engine`. */
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly text: string;
  /** The next step; absent where all is well. */
  readonly next?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, level: "ok", text };
}

export function problem(check: string, text: string, next: string): Finding {
  return { check, level: "problem", text, next };
}

export function warning(check: string, text: string, next: string): Finding {
  return { check, level: "warning", text, next };
}

/** The message of such an error contains the next step. */
export function failed(check: string, { message }: Error): Finding {
  return { check, level: "problem", text: message };
}
