import { parseSeed, startSimulator } from "github-simulator";
import picocolors from "picocolors";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { readDeliveries } from "../../../src/operations/preview/deliveries.ts";
import { groupChanges, plannedChanges } from "../../../src/operations/preview/planned-changes.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { renderComment } from "../../../src/report/preview/render-comment.ts";
import { aPreview } from "../../report/preview/a-preview.ts";
import { logOf, step } from "./steps.ts";
import { textsIn } from "./texts.ts";

const protection = { source: "protection", requirePullRequest: true } as const;
const ci = ".github/workflows/ci.yml";
const texts = textsIn("name: ci\n");

/** The preview of a first update, as a person and the comment have it. */
async function previewOf(token: string, delivery: Record<string, string> = {}) {
  const names = ["open", "strict", "lenient"];
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }, { login: "dev" }],
      tokens: [
        { name: "admin", owner: "mona", scopes: ["repo"] },
        { name: "reader", owner: "dev", scopes: ["repo"] },
      ],
      repositories: [
        { name: "open" },
        { name: "strict", rules: [{ ...protection, enforceAdmins: true }] },
        { name: "lenient", rules: [{ ...protection, enforceAdmins: false }] },
      ],
    }),
  });
  onTestFinished(() => simulator.close());
  const log = logOf(
    ...names.map((name) =>
      step("create", "ghcr:index:RepositoryPublishing", name, undefined, {
        ...{ owner: "acme", repository: name, branch: "main", delivery: delivery[name] },
        files: { [ci]: gitBlobId("name: ci\n") },
      }),
    ),
  );
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue(token),
    pace: "burst",
  });
  const changes = plannedChanges(log, texts, false);
  const deliveries = await readDeliveries(github, changes);
  const preview = aPreview({ changes: groupChanges(changes, deliveries, new Map()) });
  return {
    text: previewText(preview, picocolors.createColors(false)),
    comment: renderComment(preview),
  };
}

const waysIn = (text: string) =>
  [...text.matchAll(/\bby a (?:commit|pull request) to main[^\n]*/g)].map(([way]) => way).sort();

test("a preview says of each repository how its files reach the branch, and past which protection", async () => {
  const { text, comment } = await previewOf("admin");
  const words = [
    "by a commit to main",
    "by a commit to main that bypasses branch protection, as the owner of the admin token may; delivery: pull-request opens a pull request",
    "by a pull request to main, because of branch protection",
  ];
  expect(waysIn(text)).toEqual(words);
  for (const each of words) expect(comment).toContain(`B${each.slice(1)}.\n`);
});

test("what is wanted or not known is said, too", async () => {
  const { text } = await previewOf("reader", { open: "pull-request" });
  expect(waysIn(text)).toEqual([
    "by a commit to main, or by a pull request if its rules forbid that (not known: this token may not read the branch's protection)",
    "by a pull request to main, because of delivery: pull-request",
  ]);
});
