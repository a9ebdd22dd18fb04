import { withoutSecrets } from "../../src/without-secrets.ts";

/**
 * The secrets that passed through this process. They live in memory only: to seal a value again
 * when a key was replaced in between, and to take the value out of any text that leaves.
 */
export class Vault {
  readonly #values = new Set<string>();

  keep(value: string): void {
    if (value.length > 0) this.#values.add(value);
  }

  /** The kept value with this property, e.g. with a certain hash. */
  find(matches: (value: string) => boolean): string | undefined {
    return [...this.#values].find(matches);
  }

  redact(text: string): string {
    return withoutSecrets(text, this.#values);
  }
}
