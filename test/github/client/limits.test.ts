import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import { createGitHubClient, type GitHubClient } from "../../../src/github/client/github-client.ts";
import { listRepositories } from "../../../src/github/repositories/list-repositories.ts";
import { readRepositories } from "../../../src/github/repositories/repository-snapshot.ts";
import { UserError } from "../../../src/user-error.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2027-01-01T00:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const secondary = "You have exceeded a secondary rate limit.";

interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** A GitHub that gives these answers, and repeats the last one. */
function connect(...answers: (Answer | ((body: string) => Answer))[]) {
  const start = Date.now();
  const times: number[] = [];
  const waits: string[] = [];
  const github = createGitHubClient({
    baseUrl: "https://api.github.test",
    pace: "burst",
    onWait: (message) => waits.push(message),
    fetch: async (_, init) => {
      times.push(Math.round((Date.now() - start) / 1000));
      const next = answers[Math.min(times.length, answers.length) - 1];
      const body = typeof init?.body === "string" ? init.body : "";
      const answer = typeof next === "function" ? next(body) : next;
      return Response.json(answer?.body, { status: answer?.status ?? 200, ...answer });
    },
  });
  return { github, times, waits };
}

/** How a call ends within an hour. */
async function settle(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(3_600_000);
  return settled;
}

const mona: Answer = { status: 200, body: { login: "mona" } };
const seconds = (ahead: number) => String(Math.floor(Date.now() / 1000) + ahead);

test.each([
  ["429 in other words", 429, { "retry-after": "30" }, 30],
  ["403 in old words", 403, { "retry-after": "30" }, 30],
  ["429 without a word of when", 429, {}, 60],
])("%s is waited for, as long as GitHub says", async (_, status, headers, pause) => {
  const { github, times, waits } = connect(
    { status, body: { message: "Slow down" }, headers },
    mona,
  );
  await settle(github.request("GET /user"));
  expect(times).toEqual([0, pause]);
  expect(waits).toEqual([`GitHub's secondary rate limit is used up: waiting ${pause} s`]);
});

test("without a given time, each pause is twice the last, and it gives up after five", async () => {
  const { github, times } = connect({ status: 403, body: { message: secondary } });
  const error = await settle(explaining("look", () => github.request("GET /user")));
  expect(times).toEqual([0, 60, 180, 420, 900]);
  expect(error).toBeInstanceOf(UserError);
});

test.each([-86_400, 86_400])(
  "with a clock that is %i s off, a used up budget is waited for, and no longer",
  async (off) => {
    const { github, times } = connect(
      {
        status: 403,
        body: { message: "API rate limit exceeded" },
        headers: {
          date: new Date(Date.now() + off * 1000).toUTCString(),
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": seconds(off + 60),
        },
      },
      mona,
    );
    await settle(github.request("GET /user"));
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(60);
    expect(times[1]).toBeLessThanOrEqual(63);
  },
);

test("GraphQL reports its limits with status 200, and they are waited for, too", async () => {
  const repositories = { status: 200, body: { data: { r0: null } } };
  const { github, times } = connect(
    { status: 200, body: { errors: [{ message: secondary }] }, headers: { "retry-after": "7" } },
    {
      status: 200,
      body: { errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] },
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": seconds(90) },
    },
    repositories,
  );
  expect(await settle(readRepositories(github, "acme", [{ name: "api" }]))).toEqual([undefined]);
  expect(times.slice(0, 2)).toEqual([0, 7]);
  expect(times[2]).toBeGreaterThanOrEqual(90);
});

test.each([
  () => ({ status: 429, body: { message: secondary }, headers: { "retry-after": "1200" } }),
  () => ({
    status: 200,
    body: { errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] },
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": seconds(1800) },
  }),
])(
  "a limit that lasts too long (%#) is not retried, and is reported with its end",
  async (limit) => {
    const { github, times } = connect(limit());
    const read = () => readRepositories(github, "acme", [{ name: "api" }]);
    const error = await settle(explaining("look", read));
    expect(times).toEqual([0]);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringContaining("is used up until") as string });
  },
);

test("a budget that should be full again, and is not, is retried slowly", async () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": seconds(-5) };
  const { github, times } = connect({ status: 403, body: { message: "API rate" }, headers });
  await settle(github.request("GET /user"));
  expect(times).toEqual([0, 1, 2, 3, 4]);
});

test("while one request waits, no other is sent", async () => {
  const limited = { status: 403, body: { message: secondary }, headers: { "retry-after": "60" } };
  const { github, times } = connect(limited, mona);
  const first = github.request("GET /user");
  await vi.advanceTimersByTimeAsync(1000);
  const rest = Array.from({ length: 300 }, () => github.request("GET /user"));
  await vi.advanceTimersByTimeAsync(58_000);
  expect(times).toHaveLength(1);
  await settle(Promise.all([first, ...rest]));
  expect(times).toHaveLength(302);
});

test("a wait is reported to the caller of the waiting request, and so is a retry", async () => {
  const caller = new AsyncLocalStorage<string>();
  const reported: string[] = [];
  const answers = [429, 502, 200];
  const github = createGitHubClient({
    baseUrl: "https://api.github.test",
    onWait: (message) => reported.push(`${caller.getStore()}: ${message}`),
    fetch: async () => Response.json({}, { status: answers.shift() ?? 200 }),
  });
  const ask = (who: string) => caller.run(who, () => github.request("GET /user"));
  const first = ask("api");
  await vi.advanceTimersByTimeAsync(61_000);
  await settle(Promise.all([first, ask("web")]));
  expect(reported).toEqual([
    "api: GitHub's secondary rate limit is used up: waiting 60 s",
    "api: GitHub answered 502: asking again in 1 s",
  ]);
});

test.each([
  ["REST", (github: GitHubClient) => github.request("GET /user")],
  ["GraphQL", (github: GitHubClient) => github.query("query Viewer { viewer { login } }")],
])("%s: dropped connections are reported each time, and retried longer", async (_, ask) => {
  const { reported, tries, failure } = await fail(ask, "ECONNRESET");
  expect(reported).toEqual(
    [1, 4, 9].map(
      (seconds) =>
        `GitHub at https://api.github.test does not answer (socket ECONNRESET): trying again in ${seconds} s`,
    ),
  );
  expect([tries, failure]).toEqual([[0, 1, 5, 14], "socket ECONNRESET"]);
});

test.each(["ECONNREFUSED", "ENOTFOUND"])("%s is given up soon", async (code) => {
  const { reported, tries, failure } = await fail((github) => github.request("GET /user"), code);
  expect(reported).toEqual(
    [1, 4].map(
      (seconds) =>
        `GitHub at https://api.github.test does not answer (socket ${code}): trying again in ${seconds} s`,
    ),
  );
  expect([tries, failure]).toEqual([[0, 1, 5], `socket ${code}`]);
});

/** Asks where each connection fails, as fetch reports it. */
async function fail(ask: (github: GitHubClient) => Promise<unknown>, code: string) {
  const reported: string[] = [];
  const tries: number[] = [];
  const start = Date.now();
  const github = createGitHubClient({
    baseUrl: "https://api.github.test",
    onWait: (message) => reported.push(message),
    fetch: async () => {
      tries.push(Math.round((Date.now() - start) / 1000));
      const cause = Object.assign(new Error(`socket ${code}`), { code });
      throw new TypeError("fetch failed", { cause });
    },
  });
  const failure = await settle(ask(github).catch((error: unknown) => (error as Error).message));
  return { reported, tries, failure };
}

const timeout =
  "Something went wrong while executing your query. This may be the result of a timeout.";

test.each([
  ["502", { status: 502, body: { message: "Server Error" } }],
  ["a time-out with status 200", { status: 200, body: { errors: [{ message: timeout }] } }],
  [
    "RESOURCE_LIMITS_EXCEEDED",
    { status: 200, body: { errors: [{ type: "RESOURCE_LIMITS_EXCEEDED", message: "too much" }] } },
  ],
])("what is too large for GitHub (%s) is halved at once", async (_, refusal) => {
  const { github, times, waits } = connect((body) => {
    const { length } = body.match(/: repository\(/g) ?? [];
    const nobody = Object.fromEntries(Array.from({ length }, (_, index) => [`r${index}`, null]));
    return length > 25 ? refusal : { status: 200, body: { data: nobody } };
  });
  const requests = Array.from({ length: 100 }, (_, index) => ({ name: `r${index}` }));
  expect(await settle(readRepositories(github, "acme", requests))).toHaveLength(100);
  expect(times).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(waits).toEqual([]);
});

test("one repository that is too large with any other leaves the queries for the rest whole", async () => {
  const sizes: number[] = [];
  const { github } = connect((body) => {
    const { length } = body.match(/: repository\(/g) ?? [];
    if (length > 1 && body.includes('"heavy"'))
      return { status: 502, body: { message: "Server Error" } };
    sizes.push(length);
    const nobody = Object.fromEntries(Array.from({ length }, (_, index) => [`r${index}`, null]));
    return { status: 200, body: { data: nobody } };
  });
  const requests = Array.from({ length: 299 }, (_, index) => ({ name: `r${index}` }));
  const all = [{ name: "heavy" }, ...requests];
  expect(await settle(readRepositories(github, "acme", all))).toHaveLength(300);
  expect(sizes).toEqual([1, 1, 2, 3, 6, 12, 25, 50, 100, 100]);
});

test("a list that is too large for GitHub is read in smaller pages", async () => {
  const sizes: number[] = [];
  const { github } = connect((body) => {
    const { size } = (JSON.parse(body) as { variables: { size: number } }).variables;
    sizes.push(size);
    if (size > 30) return { status: 502, body: { message: "Server Error" } };
    const pageInfo = { hasNextPage: sizes.length < 5, endCursor: `page ${sizes.length}` };
    return {
      status: 200,
      body: { data: { repositoryOwner: { repositories: { pageInfo, nodes: [] } } } },
    };
  });
  expect(await settle(listRepositories(github, "acme"))).toEqual([]);
  expect(sizes).toEqual([100, 50, 25, 25, 25]);
});
