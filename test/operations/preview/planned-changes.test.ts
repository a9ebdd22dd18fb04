import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { parseSeed, startSimulator } from "github-simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { changedWords, resourceWords } from "../../../src/report/preview/describe-changes.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { StoredTexts } from "../../../src/github/contents/stored-texts.ts";
import { groupChanges, plannedChanges } from "../../../src/operations/preview/planned-changes.ts";
import { describePreview } from "../../../src/operations/preview/preview-stack.ts";
import {
  refreshedDrift,
  waitingForMerge,
} from "../../../src/operations/preview/refreshed-drift.ts";
import type { OpenStack } from "../../../src/stack/open-stack.ts";
import { logOf, step, type Properties } from "./steps.ts";
import { textsIn } from "./texts.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const ci = ".github/workflows/ci.yml";

const publishing = "ghcr:index:RepositoryPublishing";
const texts = textsIn("a\n", "b\n", "c\n", "name: ci\n", "name: mine\n");
const branches = {
  ...texts,
  present: new Map([["api", { [ci]: gitBlobId("name: mine\n") }]]),
};
const files = (text: string) => ({
  owner: "acme",
  branch: "main",
  files: { [ci]: gitBlobId(text) },
});
const filesStep = (op: string, before: string | undefined, after: string) =>
  step(op, publishing, "api", before === undefined ? undefined : files(before), files(after));

describe("the wanted change, next to drift", () => {
  test("a file that somebody edited and nobody changed is drift alone", () => {
    const log = logOf(filesStep("refresh", "a\n", "b\n"), filesStep("update", "b\n", "a\n"));
    expect(plannedChanges(log, texts, false)).toEqual([]);
    expect(refreshedDrift(log, texts)).toMatchObject([
      { repository: "api", kind: "changed", files: [{ diff: "@@ -1,1 +1,1 @@\n-a\n+b" }] },
    ]);
  });

  test("what a look at the branch found says nothing next to a change", () => {
    const read = { secret: "GHCR_PAT", replaceSecrets: [], deadPatFallback: false, reader: 5 };
    const before = { ...files("a\n"), mode: "template", onRemove: "keep", ...read };
    const after = { ...files("a\n"), mode: "template", onRemove: "delete", unlabelled: true };
    const [change] = plannedChanges(
      logOf(step("update", publishing, "api", before, after)),
      texts,
      false,
    );
    expect(change?.properties).toEqual([{ path: "onRemove", before: "keep", after: "delete" }]);
  });

  test("files in the fleet's own pull request wait for a merge, and are no drift", () => {
    const pullRequestUrl = "https://github.com/acme/api/pull/1";
    const offered = { ...files("a\n"), pullRequestUrl };
    const onBranch = { ...files("b\n"), pullRequestUrl };
    const log = logOf(
      step("refresh", publishing, "api", offered, onBranch),
      step("same", publishing, "api", onBranch, offered),
    );
    expect(refreshedDrift(log, texts)).toEqual([]);
    expect(waitingForMerge(log)).toEqual([{ repository: "api", url: pullRequestUrl }]);
    const merged = step("update", publishing, "api", onBranch, files("a\n"));
    Object.assign(merged.resOutputsEvent!.metadata, { detailedDiff: { pullRequestUrl: {} } });
    expect(waitingForMerge(logOf(merged))).toEqual([]);
    expect(waitingForMerge(logOf(filesStep("create", undefined, "a\n")))).toEqual([]);
  });

  test("a file that somebody edited and the change replaces is compared with the stack's own", () => {
    const log = logOf(filesStep("refresh", "a\n", "b\n"), filesStep("update", "b\n", "c\n"));
    expect(plannedChanges(log, texts, false)).toMatchObject([
      { operation: "update", files: [{ diff: "@@ -1,1 +1,1 @@\n-a\n+c" }] },
    ]);
    expect(refreshedDrift(log, texts)).toHaveLength(1);
  });

  test("the shared workflow is a change of its own, with what it replaces on the central branch", () => {
    const shared = "ghcr:index:SharedWorkflow";
    const central = (text: string) => ({ ...files(text), repository: ".github" });
    const changed = step("update", shared, "shared-workflow", central("a\n"), central("b\n"));
    const changes = plannedChanges(logOf(changed), texts, false);
    expect(changes).toMatchObject([
      {
        operation: "update",
        what: "shared workflow",
        repository: undefined,
        files: [{ kind: "changed", diff: "@@ -1,1 +1,1 @@\n-a\n+b" }],
      },
    ]);
    expect(changedWords(groupChanges(changes, new Map(), new Map()))).toBe(
      "the shared workflow changes",
    );
    const present = new Map([["", { [ci]: gitBlobId("name: mine\n") }]]);
    const created = step("create", shared, "shared-workflow", undefined, central("a\n"));
    expect(plannedChanges(logOf(created), { ...texts, present }, false)).toMatchObject([
      { operation: "create", files: [{ kind: "replaced" }] },
    ]);
    const offered = { ...central("a\n"), pullRequestUrl: "https://github.com/acme/.github/pull/1" };
    const waits = step("same", shared, "shared-workflow", offered, offered);
    expect(waitingForMerge(logOf(waits))).toEqual([
      { repository: ".github", url: offered.pullRequestUrl },
    ]);
  });

  test("what the stack no longer manages is distinguished from what is deleted on GitHub", () => {
    const settings = "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions";
    const kept = step("delete", settings, "web", { repository: "web" }, undefined);
    Object.assign(kept.resOutputsEvent!.metadata.old!, { retainOnDelete: true });
    const log = logOf(
      kept,
      step("delete", publishing, "api", files("a\n"), undefined),
      step("delete", publishing, "cli", { ...files("a\n"), onRemove: "delete" }, undefined),
      step("delete", "ghcr:index:RegistrySecret", "api/GHCR_PAT", { name: "GHCR_PAT" }, undefined),
      step("delete", "ghcr:index:ActionsSettings", "api/actions", { repository: "api" }, undefined),
    );
    expect(plannedChanges(log, texts, false).map(resourceWords)).toEqual([
      "workflow repository permissions (no longer managed, stays)",
      "workflow files (no longer managed, stays)",
      "workflow files (removed, +0 −1)",
      "secret GHCR_PAT (removed)",
      "Actions settings (no longer managed, stays)",
    ]);
  });

  test("a file that is new to the stack is compared with the one on the branch", () => {
    const log = logOf(filesStep("create", undefined, "name: ci\n"));
    expect(plannedChanges(log, branches, false)).toMatchObject([
      { operation: "create", files: [{ kind: "replaced", added: 1, removed: 1 }] },
    ]);
  });

  test("the first values of settings are shown", () => {
    const settings = { owner: "acme", repository: "api", defaultWorkflowPermissions: "read" };
    const log = logOf(
      step("create", "ghcr:index:ActionsSettings", "api/actions", undefined, settings),
    );
    expect(plannedChanges(log, texts, false)[0]?.properties).toEqual([
      { path: "defaultWorkflowPermissions", after: "read" },
    ]);
  });

  test("the files on the branch are no matter of the repository's other resources", () => {
    const settings = "ghcr:index:ActionsSettings";
    const log = logOf(
      step("create", settings, "api/actions", undefined, { defaultWorkflowPermissions: "read" }),
      filesStep("create", undefined, "name: ci\n"),
    );
    expect(plannedChanges(log, branches, false).map(({ files }) => files.length)).toEqual([0, 1]);
  });

  test("a secret that was overwritten is drift, and its new box is no change", () => {
    const known = { name: "GHCR_PAT", hash: "h", box: "b", salt: "0", repositories: { api: 1 } };
    const found = { name: "GHCR_PAT", salt: "0", repositories: { api: 1 } };
    const again = { ...known, box: "c", salt: "1" };
    const secret = "ghcr:index:RegistrySecret";
    const log = logOf(
      step(
        "refresh",
        secret,
        "api/GHCR_PAT",
        { ...known, updatedAt: "1" },
        { ...found, updatedAt: "2" },
      ),
      step("update", secret, "api/GHCR_PAT", found, again),
    );
    expect(plannedChanges(log, texts, false)).toEqual([]);
    expect(refreshedDrift(log, texts)).toMatchObject([
      { what: "secret GHCR_PAT", properties: [{ path: "updatedAt", before: "1", after: "2" }] },
    ]);
  });

  test("a secret whose repository was renamed has not drifted, one that another repository gets has", () => {
    const secret = (repositories: Record<string, number>) => ({ name: "GHCR_PAT", repositories });
    const drift = (after: Record<string, number>) =>
      refreshedDrift(
        logOf(
          step(
            ...(["refresh", "ghcr:index:RegistrySecret", "GHCR_PAT"] as const),
            secret({ api: 1, depots: 2 }),
            secret(after),
          ),
        ),
        texts,
      );
    expect(drift({ api: 1, hubs: 2 })).toEqual([]);
    expect(drift({ api: 1, hubs: 2, outside: 3 })).toMatchObject([
      { properties: [{ path: "repositories.outside", after: "3" }] },
    ]);
  });

  test("what is not known without the PAT is no change", () => {
    const known = { name: "GHCR_PAT", hash: "h", box: "b", repositories: { api: 1 } };
    const open = { name: "GHCR_PAT", hash: unknown, box: unknown, repositories: { api: 1 } };
    const log = logOf(step("update", "ghcr:index:RegistrySecret", "api/GHCR_PAT", known, open));
    expect(plannedChanges(log, texts, true)).toEqual([]);
    expect(plannedChanges(log, texts, false)).toMatchObject([
      { properties: [{ path: "hash", before: "h", after: "known after the update" }] },
    ]);
  });

  test("a package that got its first image has not drifted; one that lost its link has", () => {
    const found = (exists: boolean, linkedTo?: string) => ({
      packages: [{ image: "api", push: "allowed", exists, ...(linkedTo && { linkedTo }) }],
    });
    const refresh = (before: Properties, after: Properties) =>
      refreshedDrift(logOf(published("refresh", before, after)), texts);
    expect(refresh(found(false), found(true, "acme/api"))).toEqual([]);
    expect(refresh(found(true, "acme/api"), found(true))).toMatchObject([
      {
        repository: "api",
        kind: "changed",
        properties: [{ path: "linkedTo", before: "acme/api" }],
      },
    ]);
    expect(refresh(found(true, "acme/api"), { packages: [], verified: false })).toEqual([]);
  });

  test("of several packages, the one that drifted is named", () => {
    const found = (visibility: string) => ({
      packages: [
        { image: "api", push: "allowed", exists: true, visibility: "private" },
        { image: "worker", push: "allowed", exists: true, visibility },
      ],
    });
    const log = logOf(published("refresh", found("private"), found("public")));
    expect(refreshedDrift(log, texts)).toMatchObject([
      { properties: [{ path: "worker.visibility", before: "private", after: "public" }] },
    ]);
  });

  test("a push that the registry refuses is a change of its package", () => {
    const tried = (push: string) => ({
      packages: ["api", "worker"].map((image) => ({
        image,
        push: image === "worker" ? push : "allowed",
      })),
    });
    const log = logOf(step("update", publishing, "api", tried("allowed"), tried("denied")));
    expect(plannedChanges(log, texts, false)).toMatchObject([
      { properties: [{ path: "packages.worker", before: "allowed", after: "denied" }] },
    ]);
  });
});

test("what cannot be read is a warning, and the rest of the preview is shown", async () => {
  const platform = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [{ name: "admin", owner: "ada", scopes: ["repo", "workflow", "admin:org"] }],
      repositories: [{ name: "api" }, { name: "web" }],
    }),
  });
  onTestFinished(() => platform.close());
  const connection = { owner: "acme", baseUrl: platform.url, token: platform.tokens["admin"]! };
  const stack = { name: "acme", connection, settings: { pace: "steady" } } as OpenStack;
  const edits = [{ file: ci, line: "first" }];
  const damaged = { packages: [{ image: "api", push: "allowed", exists: "yes" }], pending: "all" };
  const run = (outputs: Properties, next: Properties, skipped: unknown) =>
    describePreview(
      stack,
      {
        log: logOf(
          published("refresh", outputs, outputs),
          step("refresh", "ghcr:index:RegistrySecret", "web/PAT", { name: "PAT" }, { name: "OLD" }),
          step("update", publishing, "api", { onRemove: "keep" }, { onRemove: "delete", ...next }),
          step("create", "pulumi:pulumi:Stack", "acme", undefined, { skipped }),
        ),
        failed: false,
        failures: [],
      },
      undefined,
      {
        github: createGitHubClient(connection),
        stored: new StoredTexts({}),
        withheld: false,
        untried: [],
        isForOthers: false,
        now: new Date(),
      },
    );
  const shown = await run(damaged, { edits }, { old: 7 });
  expect(shown.warnings.map((text) => text.replace(/ (?:If a newer|Export) .*/, ""))).toEqual([
    "api: this preview leaves out the repair of its workflows, because the state cannot be read: edits.0.line: Invalid input: expected number, received string.",
    "api: this preview leaves out logins that somebody reverted, because the state cannot be read: pending: Invalid input: expected array, received string.",
    "api: this preview leaves out changes of its packages on GitHub, because the state cannot be read: packages.0.exists: Invalid input: expected boolean, received string.",
    "this preview does not show which repositories the fleet leaves out, because the program's output cannot be read: skipped.old: Invalid input: expected string, received number.",
  ]);
  expect(shown).toMatchObject({
    changes: [{ repository: "api" }],
    drift: { judged: true, resources: [{ repository: "web" }] },
  });
  const absent = await run({ pending: null }, { edits: unknown }, unknown);
  expect([absent.warnings, absent.skipped]).toEqual([[], {}]);
});

/** A step about packages: what they are is in the outputs, the rest in the inputs. */
function published(op: string, before: Properties, after: Properties): EngineEvent {
  const made = step(op, publishing, "api", before, after);
  const { old, new: next } = made.resOutputsEvent!.metadata;
  for (const state of [old!, next!]) Object.assign(state, { inputs: { image: "api" } });
  return made;
}
