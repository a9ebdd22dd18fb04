/**
 * Refuses an update that would take a stack to another organisation. By a slip in `github:owner` the
 * fleet would lose its secret, repositories of the same names elsewhere would get it, and half of the
 * settings would stay behind unseen.
 *
 * @param before the owner that the stack has written to; absent where it is new
 * @param allowed the owner that it may go to in this one run
 * @returns the reason for refusing, or nothing
 */
export function refuseOwner(
  before: string | undefined,
  after: string,
  allowed: string | undefined,
): string | undefined {
  // GitHub compares names without case: a new spelling is no other owner.
  const isSame = (owner: string | undefined) => owner?.toLowerCase() === after.toLowerCase();
  if (before === undefined || isSame(before) || isSame(allowed)) return undefined;
  return (
    `this stack manages ${before}, and github:owner now names ${after}: set it back. ` +
    `Another organisation is another stack: pulumi stack init ${after}. Only where ${before} itself is now called ${after}, ` +
    `or all of the stack is to go there, run GHCR_FLEET_ALLOW_OWNER=${after} pulumi up --refresh --run-program`
  );
}
