import { randomBytes } from "node:crypto";
import type {
  Account,
  Credential,
  JobCredential,
  RegistryHost,
  Repository,
  Visibility,
} from "../../src/registry/store/registry-host.ts";

/** A small GitHub: `acme` (owner olga, member mina) and the person sam, outside of it. */
export interface FakeWorld extends RegistryHost {
  /** A valid classic token of `login`. */
  pat(login: string, ...scopes: string[]): string;
  finegrained(login: string): string;
  appToken(): string;
  /** The token of a job in `acme/<repository>`. */
  job(repository: string, packages: JobCredential["permissions"]["packages"]): string;
  expire(token: string): void;
  addRepository(
    name: string,
    visibility: Visibility,
    writers?: string[],
    owner?: string,
  ): Repository;
  advance(days: number): void;
}

export function createFakeWorld(): FakeWorld {
  const tokens = new Map<string, Credential>();
  const repositories: (Repository & { writers: string[] })[] = [];
  const accounts: Account[] = [
    { id: 1, login: "Acme", type: "Organization" },
    { id: 2, login: "olga", type: "User" },
    { id: 3, login: "mina", type: "User" },
    { id: 4, login: "sam", type: "User" },
  ];
  const roles: Record<string, "owner" | "member"> = { olga: "owner", mina: "member" };
  let now = Date.parse("2026-05-04T10:00:00.123Z");

  const issue = (credential: Credential): string => {
    const token = randomBytes(20).toString("hex");
    tokens.set(token, credential);
    return token;
  };
  const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
  const find = (owner: string, name: string) =>
    repositories.find((one) => same(one.owner, owner) && same(one.name, name));

  return {
    now: () => new Date(now),
    authenticate: (secret) => tokens.get(secret),
    account: (login) => accounts.find((account) => same(account.login, login)),
    membership: (login, organization) => (same(organization, "acme") ? roles[login] : undefined),
    repository: find,
    repositoryById: (id) => repositories.find((one) => one.id === id),
    canAccess(credential, repository, access) {
      const { writers = [], visibility } = find(repository.owner, repository.name) ?? {};
      if (credential.kind === "job") return credential.repository.id === repository.id;
      if (roles[credential.login] === "owner") return true;
      if (access === "read" && visibility === "public") return true;
      return access !== "admin" && writers.includes(credential.login);
    },
    describeAccount,
    describeRepository: (repository) =>
      describeRepository(
        repository,
        accounts.find((one) => same(one.login, repository.owner)),
      ),

    pat: (login, ...scopes) => issue({ kind: "classic-pat", login, scopes, live: true }),
    finegrained: (login) => issue({ kind: "fine-grained-pat", login, scopes: [], live: true }),
    appToken: () => issue({ kind: "app", login: "deployer[bot]", scopes: [], live: true }),
    job(name, packages) {
      const repository = find("acme", name);
      if (repository === undefined) throw new Error(`no repository ${name}`);
      const permissions = { packages };
      return issue({ kind: "job", login: "mina", scopes: [], repository, permissions, live: true });
    },
    expire(token) {
      const credential = tokens.get(token);
      if (credential) credential.live = false;
    },
    addRepository(name, visibility, writers = [], owner = "Acme") {
      const repository = { id: 100 + repositories.length, owner, name, visibility, writers };
      repositories.push(repository);
      return repository;
    },
    advance(days) {
      now += days * 24 * 60 * 60 * 1000;
    },
  };
}

function describeAccount({ id, login, type }: Account) {
  const url = `https://api.github.com/users/${login}`;
  const links = Object.fromEntries(
    [
      "events_url",
      "followers_url",
      "following_url",
      "gists_url",
      "organizations_url",
      "received_events_url",
      "repos_url",
      "starred_url",
      "subscriptions_url",
    ].map((key) => [key, `${url}/${key.replace("_url", "")}`]),
  );
  return {
    ...links,
    login,
    id,
    node_id: `U_${id}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login}`,
    type,
    site_admin: false,
  };
}

const REPOSITORY_LINKS =
  "archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees";

function describeRepository({ id, owner, name, visibility }: Repository, account?: Account) {
  const url = `https://api.github.com/repos/${owner}/${name}`;
  const links = REPOSITORY_LINKS.split(" ").map((link) => [`${link}_url`, `${url}/${link}`]);
  return {
    ...Object.fromEntries(links),
    id,
    node_id: `R_${id}`,
    name,
    full_name: `${owner}/${name}`,
    owner: account && describeAccount(account),
    private: visibility !== "public",
    html_url: `https://github.com/${owner}/${name}`,
    description: null,
    fork: false,
    url,
  };
}
