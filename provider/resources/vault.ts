import { withoutSecrets } from "../../src/without-secrets.ts";

/**
 * The secrets that passed through this process. They are in memory only: to seal a value again if a key
 * was replaced meanwhile, and to remove the value from all text that leaves the process.
 */
export class Vault {
  readonly #values = new Set<string>();
  readonly #growing: Iterable<string>[] = [];
  /** The login of a token's account, by the token. */
  readonly #owners = new Map<string, string>();

  keep(value: string): void {
    if (value.length > 0) this.#values.add(value);
  }

  /** @param values a collection that may grow; removed from texts, but not returned by {@link find} */
  keepAll(values: Iterable<string>): void {
    this.#growing.push(values);
  }

  keepOwner(token: string, login: string): void {
    this.#owners.set(token, login);
  }

  /** @returns nothing where this process has not inspected the token */
  ownerOf(token: string): string | undefined {
    return this.#owners.get(token);
  }

  /** The stored value with this property, e.g. with a certain hash. */
  find(matches: (value: string) => boolean): string | undefined {
    return [...this.#values].find(matches);
  }

  redact(text: string): string {
    return withoutSecrets(
      text,
      [this.#values, ...this.#growing].flatMap((each) => [...each]),
    );
  }
}
