import { Crash, type Weather } from "./world-options.ts";

/** What GitHub says of each PAT. */
export class PatStates {
  /** What the fleet can use. */
  readonly #usable: Set<string>;
  /** What GitHub accepts, and what may no longer publish. */
  readonly #weak = new Set<string>();
  readonly #onLoss: () => void;

  constructor(first: string, onLoss: () => void) {
    this.#usable = new Set([first]);
    this.#onLoss = onLoss;
  }

  isUsable(pat: string): boolean {
    return this.#usable.has(pat);
  }

  isAccepted(pat: string): boolean {
    return this.#usable.has(pat) || this.#weak.has(pat);
  }

  /** A new PAT, as a person creates it. */
  create(pat: string): void {
    this.#usable.add(pat);
  }

  /** It expires, or a person revokes it. */
  kill(pat: string): void {
    if (this.isUsable(pat)) this.#onLoss();
    this.revoke(pat);
  }

  /** As a command does it, when nothing uses it any more. */
  revoke(pat: string): void {
    this.#usable.delete(pat);
    this.#weak.delete(pat);
  }

  /** A person takes scopes away from it. */
  weaken(pat: string): void {
    if (!this.isUsable(pat)) return;
    this.kill(pat);
    this.#weak.add(pat);
  }

  /** A person gives its scopes back. */
  strengthen(pat: string): void {
    if (this.#weak.delete(pat)) this.#usable.add(pat);
  }
}

/** What a command meets. */
export function startWeather({ crashAt, deathAt, isWeakening }: Weather, pats: PatStates) {
  let effects = 0;
  let deaths = 0;
  return {
    /** @throws {Crash} */
    tick() {
      effects += 1;
      if (effects === deathAt?.[0]) {
        deaths += pats.isUsable(deathAt[1]) ? 1 : 0;
        pats[isWeakening === true ? "weaken" : "kill"](deathAt[1]);
      }
      if (effects === crashAt) throw new Crash();
    },
    deaths: () => deaths,
  };
}
