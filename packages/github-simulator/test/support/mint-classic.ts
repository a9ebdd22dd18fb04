import type { Simulator } from "../../src/index.ts";

/** Mints a classic token of somebody's, which never expires; tests know it by its name. Answers its value. */
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
