import type { Actor } from "./actor.ts";
import type { World } from "./world.ts";

/** The simulated GitHub as somebody uses it; the variables of a request are one. */
export interface Session {
  readonly world: World;
  readonly actor: Actor;
}
