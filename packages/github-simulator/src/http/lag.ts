import { World } from "../world/world.ts";
import type { State } from "../world/state/state.ts";

/** Remembers how the world stood before each write, for reads that lag behind. */
export interface Lag {
  remember(): void;
  /** The world as it stood so many milliseconds ago. */
  worldBefore(milliseconds: number): World;
}

export function createLag(world: World): Lag {
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
