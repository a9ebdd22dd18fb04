import { timestamp, type Clock } from "../clock.ts";
import type { ChecksOf } from "./state/check.ts";
import { actorOf, type AuthenticatedActor } from "./actor.ts";
import { createEventHub, type EventHub } from "./events.ts";
import { branchHead, entryAt, readBlob, resolveCommit, treeOf } from "./objects/repository-git.ts";
import { findSecret, type SecretLocation, scopedItems, type ScopedItem } from "./find-secrets.ts";
import type { Organisation, User } from "./state/accounts.ts";
import type { App } from "./state/app.ts";
import type { Repository } from "./state/repository.ts";
import type { State, Token } from "./state/state.ts";
import { hashToken, mintTokenValue } from "./tokens.ts";

/** The simulated GitHub: its state, its clock, and what its parts read from both. */
export class World {
  state: State;
  readonly clock: Clock;
  readonly events: EventHub = createEventHub();
  /** The runner's checks, if there is a runner. */
  checksOf: ChecksOf = () => [];

  constructor(state: State, clock: Clock) {
    this.state = state;
    this.clock = clock;
  }

  /** Ids count up, so that two runs with the same steps have the same ids. */
  nextId(): number {
    this.state.nextId += 1;
    return this.state.nextId;
  }

  /** The clock's time as GitHub writes it, in whole seconds. */
  now(): string {
    return timestamp(this.clock.now());
  }

  findUser(login: string): User | undefined {
    return this.state.users.get(login.toLowerCase());
  }

  findUserByEmail(email: string): User | undefined {
    return [...this.state.users.values()].find((user) => user.email === email);
  }

  findOrganisation(login: string): Organisation | undefined {
    return this.state.organisations.get(login.toLowerCase());
  }

  findAccount(login: string): User | Organisation | undefined {
    return this.findOrganisation(login) ?? this.findUser(login);
  }

  findRepository(owner: string, name: string): Repository | undefined {
    for (const repository of this.state.repositories.values()) {
      if (
        repository.name.toLowerCase() === name.toLowerCase() &&
        repository.owner.toLowerCase() === owner.toLowerCase()
      ) {
        return repository;
      }
    }
    return undefined;
  }

  /** Also by a former name. */
  followRepository(owner: string, name: string): Repository | undefined {
    const moved = this.state.redirects.get(`${owner}/${name}`.toLowerCase());
    return (
      this.findRepository(owner, name) ??
      (moved === undefined ? undefined : this.state.repositories.get(moved))
    );
  }

  /** `owner/name`, current or former; throws if there is none. */
  repository(fullName: string): Repository {
    const [owner = "", name = ""] = fullName.split("/");
    const repository = this.followRepository(owner, name);
    if (repository === undefined) throw new Error(`The simulator has no repository ${fullName}.`);
    return repository;
  }

  /** An owner's repositories, sorted by name. */
  repositoriesOf(owner: string): Repository[] {
    return [...this.state.repositories.values()]
      .filter((repository) => repository.owner.toLowerCase() === owner.toLowerCase())
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
  }

  /** The value of a token in the seed, minted when the simulator started. */
  tokenValue(name: string): string {
    const token = this.state.tokens.get(name);
    if (token === undefined) throw new Error(`The seed describes no token named "${name}".`);
    return token.value;
  }

  /** An App of the seed; throws if there is none. */
  app(slug: string): App {
    const app = this.state.apps.get(slug);
    if (app === undefined) throw new Error(`The seed describes no app named "${slug}".`);
    return app;
  }

  /** The holder of this token; undefined for an unknown, revoked or expired one. */
  authenticate(value: string): AuthenticatedActor | undefined {
    for (const token of this.state.tokens.values()) {
      if (token.value !== value) continue;
      if (token.expiresAt !== null && Date.parse(token.expiresAt) <= this.clock.now())
        return undefined;
      return actorOf(token, hashToken(value));
    }
    return undefined;
  }

  /** Mints a token at run time: a job's, or a new one for a rotation. Returns its value. */
  mintToken(token: Omit<Token, "value" | "createdAt">): string {
    const value = mintTokenValue(token.kind);
    this.state.tokens.set(token.name, { ...token, value, createdAt: this.now() });
    return value;
  }

  revokeToken(name: string): void {
    this.state.tokens.delete(name);
  }

  /** A file's bytes at a branch, tag or commit; undefined if there is none. */
  readFile(repository: Repository, revision: string, path: string): Buffer | undefined {
    const commit = branchHead(repository, revision) ?? resolveCommit(repository, revision);
    if (commit === undefined) return undefined;
    const entry = entryAt(repository, treeOf(repository, commit), path);
    return entry === undefined || repository.objects.get(entry.oid)?.type !== "blob"
      ? undefined
      : readBlob(repository, entry.oid);
  }

  /** The `secrets` of a job in the repository (and environment), by GitHub's precedence. */
  effectiveSecrets(repository: Repository, environment?: string): Map<string, string> {
    return valuesOf(scopedItems(this, repository, environment, ({ secrets }) => secrets.secrets));
  }

  effectiveVariables(repository: Repository, environment?: string): Map<string, string> {
    return valuesOf(scopedItems(this, repository, environment, ({ variables }) => variables));
  }

  /** The plain value of a stored secret, for tests; undefined if there is none. */
  secretValue(location: SecretLocation, name: string): string | undefined {
    return findSecret(this, location, name)?.value;
  }
}

function valuesOf(items: readonly ScopedItem[]): Map<string, string> {
  return new Map(items.map(({ name, value }) => [name, value]));
}
