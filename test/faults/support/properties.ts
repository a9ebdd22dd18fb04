import { expect } from "vitest";
import type { PulumiResult } from "../../../tools/pulumi-stack.ts";
import { assertWithoutTokens } from "../../support/assert-without-tokens.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { readTree } from "../../e2e/support/read-tree.ts";
import type { TestFleet } from "../../e2e/support/start-fleet.ts";

// What every fault must leave, as README.md numbers it: one function for each property.

/**
 * P1: the exit code is not 0 where a repository failed, and only there; each failure names its repository
 * and the reason.
 *
 * @param failures what the line of each failed resource has to contain, by `<type> <repository>`
 */
export function assertTruthfulExit(
  run: PulumiResult,
  failures: Readonly<Record<string, string | RegExp>>,
): void {
  const reported = run.stdout.split("\n").flatMap((line) => {
    const [, resource] =
      /ghcr:index:(\w+ [\w./-]+) .*(?:creating|updating|deleting) failed/.exec(line) ?? [];
    return resource === undefined ? [] : [{ resource, line }];
  });
  const failed = [...new Set(reported.map(({ resource }) => resource))].sort();
  expect(failed, run.stdout).toEqual(Object.keys(failures).sort());
  for (const [resource, reason] of Object.entries(failures)) {
    const { line } = reported.find((each) => each.resource === resource)!;
    expect(line).toMatch(reason);
  }
  expect(run.exitCode === 0, run.stdout + run.stderr).toBe(failed.length === 0);
}

/**
 * P2, and the second half of P7: without faults, two `up --refresh` at most bring everything in order, and
 * the next one writes nothing.
 *
 * @returns the runs
 */
export async function assertConverges(fleet: TestFleet): Promise<PulumiResult[]> {
  const runs: PulumiResult[] = [];
  for (let run = 0; run < 3; run += 1) {
    fleet.takeWrites();
    const result = await fleet.stack.up(["--refresh", "--skip-preview"]);
    runs.push(result);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    const isInOrder = /Resources:\s+\d+ unchanged\s/.test(result.stdout);
    if (fleet.takeWrites().length === 0 && isInOrder) return runs;
  }
  throw new Error(`not in order after two updates:\n${runs.at(-1)!.stdout}`);
}

/**
 * P3: nothing is written outside the fleet.
 *
 * @returns the assertion, which compares with the moment of this call
 */
export function rememberOutside({ platform }: TestFleet, outside: readonly string[]): () => void {
  const read = () =>
    outside.map((name) => structuredClone(platform.world.repository(`acme/${name}`)));
  const before = read();
  return () => expect(read()).toEqual(before);
}

/**
 * P4: each secret opens to the newest PAT.
 *
 * @param token its name in the seed
 * @param repositories those with a secret of their own; the organisation's secret if absent
 */
export function assertNewestPat(
  { platform: { world } }: TestFleet,
  token: string,
  repositories?: readonly string[],
): void {
  const places = repositories?.map((name) => ({
    scope: "repository" as const,
    repository: `acme/${name}`,
  })) ?? [{ scope: "organisation" as const, organisation: "acme" }];
  for (const place of places) {
    const isNewest = world.secretValue(place, "GHCR_PAT") === world.tokenValue(token);
    expect({ ...place, isNewest }).toEqual({ ...place, isNewest: true });
  }
}

/** P5: no token in what was printed, in the stack's folder with state and locks, or in an export in clear. */
export async function assertNoToken(
  { platform: { world }, stack }: TestFleet,
  printed: readonly string[],
): Promise<void> {
  const values = [...world.state.tokens.values()].filter(({ kind }) => kind !== "job");
  const { stdout } = await stack.must(["stack", "export", "--show-secrets"]);
  // Who asks for secrets in clear gets the provider's admin token, which the configuration holds.
  const pats = values.filter(({ scopes }) => !scopes.includes("admin:org"));
  assertWithoutTokens({ export: stdout }, pats);
  assertWithoutTokens(printed, values);
  assertWithoutTokens(await readTree(stack.folder), values);
}

/**
 * P6: no request is repeated in a hot loop, and all of them are few.
 *
 * @param most of all requests so far
 */
export function assertBoundedRequests({ platform }: TestFleet, most: number): void {
  expect(platform.requests.length).toBeLessThan(most);
  const refusals = new Map<string, number>();
  for (const { method, path, status, time } of platform.requests) {
    // Queries and commits of several repositories have this path.
    if (status < 400 || path === "/graphql") continue;
    const key = `${method} ${path} ${status} in the second ${time.slice(0, 19)}`;
    refusals.set(key, (refusals.get(key) ?? 0) + 1);
  }
  expect([...refusals].filter(([, count]) => count > 3)).toEqual([]);
}

/**
 * P7, first half: each repository has exactly its commits.
 *
 * @param commits how many the branch `main` has
 * @param token who reads them, by its name in the seed
 */
export async function assertCommits(
  { platform }: TestFleet,
  commits: Readonly<Record<string, number>>,
  token = "admin",
): Promise<void> {
  const github = gitHubAs(platform, token);
  const counted = Object.keys(commits).map(async (name) => {
    const { body } = await github(`GET /repos/acme/${name}/commits?sha=main`);
    return [name, (body as unknown[]).length];
  });
  expect(Object.fromEntries(await Promise.all(counted))).toEqual(commits);
}

/**
 * P7, first half, where nobody counts the commits: none of the fleet changes nothing, as a repeated one would.
 * A person may write the same text twice.
 */
export async function assertNoRepeatedCommit(
  { platform }: TestFleet,
  repositories: readonly string[],
): Promise<void> {
  const github = gitHubAs(platform, "admin");
  for (const name of repositories) {
    const { body } = await github(`GET /repos/acme/${name}/commits?sha=main&per_page=100`);
    const commits = (body as ListedCommit[]).map(({ commit }) => commit);
    const repeated = commits.filter(({ tree }, at) => tree.sha === commits[at + 1]?.tree.sha);
    expect(
      repeated.map(({ message }) => message).filter((each) => each !== "Edit by hand"),
    ).toEqual([]);
  }
}

interface ListedCommit {
  readonly commit: { readonly message: string; readonly tree: { readonly sha: string } };
}

/** P8: the state can be imported, and holds no unfinished operation. */
export async function assertImportable({ stack }: TestFleet): Promise<void> {
  const { stdout } = await stack.must(["stack", "export"]);
  expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
  await stack.must(["stack", "import"], { input: stdout });
}
