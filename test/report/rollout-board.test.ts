import { expect, test } from "vitest";
import { createColors } from "picocolors";
import { recoveryLines } from "../../src/report/rollout/recovery-lines.ts";
import { rolloutLines } from "../../src/report/rollout/rollout-lines.ts";
import { createRolloutBoard } from "../../src/report/rollout/rollout-board.ts";
import type { RepositoryResult, RolloutEvent } from "../../src/operations/waves/rollout-event.ts";

const plain = createColors(false);
const budget = { requests: 5, writes: 4, graphqlPoints: 12, contentWrites: 2, seconds: 4 };
const url = "https://github.com/acme/web/actions/runs/7/job/9";

const repository = (result: RepositoryResult): RolloutEvent => ({
  stack: "acme",
  type: "repository",
  wave: "early",
  ...result,
});

const begin: RolloutEvent[] = [
  {
    stack: "acme",
    type: "planned",
    changes: { create: 2, update: 3 },
    waves: [
      { name: "canary", repositories: 1, changing: [], budget: { ...budget, writes: 0 } },
      { name: "early", repositories: 5, changing: ["api", "web"], budget },
    ],
    leaving: ["old"],
    budget: { ...budget, seconds: 7000 },
  },
  { stack: "acme", type: "wave-started", wave: "early", repositories: ["api", "mailer", "web"] },
];

const middle: RolloutEvent[] = [
  repository({ repository: "api", state: "applying" }),
  repository({ repository: "web", state: "applying" }),
  repository({ repository: "mailer", state: "applying" }),
  repository({ repository: "mailer", state: "applied" }),
  { stack: "acme", type: "status", repository: "web", message: "committing" },
  repository({ repository: "api", state: "healthy", detail: "published api:sha-1234567", url }),
];

const end: RolloutEvent[] = [
  repository({ repository: "web", state: "failed", detail: "its run ended with failure", url }),
  { stack: "acme", type: "wave-ended", wave: "early", failed: 1, waiting: 0 },
  {
    stack: "acme",
    type: "ended",
    of: "rollout",
    outcome: "unhealthy",
    wave: "early",
    reasons: [],
    repositories: {
      web: {
        wave: "early",
        repository: "web",
        state: "failed",
        detail: "its run ended with failure",
        url,
      },
    },
  },
];

test("what stays: the plan, a line for each repository, and how to continue", () => {
  const board = createRolloutBoard(plain);
  const lines = [...begin, ...middle, ...end].flatMap((event) => board.take(event));
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "acme: 2 resources to create, 3 to update
      wave    changing  writes  content  requests  GraphQL    at least
      canary    0 of 1       0        2         5       12         4 s
      early     2 of 5       4        2         5       12         4 s
      in all    2 of 6       4        2         5       12  1 h 57 min
      early: api, web
      leaving the fleet with the last wave: old
    acme: wave early, 3 repositories
      api  healthy  published api:sha-1234567
      web  failed  its run ended with failure  https://github.com/acme/web/actions/runs/7/job/9
      mailer  applied
    acme: wave early: 1 failed
    acme: stopped by the health gate in wave early: later waves are unchanged
      web  failed  its run ended with failure  https://github.com/acme/web/actions/runs/7/job/9
      Fix the cause, then continue: ghcr-fleet rollout acme --resume"
  `);
  expect(board.draw(80)).toEqual([]);
});

test("what is redrawn: a bar for the wave, and the state of its repositories", () => {
  const board = createRolloutBoard(plain);
  for (const event of [...begin, ...middle]) board.take(event);
  expect(board.draw(80).join("\n")).toMatchInlineSnapshot(`
    "acme early  ████████░░░░░░░░░░░░░░░░  1 of 3
      web  applying  committing
      mailer  applied"
  `);
  expect(board.draw(30).every((line) => line.length < 30)).toBe(true);
});

test("while the gate waits, the pull request stays to be seen, whatever the preview of the next wave says", () => {
  const board = createRolloutBoard(plain);
  for (const event of begin) board.take(event);
  const waiting = {
    repository: "api",
    state: "waiting",
    detail: "its pull request waits for somebody to merge it",
    url: "https://github.com/acme/api/pull/1",
  } as const;
  board.take(repository(waiting));
  board.take({ stack: "acme", type: "status", repository: "api", message: "a warning" });
  expect(board.draw(120).at(-1)).toBe(
    "  api  waiting  its pull request waits for somebody to merge it  https://github.com/acme/api/pull/1",
  );
});

test("a wave whose pull requests are open is not done", () => {
  const ended = { stack: "acme", type: "wave-ended", wave: "early", failed: 0 } as const;
  expect(rolloutLines({ ...ended, waiting: 2 }, plain)).toEqual([
    "acme: wave early: 2 wait for a merge",
  ]);
  expect(rolloutLines({ ...ended, waiting: 0 }, plain)).toEqual(["acme: wave early is done"]);
});

test("a wave without repositories of its own has no bar", () => {
  const board = createRolloutBoard(plain);
  board.take({ stack: "acme", type: "wave-started", wave: "organization", repositories: [] });
  expect(board.draw(80)).toEqual(["acme organization  applying"]);
});

test("while a stack is previewed, nothing else is there to see", () => {
  const board = createRolloutBoard(plain);
  expect(board.take({ stack: "acme", type: "previewing" })).toEqual([]);
  expect(board.draw(80)).toEqual(["acme  previewing"]);
  const nothing = { stack: "acme", type: "nothing-to-do" } as const;
  expect(board.take({ ...nothing, refreshed: true })).toEqual([
    "acme: nothing to do, GitHub is as declared",
  ]);
  expect(board.draw(80)).toEqual([]);
  expect(board.take({ ...nothing, refreshed: false })).toEqual([
    "acme: nothing to do, everything declared is applied; --refresh also finds changes by hand",
  ]);
});

test("a rotation ends with its own summary", () => {
  const board = createRolloutBoard(plain);
  const ended = { stack: "acme", type: "ended", of: "rotation", reasons: [], repositories: {} };
  const take = (more: object) => board.take({ ...ended, ...more } as RolloutEvent);
  expect(take({ outcome: "done" })).toEqual(["acme: rotation done"]);
  expect(take({ outcome: "done", wave: "withdrawal" })).toEqual(["acme: rotation undone"]);
  expect(take({ outcome: "stopped", wave: "trial" })).toEqual([
    "acme: stopped in wave trial, as asked",
    "  Continue: ghcr-fleet rotate acme --resume; or undo the trial: ghcr-fleet rotate acme --abort",
  ]);
  const again = "ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT";
  const next = (outcome: string, wave?: string) => take({ outcome, wave, again }).at(-1);
  // The canary has the old PAT again.
  expect(next("unhealthy", "trial")).toBe(
    "  Fix the cause, then start again: ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT",
  );
  expect(next("failed", "withdrawn")).toBe(
    "  Give the fleet another PAT: ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT",
  );
  expect(next("failed", "trial")).toMatch(/rotate acme --resume; .* rotate acme --abort$/);
  expect(next("failed", "withdrawal")).toBe(
    "  Fix the cause, then continue: pulumi up --stack acme",
  );
  expect(next("unhealthy", "proof")).toBe(
    "  Fix the cause, then continue: ghcr-fleet rotate acme --resume",
  );
  expect(next("stopped")).toBe("  Continue: ghcr-fleet rotate acme --revoke-only");
});

test("a recovery says how to continue", () => {
  const recovery = { lock: "root@host (pid 7)", pending: [], warnings: [], differences: {} };
  const go = (unfinished?: "rollout" | "rotation") =>
    recoveryLines("acme", recovery, unfinished).at(-1);
  expect(go("rollout")).toBe("  Continue: ghcr-fleet rollout acme --resume");
  expect(go("rotation")).toBe("  Continue: ghcr-fleet rotate acme --resume");
  expect(go()).toBe("  Continue: pulumi up --stack acme");
});
