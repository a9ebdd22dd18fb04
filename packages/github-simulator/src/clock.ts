/** Gives the simulator the time, in milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Calls the listener after each jump, if the time does not pass by itself. */
  onAdvance?(listener: () => void): () => void;
}

export const realClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is advanced. */
export interface VirtualClock extends Clock {
  advance(duration: { days?: number; hours?: number; minutes?: number; seconds?: number }): void;
}

export function virtualClock(start: string | number = Date.now()): VirtualClock {
  const listeners = new Set<() => void>();
  let now = typeof start === "number" ? start : Date.parse(start);
  return {
    now: () => now,
    advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }) {
      now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
      for (const listener of listeners) listener();
    },
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** GitHub's timestamps: UTC, whole seconds, `2026-05-01T08:30:00Z`. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
