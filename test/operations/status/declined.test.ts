import picocolors from "picocolors";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { readDrift } from "../../../src/operations/drift/read-drift.ts";
import type { DriftReport } from "../../../src/operations/drift/drift-report.ts";
import { judgeStatus } from "../../../src/operations/status/judge-status.ts";
import { driftText } from "../../../src/report/drift/drift-text.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { statusText } from "../../../src/report/status-text.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { aPreview } from "../../report/preview/a-preview.ts";
import { startStatus } from "./start-status.ts";

const ci = ".github/workflows/ci.yml";
const branch = "ghcr-fleet/publishing";
const colors = picocolors.createColors(false);

const noDrift: DriftReport = {
  stack: "test",
  owner: "acme",
  readAt: "2026-11-24T10:00:00Z",
  findings: [],
  pending: [],
  waiting: [],
  repaired: [],
  offered: [],
  refusals: [],
  failures: [],
  unread: [],
};

/** A repository whose files wait in the fleet's pull request, as the last update left it. */
async function startOffered() {
  const { platform, hands, read, close } = await startStatus({
    repositories: [{ name: "api", workflows: { mode: "template" } }],
  });
  onTestFinished(close);
  const { world } = platform;
  const repository = world.repository("acme/api");
  repository.refs.set(`refs/heads/${branch}`, repository.refs.get("refs/heads/main")!);
  hands.editFiles("acme/api", { [ci]: "name: ci\n" }, { branch });
  const github = gitHubAs(platform, "admin");
  await github("POST /repos/acme/api/pulls", { title: "Publish", head: branch, base: "main" });
  const outputs = {
    owner: "acme",
    repository: "api",
    branch: "main",
    files: { [ci]: gitBlobId("name: ci\n") },
    pullRequestUrl: "https://github.com/acme/api/pull/1",
  };
  const urn = "urn:pulumi:test::fleet::ghcr:index:RepositoryPublishing::api";
  const resources = [{ type: "ghcr:index:RepositoryPublishing", urn, outputs }];
  return {
    change: (body: object) => github("PATCH /repos/acme/api/pulls/1", body),
    merge: () => github("PUT /repos/acme/api/pulls/1/merge"),
    hands,
    async status() {
      const status = await read({ deployment: { resources } });
      const crossings = judgeStatus(status, {
        minDays: 14,
        maxAge: undefined,
        ignore: new Set(["credential", "shared", "ci", "package"]),
      });
      return statusText(status, crossings, { colors, minDays: 14, attentionOnly: false });
    },
    drift: () =>
      readDrift({
        owner: "acme",
        expected: { registry: "ghcr.io", secret: "GHCR_PAT", workflows: [] },
        fleet: undefined,
        record: stackRecord({ resources }),
        github: createGitHubClient({ baseUrl: platform.url, token: world.tokenValue("admin") }),
        ownToken: undefined,
        now: new Date().toISOString(),
      }),
  };
}

test("a pull request that was declined since the last update waits for nobody, and the next step is to offer it again", async () => {
  const at = await startOffered();
  const page = "https://github.com/acme/api/pull/1";
  const line = "api: waits for merge #1";
  expect(await at.status()).toContain(`\n  ${line}\n    ${page}\n`);
  expect(await at.drift()).toMatchObject({
    findings: [],
    waiting: [`${line} ${page}`],
  });
  const preview = aPreview({ waiting: [{ repository: "api", url: page }] });
  expect(previewText(preview, colors)).toContain(`\n  ${line} ${page}\n`);
  expect(driftText({ ...noDrift, waiting: [`${line} ${page}`] }, colors)).toContain(
    `\n${line} ${page}\n`,
  );
  await at.change({ state: "closed" });
  const text = await at.status();
  expect(text).toContain(
    "warning Workflow files differ: somebody declined the change\n  api: acme-admin declined the change on 2",
  );
  expect(text).toContain("    ghcr-fleet rollout test --offer-again api\n");
  expect(text).not.toContain("next update");
  expect(await at.drift()).toMatchObject({ findings: [], waiting: [] });
});

test("after the merge, what somebody edits is drift", async () => {
  const at = await startOffered();
  await at.merge();
  expect(await at.drift()).toMatchObject({ findings: [], waiting: [] });
  at.hands.editFiles("acme/api", { [ci]: "name: mine\n" });
  expect(await at.drift()).toMatchObject({
    findings: [{ kind: "file-edited", repository: "api" }],
    waiting: [],
  });
});
