import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { createEventLog } from "../../../src/operations/preview/event-log.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { groupChanges, plannedChanges } from "../../../src/operations/preview/planned-changes.ts";
import { refreshedDrift } from "../../../src/operations/preview/refreshed-drift.ts";
import { renderComment } from "../../../src/report/preview/render-comment.ts";
import { aPreview } from "../../report/preview/a-preview.ts";
import { textsIn } from "./texts.ts";

type Properties = Record<string, unknown>;

const file = ".github/workflows/docker.yml";
const token = "          password: ${{ secrets.GITHUB_TOKEN }}";
const pat = "          password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const template = "on: push\n";
const login = { file, line: 20, kind: "credential", before: token, after: pat };
const permission = { file, line: 6, kind: "permissions", before: "", after: "  packages: write" };

const inputs = (edits: object[]): Properties => ({
  owner: "acme",
  branch: "main",
  mode: "repair",
  why: "docker.yml publishes to the registry already",
  edits,
  unresolved: [],
  workflows: { [file]: "1".repeat(40) },
});

function step(
  op: string,
  name: string,
  before?: State,
  after?: State,
  ...diffs: string[]
): EngineEvent {
  const type = "ghcr:index:RepositoryPublishing";
  const urn = `urn:pulumi:test::ghcr-fleet::${type}::${name}`;
  const metadata = { op, urn, type, old: before, new: after, diffs, provider: "" };
  return { resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

interface State {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

const planned = (edits: object[]): State => ({ inputs: inputs(edits), outputs: {} });

function logOf(...events: EngineEvent[]) {
  const log = createEventLog();
  for (const event of events) log.onEvent(event);
  return log;
}

const changesOf = (log: ReturnType<typeof logOf>) =>
  groupChanges(plannedChanges(log, textsIn(template), false), new Map(), new Map());

test("a repair is shown with its decision and a small diff, once for repositories alike", () => {
  const edits = [permission, login];
  const log = logOf(
    step("create", "api", undefined, planned(edits)),
    step("create", "web", undefined, planned(edits)),
  );
  const preview = aPreview({ changes: changesOf(log) });
  const text = previewText(preview, picocolors.createColors(false));
  expect(text.split("\n").slice(1, 10)).toEqual([
    "  api and 1 more alike: logins in workflows (new, +2 −1)",
    "    alike: web",
    "    workflows: repair (docker.yml publishes to the registry already), new",
    "    .github/workflows/docker.yml",
    "      @@ -6,0 +6,1 @@",
    "      +  packages: write",
    "      @@ -20,1 +20,1 @@",
    `      -${token}`,
    `      +${pat}`,
  ]);
  const comment = renderComment(preview);
  expect(comment).toContain(`@@ -20,1 +20,1 @@\n-${token}\n+${pat}`);
  expect(comment).toContain("(repaired, +2 −1)");
  expect(comment.match(/password/g)).toHaveLength(2);
});

test("a login that somebody reverted is only drift, and shown as their change", () => {
  const before = { inputs: inputs([]), outputs: {} };
  const found = { inputs: inputs([]), outputs: { pending: [login] } };
  const log = logOf(
    step("refresh", "api", before, found),
    step("update", "api", found, planned([{ ...login, line: 25 }]), "edits[0]"),
  );
  expect(changesOf(log)).toEqual([]);
  expect(refreshedDrift(log, textsIn())).toMatchObject([
    {
      repository: "api",
      kind: "changed",
      files: [{ diff: `@@ -20,1 +20,1 @@\n-${pat}\n+${token}` }],
    },
  ]);
});

test("from templates to a repair, and back", () => {
  const files = { [file]: gitBlobId(template) };
  const older = { inputs: { owner: "acme", branch: "main", files }, outputs: {} };
  const repair = step("update", "api", older, planned([login]), "mode", "edits[0]");
  const [toRepair] = changesOf(logOf(repair));
  expect(toRepair?.resources).toMatchObject([
    {
      properties: [
        { path: "workflows", before: "template", after: expect.stringMatching(/^repair \(/) },
      ],
      files: [{ kind: "repaired" }],
    },
  ]);
  const declared = { ...older.inputs, mode: "template", why: "the configuration asks for it" };
  const back = { inputs: declared, outputs: {} };
  const [toTemplate] = changesOf(logOf(step("update", "api", planned([]), back)));
  expect(toTemplate?.resources[0]?.properties).toEqual([
    { path: "workflows", before: "repair", after: "template (the configuration asks for it)" },
  ]);
});

test("edits that an earlier update made, and that the inputs still have, are no change", () => {
  const made = planned([login]);
  const next = { ...made, inputs: { ...made.inputs, onRemove: "restore" } };
  const [changes] = changesOf(logOf(step("update", "api", made, next, "onRemove")));
  expect(changes?.resources).toMatchObject([{ properties: [{ path: "onRemove" }], files: [] }]);
});

test("logins that are restored when the repository leaves are a change, with what is written", () => {
  const left = (outputs: object, more: EngineEvent[] = []) => {
    const before = { inputs: { ...inputs([login]), onRemove: "restore" }, outputs };
    return logOf(step("delete", "api", before as State), ...more);
  };
  const originals = [login, permission];
  const text = previewText(
    aPreview({ changes: changesOf(left({ originals })) }),
    picocolors.createColors(false),
  );
  expect(text.split("\n").slice(1, 8)).toEqual([
    "  api: logins in workflows (restored, +1 −2)",
    "    .github/workflows/docker.yml",
    "      @@ -20,1 +20,1 @@",
    `      -${pat}`,
    `      +${token}`,
    "      @@ -6,1 +6,0 @@",
    "      -  packages: write",
  ]);
  const isKept = (log: ReturnType<typeof logOf>) =>
    changesOf(log).map(({ resources: [first] }) => first?.operation);
  // An open pull request is closed; an archived repository takes no commit.
  expect(isKept(left({ originals, pending: originals }))).toEqual(["release"]);
  const type = "pulumi:pulumi:Stack";
  const outputs = { skipped: { api: "archived: unarchive it to bring it in" } };
  const metadata = { op: "same", urn: type, type, new: { inputs: {}, outputs } };
  const stack = { resOutputsEvent: { metadata } } as unknown as EngineEvent;
  expect(isKept(left({ originals }, [stack]))).toEqual(["release"]);
});

test("edits of a pull request are no change while it is up to date, or once it has ended", () => {
  const url = "https://github.com/acme/api/pull/1";
  const offered = { ...planned([login]), outputs: { pullRequestUrl: url, pending: [login] } };
  const changed = (outputs: Record<string, unknown>, ...paths: string[]) =>
    changesOf(logOf(step("update", "api", offered, { ...offered, outputs }, ...paths)));
  expect(changed({}, "pullRequestUrl")).toEqual([]);
  expect(changed({ declined: { url }, pending: [login] }, "declined")).toEqual([]);
  expect(changed({ declined: { url }, pending: [login] }, "declined", "edits[0]")).toEqual([]);
  expect(changed({ pullRequestUrl: url }, "pullRequests")).toEqual([]);
  // It conflicts with the branch, so it is written again.
  expect(changed({ pullRequestUrl: url }, "pullRequestUrl")[0]?.resources).toMatchObject([
    { files: [{ kind: "repaired" }] },
  ]);
});
