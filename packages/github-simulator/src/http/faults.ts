import { createMiddleware } from "hono/factory";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { World } from "../world/world.ts";
import type { Env } from "./env.ts";
import { isMutation } from "./limit-requests.ts";
import { readsOnly } from "./reads-only.ts";
import type { State } from "../world/state/state.ts";

/** The requests that a fault applies to; absent fields match all. */
export interface FaultMatch {
  method?: string;
  /** A part of the path (without the base), or a pattern for it. */
  path?: string | RegExp;
  /** A part of the body, such as the name of a GraphQL mutation. */
  body?: string;
  /** The number of matching requests that pass first. */
  skip?: number;
  /** The number of requests after which it ends; without it, the fault stays until it is removed. */
  times?: number;
}

/** `before`: the request has no effect; `after`: it has one, and only the answer is lost. */
type When = "before" | "after";

export type FaultEffect =
  | {
      kind: "answer";
      status: number;
      body?: string;
      headers?: Record<string, string>;
      when?: When;
    }
  | { kind: "delay"; milliseconds: number }
  | { kind: "drop"; when: When }
  | { kind: "truncate"; bytes: number }
  /** Called when a request arrives, or has had its effect; its answer waits. */
  | { kind: "call"; when: When; run: (request: FaultyRequest) => void | Promise<void> }
  /** Reads return the state of this long ago: later writes are not visible yet. */
  | { kind: "lag"; milliseconds: number };

export interface FaultyRequest {
  readonly method: string;
  /** Without the base. */
  readonly path: string;
  readonly body: string;
}

export interface Faults {
  /** Returns a function that removes it again. */
  inject(match: FaultMatch, effect: FaultEffect): () => void;
  /** Removes all. */
  clear(): void;
}

interface Fault {
  match: FaultMatch;
  effect: FaultEffect;
  seen: number;
}

export function createFaults(world: World): {
  faults: Faults;
  middleware: ReturnType<typeof createMiddleware<Env>>;
} {
  const active = new Set<Fault>();
  const lag = createLag(world);
  const faults: Faults = {
    inject(match, effect) {
      const fault = { match, effect, seen: 0 };
      active.add(fault);
      return () => active.delete(fault);
    },
    clear: () => active.clear(),
  };
  const middleware = createMiddleware<Env>(async (c, next) => {
    // Not as text, which would break the bytes of a push.
    const body = readsOnly(c.req.method)
      ? ""
      : Buffer.from(await c.req.arrayBuffer()).toString("utf8");
    const met = [...active].filter((fault) => meets(fault, c.req.method, c.req.path, body));
    for (const { effect } of met) {
      if (effect.kind === "delay") {
        await new Promise((resolve) => setTimeout(resolve, effect.milliseconds));
      }
    }
    const effects = met.map(({ effect }) => effect);
    const call = async (when: When) => {
      for (const effect of effects) {
        if (effect.kind !== "call" || effect.when !== when) continue;
        await effect.run({ method: c.req.method, path: c.req.path, body });
      }
    };
    await call("before");
    const isRead = readsOnly(c.req.method) || (c.req.path === "/graphql" && !isMutation(body));
    const late = effects.find((effect) => effect.kind === "lag");
    if (isRead && late) c.set("world", lag.worldBefore(late.milliseconds));
    if (!isRead && [...active].some(({ effect }) => effect.kind === "lag")) lag.remember();
    const answer = effects.find((effect) => effect.kind === "answer");
    const drop = effects.find((effect) => effect.kind === "drop");
    const skipsRequest = drop?.when === "before" || (answer && answer.when !== "after");
    if (!skipsRequest) await next();
    await call("after");
    if (drop) {
      c.env.incoming?.socket.destroy();
      c.res = new Response(null, { status: 500 });
    } else if (answer) {
      const status = answer.status as ContentfulStatusCode;
      c.res = undefined;
      c.res = new Response(answer.body ?? "", { status, headers: answer.headers ?? {} });
    }
    const truncate = effects.find((effect) => effect.kind === "truncate");
    if (truncate) {
      const text = await c.res.text();
      const { status, headers } = c.res;
      c.res = new Response(text.slice(0, truncate.bytes), { status, headers });
    }
  });
  return { faults, middleware };
}

function meets(fault: Fault, method: string, path: string, body: string): boolean {
  const { match } = fault;
  if (match.method !== undefined && match.method !== method) return false;
  if (typeof match.path === "string" && !path.includes(match.path)) return false;
  if (match.path instanceof RegExp && !match.path.test(path)) return false;
  if (match.body !== undefined && !body.includes(match.body)) return false;
  fault.seen += 1;
  const number = fault.seen - (match.skip ?? 0);
  return number > 0 && number <= (match.times ?? Infinity);
}

/** Stores the state before each write, for reads that return old data. */
export interface Lag {
  remember(): void;
  /** The state at this many milliseconds ago. */
  worldBefore(milliseconds: number): World;
}

function createLag(world: World): Lag {
  let past: { until: number; state: State }[] = [];
  const longest = 60_000;
  return {
    remember() {
      const now = world.clock.now();
      past = past.filter(({ until }) => until > now - longest);
      past.push({ until: now, state: structuredClone(world.state) });
    },
    worldBefore(milliseconds) {
      const then = world.clock.now() - milliseconds;
      const state = past.find(({ until }) => until > then)?.state;
      if (state === undefined) return world;
      const before = new World(state, world.clock);
      before.checksOf = world.checksOf;
      return before;
    },
  };
}
