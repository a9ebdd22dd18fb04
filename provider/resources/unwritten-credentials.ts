import { UserError } from "../../src/user-error.ts";
import { isSameName } from "../../src/is-same-name.ts";

/** Absent for an organisation's secret, which may be the next credential of every repository. */
type Repository = string | undefined;

/**
 * The credentials that this run could not write. The engine deletes what they were to replace at the end of an
 * update, with `--continue-on-error` also after a failure, and a repository may still publish with that.
 */
export class UnwrittenCredentials {
  readonly #unwritten: { readonly what: string; readonly repository: Repository }[] = [];

  /** @param what in words: `the secret acme/api/GHCR_PAT` */
  async writing<T>(what: string, repository: Repository, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.#unwritten.push({ what, repository });
      throw error;
    }
  }

  /** @throws {UserError} a repository that may use this could not get what comes instead */
  assertReplaced(what: string, repository: Repository): void {
    const missing = this.#unwritten.find(
      (each) =>
        each.repository === undefined ||
        repository === undefined ||
        isSameName(each.repository, repository),
    );
    if (!missing) return;
    throw new UserError(
      `${what} stays, because ${missing.what} could not be written: repair that, and run again`,
    );
  }
}
