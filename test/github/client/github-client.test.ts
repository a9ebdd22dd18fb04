import { afterAll, afterEach, expect, test, vi } from "vitest";
import { commitFiles } from "../../../src/github/contents/commit-files.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { startAcme } from "../../support/start-acme.ts";

const { simulator, client, close } = await startAcme({
  repositories: [{ name: "api", dockerfile: "Dockerfile" }],
});
afterAll(close);
afterEach(() => void vi.useRealTimers());

test.each(["", "/api/v3"])("a commit is content to the budget, below the root %j", async (root) => {
  const kinds: string[] = [];
  const { world, url } = simulator;
  const github = client("admin", {
    baseUrl: url + root,
    pace: "burst",
    writeTurn: async (kind) => void kinds.push(kind),
  });
  await commitFiles(github, {
    owner: "acme",
    repository: "api",
    branch: "main",
    expectedHead: world.repository("acme/api").refs.get("refs/heads/main") ?? "",
    headline: "docs: say where",
    additions: { "where.txt": root },
    deletions: [],
  });
  await github.request("PUT /repos/{owner}/{repo}/actions/permissions/workflow", {
    owner: "acme",
    repo: "api",
    default_workflow_permissions: "read",
  });
  expect(kinds).toEqual(["content", "write"]);
});

test("a burst after an idle time keeps 80 writes in any minute, too", async () => {
  vi.useFakeTimers();
  const start = Date.now();
  const times: number[] = [];
  const waits: string[] = [];
  const github = createGitHubClient({
    baseUrl: "https://github.test",
    pace: "burst",
    onWait: (message) => waits.push(message),
    fetch: async () => {
      times.push(Date.now() - start);
      return new Response(null, { status: 204 });
    },
  });
  const write = () => github.request("PUT /user/following/{username}", { username: "mona" });
  const first = write();
  await vi.advanceTimersByTimeAsync(59_000);
  const rest = Array.from({ length: 199 }, write);
  await vi.advanceTimersByTimeAsync(3 * 60_000);
  await Promise.all([first, ...rest]);
  const most = Math.max(
    ...times.map((end) => times.filter((at) => at > end - 60_000 && at <= end).length),
  );
  expect(times).toHaveLength(200);
  expect(most).toBe(80);
  expect(waits).toEqual([
    "GitHub's limit for writes is reached: waiting 59 s",
    "GitHub's limit for writes is reached: waiting 59 s",
  ]);
});

test.each([
  ["REST", "GET /user"],
  ["GraphQL", "POST /graphql"],
])("%s that repeats its input leaks no token", async (_, route) => {
  const token = `canary_${crypto.randomUUID()}`;
  const github = createGitHubClient({
    baseUrl: "https://github.test",
    token,
    fetch: async (_, init) => {
      const { authorization } = init?.headers as Record<string, string>;
      const message = `you sent ${authorization}`;
      return route === "GET /user"
        ? Response.json({ message }, { status: 422 })
        : Response.json({ data: null, errors: [{ message }] });
    },
  });
  const run = async () =>
    route === "GET /user" ? github.request("GET /user") : github.query("{ viewer { login } }");
  const error = await explaining("look", run).catch((thrown: unknown) => String(thrown));
  expect(error).toContain("you sent token [secret]");
});

test("a token that is invalid in a header is not quoted", async () => {
  const github = createGitHubClient({ baseUrl: "http://127.0.0.1:9", token: "canary\nof two" });
  const error = await explaining("look", () =>
    github.request("GET /user", { request: { retries: 0 } }),
  ).catch(String);
  expect(error).toContain("[secret]");
  expect(error).not.toContain("canary");
});
