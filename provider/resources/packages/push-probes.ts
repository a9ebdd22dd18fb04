import { probePush } from "../../../src/registry/probe-push.ts";
import { reaching } from "../../../src/registry/reaching.ts";
import type { RegistryClientOptions } from "../../../src/registry/registry-client.ts";
import { allowed } from "./judge-packages.ts";
import type { Packages } from "./packages.ts";
import { isSameName } from "../../../src/is-same-name.ts";

/** With some 20 ms an answer, these take as long as the engine takes to ask for them. */
const mostAtOnce = 16;

/**
 * The registry's answers to pushes. The engine checks one repository at a time and waits for the answer,
 * so packages of the next repositories are tried with it: a growing number, as long as they are asked for.
 */
export class PushProbes {
  readonly #packages: Packages;
  /** Names of the fleet's repositories, in the order in which the engine checks them. */
  readonly #fleet: readonly string[];
  /** Those that nobody asked for yet. */
  readonly #ahead = new Map<string, Promise<string>>();
  /** Those that need no answer ahead any more: the engine does not keep to the order. */
  readonly #asked = new Set<string>();
  #atOnce = 1;

  constructor(packages: Packages, fleet: readonly string[]) {
    this.#packages = packages;
    this.#fleet = fleet;
  }

  /** @returns `allowed`, or the registry's refusal */
  async ask(
    registry: RegistryClientOptions,
    { owner, repository }: { readonly owner: string; readonly repository: string },
    image: string,
  ): Promise<string> {
    const keyOf = (each: string) =>
      JSON.stringify([owner.toLowerCase(), each, registry.credential]);
    const probe = (each: string) => probeOf(registry, `${owner.toLowerCase()}/${each}`);
    this.#asked.add(keyOf(image));
    const known = this.#ahead.get(keyOf(image));
    if (known) {
      this.#ahead.delete(keyOf(image));
      return known;
    }
    for (const next of await this.#following(repository)) {
      if (this.#asked.has(keyOf(next)) || this.#ahead.has(keyOf(next))) continue;
      const answer = probe(next);
      this.#ahead.set(keyOf(next), answer);
      // What failed is asked again.
      answer.catch(() => this.#ahead.delete(keyOf(next)));
    }
    return probe(image);
  }

  /**
   * The packages that the next repositories probably publish: those linked to them, else the one of the
   * repository's name. A wrong guess costs a probe, which leaves nothing.
   */
  async #following(repository: string): Promise<string[]> {
    this.#atOnce = this.#ahead.size === 0 ? Math.min(this.#atOnce * 2, mostAtOnce) : 1;
    const isSame = (name: string) => isSameName(name, repository);
    const start = this.#fleet.findIndex(isSame) + 1;
    const next = start === 0 ? [] : this.#fleet.slice(start, start + this.#atOnce - 1);
    if (next.length === 0) return [];
    const linked = await this.#packages.linked();
    return next.flatMap((name) => linked.get(name.toLowerCase()) ?? [name.toLowerCase()]);
  }
}

async function probeOf(registry: RegistryClientOptions, name: string): Promise<string> {
  const answer = await reaching(registry.url, "the publishing token", () =>
    probePush(registry, name),
  );
  return answer.allowed ? allowed : answer.reason;
}
