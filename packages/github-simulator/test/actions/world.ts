import { createHash } from "node:crypto";
import { Hono } from "hono";
import { createActions, type Actions } from "../../src/actions/create-actions.ts";
import type { ActionsEvent } from "../../src/actions/host/actions-event.ts";
import type {
  ActionsHost,
  ActionsRepository,
  JobTokenRequest,
  ScopedValue,
} from "../../src/actions/host/actions-host.ts";
import type { Run } from "../../src/actions/records/run-record.ts";
import { ApiError } from "../../src/http/api-error.ts";
import { renderRepository, renderUser } from "./render.ts";

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parent: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

export interface World {
  readonly actions: Actions;
  readonly host: ActionsHost;
  readonly secrets: ScopedValue[];
  readonly variables: ScopedValue[];
  readonly tokens: (JobTokenRequest & { token: string; revoked: boolean })[];
  readonly settings: { -readonly [Key in keyof ActionsRepository]?: ActionsRepository[Key] };
  environmentRefusal: string | undefined;
  mayCall: boolean;
  /** Adds a commit on a branch or tag of a repository (`acme/api` by default). */
  commit(
    files: Record<string, string>,
    options?: { ref?: string; message?: string; repository?: string },
  ): Commit;
  push(commit: Commit, ref?: string, more?: Partial<ActionsEvent>): Promise<Run[]>;
  /** Commits one workflow file, pushes it and waits for the end of its only run. */
  runWorkflow(workflow: string, files?: Record<string, string>): Promise<Run>;
}

/** A host in memory: one organisation, and every repository that has a commit. */
export function createWorld({
  registryUrl = "http://127.0.0.1:9",
  apiUrl = "http://api.simulator.test",
  machine,
}: { registryUrl?: string; apiUrl?: string; machine?: string } = {}): World {
  const commits = new Map<string, Commit>();
  const refs = new Map<string, string>();
  let clock = Date.parse("2031-05-06T07:08:09.000Z");
  const secrets: ScopedValue[] = [];
  const variables: ScopedValue[] = [];
  const tokens: World["tokens"] = [];
  const settings: World["settings"] = {};
  const find = (sha: string): Commit => {
    const commit = commits.get(sha);
    if (commit === undefined) throw new Error(`no commit ${sha}`);
    return commit;
  };
  const ofScope = (values: readonly ScopedValue[], environment?: string): ScopedValue[] =>
    values.filter((each) => environment !== undefined || each.scope !== "environment");
  const host: ActionsHost = {
    serverUrl: "https://github.com",
    registryName: "ghcr.io",
    apiUrl,
    registryUrl,
    now: () => new Date((clock += 1000)),
    log: () => undefined,
    repository: (owner, name) => ({
      id: 4711,
      ownerId: 42,
      owner,
      name,
      description: "An API",
      defaultBranch: "main",
      visibility: "public",
      license: "MIT",
      archived: false,
      policy: {
        enabled: true,
        allowed: "all",
        githubOwnedAllowed: true,
        verifiedAllowed: true,
        patternsAllowed: [],
        shaPinningRequired: false,
      },
      defaultWorkflowPermissions: "read",
      ...settings,
    }),
    resolveRef: (owner, repo, ref) =>
      refs.get(`${owner}/${repo}@${ref.replace(/^refs\/(heads|tags)\//, "")}`) ??
      commits.get(ref)?.sha,
    readFile: (_owner, _repo, sha, path) => find(sha).files[path],
    listFiles: (_owner, _repo, sha, folder) =>
      Object.keys(find(sha).files).filter(
        (path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"),
      ),
    readTree: (_owner, _repo, sha) =>
      Object.entries(find(sha).files).map(([path, text]) => ({
        path,
        mode: path.endsWith(".sh") ? "100755" : "100644",
        content: new TextEncoder().encode(text),
      })),
    isProtected: (_owner, _repo, branch) => branch === "main",
    changedFiles: (_owner, _repo, before, after) => {
      const old = before === undefined ? {} : find(before).files;
      const now = find(after).files;
      return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
        (path) => old[path] !== now[path],
      );
    },
    changedSinceBase: (...places) => host.changedFiles(...places),
    commit: (_owner, _repo, sha) => ({
      treeId: find(sha).sha,
      message: find(sha).message,
      date: new Date("2031-05-06T00:00:00Z"),
      author: { name: "Mona", email: "mona@example.com" },
    }),
    secretsFor: (_owner, _repo, environment) => ofScope(secrets, environment),
    dependabotSecretsFor: () => [],
    variablesFor: (_owner, _repo, environment) => ofScope(variables, environment),
    enterEnvironment: () => world.environmentRefusal,
    mayRead: (owner, repo, token) => {
      const minted = tokens.find((each) => each.token === token);
      if (minted === undefined) return token.startsWith("pat-") ? "yes" : "bad-credentials";
      const isOwn = `${owner}/${repo}` === `${minted.owner}/${minted.repo}`;
      const isPublic = host.repository(owner, repo)?.visibility === "public";
      return isPublic || (isOwn && (minted.permissions.contents ?? "none") !== "none")
        ? "yes"
        : "no";
    },
    mayCallWorkflowsOf: () => world.mayCall,
    jobPrepared: () => undefined,
    mintJobToken(request) {
      const token = `job-token-${tokens.length + 1}-${"x".repeat(8)}`;
      tokens.push({ ...request, token, revoked: false });
      return token;
    },
    revokeJobToken(token) {
      for (const each of tokens) if (each.token === token) each.revoked = true;
    },
    authorize(request) {
      if (request.req.header("authorization") !== undefined) return "octocat";
      throw new ApiError(401, "Requires authentication");
    },
    renderRepository: (owner, repo) => renderRepository(owner, repo),
    renderUser: (login) => renderUser(login),
  };
  const world: World = {
    actions: belowSimulator(createActions({ host, machine }), apiUrl),
    host,
    secrets,
    variables,
    tokens,
    settings,
    environmentRefusal: undefined,
    mayCall: true,
    commit(files, { ref = "main", message = "Change", repository = "acme/api" } = {}) {
      const parent = refs.get(`${repository}@${ref}`);
      const text = JSON.stringify([files, message, parent, repository, commits.size]);
      const sha = createHash("sha1").update(text).digest("hex");
      const commit = { sha, message, parent, files };
      commits.set(sha, commit);
      refs.set(`${repository}@${ref}`, sha);
      return commit;
    },
    push: (commit, ref = "refs/heads/main", more = {}) =>
      world.actions.handle({
        name: "push",
        owner: "acme",
        repo: "api",
        sha: commit.sha,
        ref,
        actor: "octocat",
        payload: {
          ref,
          before: commit.parent ?? "0".repeat(40),
          after: commit.sha,
          repository: { default_branch: "main", full_name: "acme/api", private: false },
        },
        ...more,
      }),
    async runWorkflow(workflow, files = {}) {
      const commit = world.commit({ ".github/workflows/ci.yml": workflow, ...files });
      const [run] = await world.push(commit);
      if (run === undefined) throw new Error("no run was started");
      await world.actions.idle();
      return run;
    },
  };
  return world;
}

/** With what the simulator's API does around the routes of Actions. */
function belowSimulator(actions: Actions, apiUrl: string): Actions {
  const api = new Hono<{ Variables: { api: string } }>();
  api.use((c, next) => {
    c.set("api", apiUrl);
    return next();
  });
  api.onError((error, c) => {
    if (!(error instanceof ApiError)) throw error;
    return c.json(error.toJSON(), error.status);
  });
  return { ...actions, api: api.route("/", actions.api) as unknown as Hono };
}

/** The log of a job without its timestamps. */
export function logOf(run: Run, job = 0): string {
  return (run.jobs[job]?.log.text() ?? "").replaceAll(/^\S+Z /gm, "");
}

/** `name: conclusion` of all jobs. */
export function resultsOf(run: Run): Record<string, string | undefined> {
  return Object.fromEntries(run.jobs.map((job) => [job.name, job.conclusion]));
}
