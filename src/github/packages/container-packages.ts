import { z } from "zod";
import type { Account } from "../../account.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { unlessMissing, unlessRefused } from "../client/unless-refused.ts";
import { isSameName } from "../../is-same-name.ts";

export interface ContainerPackage {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to. */
  readonly repository: string | undefined;
}

const packageSchema = z.object({
  name: z.string(),
  visibility: z.string(),
  repository: z.object({ full_name: z.string() }).nullish(),
});

const versionSchema = z
  .object({
    name: z.string(),
    created_at: z.string(),
    html_url: z.string().optional(),
    metadata: z.object({ container: z.object({ tags: z.array(z.string()) }) }),
  })
  .transform(({ name, created_at, html_url, metadata }) => ({
    /** `sha256:…` */
    digest: name,
    tags: metadata.container.tags,
    pushedAt: created_at,
    /** Its page, where GitHub gives one. */
    url: html_url,
  }));

/** A manifest of a container package. */
export type PackageVersion = Readonly<z.output<typeof versionSchema>>;

/** Reads the container packages of an organisation or user. */
export class ContainerPackages {
  readonly #github: GitHubClient;
  readonly #account: Account;
  #path: Promise<string> | undefined;

  constructor(github: GitHubClient, account: Account) {
    this.#github = github;
    this.#account = account;
  }

  /**
   * @param name the image without its owner; may contain slashes
   * @returns `undefined` where there is no such package
   * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-an-organization
   */
  async read(name: string): Promise<ContainerPackage | undefined> {
    const route = `GET ${await this.#pathOf(name)}`;
    const found = await unlessMissing(() => readAnswer(this.#github, packageSchema, route));
    return found && toPackage(found);
  }

  /**
   * All packages by name; one request per hundred.
   *
   * @see https://docs.github.com/en/rest/packages/packages#list-packages-for-an-organization
   */
  async list(): Promise<ReadonlyMap<string, ContainerPackage>> {
    const route = `GET ${await this.#root()}`;
    const pages = await this.#github.paginate(route, { package_type: "container", per_page: 100 });
    const found = parseAnswer(z.array(packageSchema), pages, route);
    return new Map(found.map((each) => [each.name, toPackage(each)]));
  }

  /**
   * Whether what is missing does not exist. GitHub shows the private packages of a user to this user only: to every
   * other token they are as if deleted.
   */
  async showsAll(): Promise<boolean> {
    return !(await this.#root()).startsWith("/users/");
  }

  /**
   * The tagged images among the newest hundred manifests of a package, newest first. Most manifests have
   * no tag: those of single platforms, and attestations.
   *
   * @param name the image without its owner; may contain slashes
   * @returns none where there is no such package
   * @see https://docs.github.com/en/rest/packages/packages#list-package-versions-for-a-package-owned-by-an-organization
   */
  async readTaggedVersions(name: string): Promise<PackageVersion[]> {
    const route = `GET ${await this.#pathOf(name)}/versions`;
    const found = await unlessMissing(() =>
      readAnswer(this.#github, z.array(versionSchema), route, { per_page: 100 }),
    );
    return (found ?? [])
      .filter(({ tags }) => tags.length > 0)
      .sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt));
  }

  async #pathOf(name: string): Promise<string> {
    return `${await this.#root()}/container/${encodeURIComponent(name)}`;
  }

  #root(): Promise<string> {
    const path = (this.#path ??= findPackagesPath(this.#github, this.#account));
    // A failed read may be repeated.
    path.catch(() => (this.#path = undefined));
    return path;
  }
}

function toPackage({ visibility, repository }: z.infer<typeof packageSchema>): ContainerPackage {
  return { visibility, repository: repository?.full_name };
}

/**
 * Below which path GitHub shows an account's packages. Only the token's own account has one that shows
 * private packages of a user: those below `/users` are for public ones.
 *
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-the-authenticated-user
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-a-user
 */
async function findPackagesPath(
  github: GitHubClient,
  { owner, ownerKind }: Account,
): Promise<string> {
  if (ownerKind === "Organization") return `/orgs/${encodeURIComponent(owner)}/packages`;
  // GitHub returns no user for the token of an App or a job, and without a token.
  const user = await unlessRefused([401, 403], () => readAnswer(github, userSchema, "GET /user"));
  return isSameName(user?.login, owner)
    ? "/user/packages"
    : `/users/${encodeURIComponent(owner)}/packages`;
}

const userSchema = z.object({ login: z.string() });
