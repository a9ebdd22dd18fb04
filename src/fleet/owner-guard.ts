import { isSameName } from "../is-same-name.ts";

/**
 * Refuses an update that would move a stack to another organisation. After a typing error in
 * `github:owner` the fleet would lose its secret, repositories with the same names elsewhere would get
 * it, and half of the settings would stay behind unnoticed.
 *
 * @param before the owner that the stack has written to; absent for a new stack
 * @param allowed the owner to which it may move in this one run
 * @returns the reason for refusing, or nothing
 */
export function refuseOwner(
  before: string | undefined,
  after: string,
  allowed: string | undefined,
): string | undefined {
  // GitHub compares names without case: another spelling is the same owner.
  const isSame = (owner: string | undefined) => isSameName(owner, after);
  if (before === undefined || isSame(before) || isSame(allowed)) return undefined;
  return (
    `this stack manages ${before}, and github:owner now names ${after}: set it back. ` +
    `For another organisation, create another stack: pulumi stack init ${after}. Only if ${before} itself is now called ${after}, ` +
    `or the whole stack moves there, run GHCR_FLEET_ALLOW_OWNER=${after} pulumi up --refresh --run-program`
  );
}
