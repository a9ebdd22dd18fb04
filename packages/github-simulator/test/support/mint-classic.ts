import type { Simulator } from "../../src/index.ts";

/** Mints somebody's classic token, which never expires; tests use its name. Returns its value. */
export function mintClassic(
  { world }: Pick<Simulator, "world">,
  name: string,
  owner: string,
  scopes: readonly string[],
): string {
  return world.mintToken({
    name,
    kind: "classic",
    owner,
    scopes: [...scopes],
    permissions: {},
    repositories: undefined,
    expiresAt: null,
  });
}
