import { Hono, type Context } from "hono";
import type { Actor } from "../world/actor.ts";
import type { World } from "../world/world.ts";

/** The context of every handler in the simulator. */
export interface Env {
  /** The socket under the request, where there is one: a fault may cut it. */
  Bindings: { incoming?: { socket: { destroy(): void } } };
  Variables: {
    world: World;
    actor: Actor;
    /** The API's address as this client calls it: with `/api/v3` or without. */
    api: string;
    /** Scopes for `X-Accepted-OAuth-Scopes`: a classic token needs one of them. */
    acceptedScopes: string;
  };
}

export type ApiContext = Context<Env>;

export function createRoutes(): Hono<Env> {
  return new Hono<Env>();
}
