/**
 * The registry's view of the rest of the simulator, with only what the registry needs: who holds a token,
 * which accounts and repositories there are, and who may do what with a repository. The program that uses
 * the registry implements this.
 */
export interface RegistryHost {
  /** The simulator's clock: the source of every timestamp of a package. */
  now(): Date;

  /**
   * The holder of this token. `undefined` for a string that never was a token; `live: false` for one
   * that has expired or was revoked.
   */
  authenticate(secret: string): Credential | undefined;

  /** An organization or a person, whatever the case of `login`. */
  account(login: string): Account | undefined;

  /** The role of a person in an organization; `undefined` for an outsider. */
  membership(login: string, organization: string): "owner" | "member" | undefined;

  /** A repository by name, whatever the case. */
  repository(owner: string, name: string): Repository | undefined;

  /** A repository by id: a link survives a rename. `undefined` once the repository is deleted. */
  repositoryById(id: number): Repository | undefined;

  /** What the person (or job) behind a credential may do with a repository. */
  canAccess(credential: Credential, repository: Repository, access: Access): boolean;

  /** The account as REST embeds it: `simple-user` of GitHub's OpenAPI description. */
  describeAccount(account: Account): object;

  /** The repository as REST embeds it: `minimal-repository` of GitHub's OpenAPI description. */
  describeRepository(repository: Repository): object;
}

export type Access = "read" | "write" | "admin";
export type Visibility = "public" | "private" | "internal";

/** A repository's name and its id, which stays the same through renames. */
export interface RepositoryReference {
  owner: string;
  name: string;
  id: number;
}

export interface Repository extends RepositoryReference {
  visibility: Visibility;
}

export interface Account {
  id: number;
  login: string;
  type: "Organization" | "User";
}

/** A token's kind and rights, never its value. */
export type Credential = PersonalCredential | AppCredential | JobCredential;

interface PersonalCredential {
  kind: "classic-pat" | "fine-grained-pat";
  login: string;
  /** Scopes of a classic token, e.g. `write:packages`; empty for a fine-grained one. */
  scopes: string[];
  live: boolean;
  /** As audit logs write it. */
  hashedToken?: string;
}

interface AppCredential {
  kind: "app";
  /** The App's bot, e.g. `deployer[bot]`. */
  login: string;
  scopes: string[];
  live: boolean;
  hashedToken?: string;
}

/** The `GITHUB_TOKEN` of one workflow job. */
export interface JobCredential {
  kind: "job";
  /** The actor of the run. */
  login: string;
  scopes: string[];
  repository: RepositoryReference;
  permissions: { packages: "read" | "write" | "none" };
  live: boolean;
  hashedToken?: string;
}
