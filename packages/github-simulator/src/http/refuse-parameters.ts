import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";

/** For GitHub's parameters that the simulator does not support: ignoring them would give wrong answers. */
export function refuseParameters(c: ApiContext, ...names: readonly string[]): void {
  const asked = names.filter((name) => (c.req.query(name) ?? "") !== "");
  if (asked.length === 0) return;
  const where = `${c.req.method} ${c.req.path}`;
  throw new ApiError(501, `the simulator does not implement ${asked.join(", ")} of ${where}`);
}
