import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { describe, expect, test } from "vitest";
import { resourceWords } from "../../../src/report/preview/describe-changes.ts";
import { createEventLog } from "../../../src/operations/preview/event-log.ts";
import { plannedChanges } from "../../../src/operations/preview/planned-changes.ts";
import { refreshedDrift } from "../../../src/operations/preview/refreshed-drift.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const ci = ".github/workflows/ci.yml";

type Properties = Record<string, unknown>;

/** A step of the engine, as in its event log. */
function step(
  op: string,
  type: string,
  name: string,
  before: Properties | undefined,
  after: Properties | undefined,
): EngineEvent {
  const urn = `urn:pulumi:test::ghcr-fleet::ghcr-fleet:index:FleetRepository$${type}::${name}`;
  // Dates come from GitHub: no input contains them.
  const state = (outputs: Properties | undefined) => {
    const said = Object.entries(outputs ?? {}).filter(([name]) => name !== "updatedAt");
    return outputs && { inputs: Object.fromEntries(said), outputs };
  };
  const metadata = { op, urn, type, old: state(before), new: state(after), provider: "" };
  return { resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

function logOf(...events: EngineEvent[]) {
  const log = createEventLog();
  for (const event of events) log.onEvent(event);
  return log;
}

const files = (text: string) => ({ owner: "acme", branch: "main", files: { [ci]: text } });
const filesStep = (op: string, before: string | undefined, after: string) =>
  step(
    op,
    "ghcr:index:WorkflowFiles",
    "api",
    before === undefined ? undefined : files(before),
    files(after),
  );

describe("the wanted change, next to drift", () => {
  test("a file that somebody edited and nobody changed is drift alone", () => {
    const log = logOf(filesStep("refresh", "a\n", "b\n"), filesStep("update", "b\n", "a\n"));
    expect(plannedChanges(log, new Map(), false)).toEqual([]);
    expect(refreshedDrift(log)).toMatchObject([
      { repository: "api", kind: "changed", files: [{ diff: "@@ -1,1 +1,1 @@\n-a\n+b" }] },
    ]);
  });

  test("a file that somebody edited and the change replaces is compared with the stack's own", () => {
    const log = logOf(filesStep("refresh", "a\n", "b\n"), filesStep("update", "b\n", "c\n"));
    expect(plannedChanges(log, new Map(), false)).toMatchObject([
      { operation: "update", files: [{ diff: "@@ -1,1 +1,1 @@\n-a\n+c" }] },
    ]);
    expect(refreshedDrift(log)).toHaveLength(1);
  });

  test("what the stack no longer manages is distinguished from what is deleted on GitHub", () => {
    const settings = "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions";
    const kept = step("delete", settings, "web", { repository: "web" }, undefined);
    Object.assign(kept.resOutputsEvent!.metadata.old!, { retainOnDelete: true });
    const log = logOf(
      kept,
      step("delete", "ghcr:index:WorkflowFiles", "api", files("a\n"), undefined),
      step(
        "delete",
        "ghcr:index:WorkflowFiles",
        "cli",
        { ...files("a\n"), onRemove: "delete" },
        undefined,
      ),
      step("delete", "ghcr:index:RegistrySecret", "api", { name: "GHCR_PAT" }, undefined),
      step("delete", "ghcr:index:PackageAccess", "api", { image: "api" }, undefined),
      step("delete", "ghcr:index:ActionsSettings", "api", { repository: "api" }, undefined),
    );
    expect(plannedChanges(log, new Map(), false).map(resourceWords)).toEqual([
      "workflow repository permissions (no longer managed, stays)",
      "workflow files (no longer managed, stays)",
      "workflow files (removed)",
      "secret GHCR_PAT (removed)",
      "package api (no longer managed, stays)",
      "Actions settings (no longer managed, stays)",
    ]);
  });

  test("a file that is new to the stack is compared with the one on the branch", () => {
    const log = logOf(filesStep("create", undefined, "name: ci\n"));
    const branches = new Map([["api", { [ci]: "name: mine\n" }]]);
    expect(plannedChanges(log, branches, false)).toMatchObject([
      { operation: "create", files: [{ kind: "changed", added: 1, removed: 1 }] },
    ]);
  });

  test("the files on the branch are no matter of the repository's other resources", () => {
    const settings = "ghcr:index:ActionsSettings";
    const log = logOf(
      step("create", settings, "api", undefined, { defaultWorkflowPermissions: "read" }),
      filesStep("create", undefined, "name: ci\n"),
    );
    const branches = new Map([["api", { [ci]: "name: mine\n" }]]);
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
    expect(plannedChanges(log, new Map(), false)).toEqual([]);
    expect(refreshedDrift(log)).toMatchObject([
      { what: "secret GHCR_PAT", properties: [{ path: "updatedAt", before: "1", after: "2" }] },
    ]);
  });

  test("what is not known without the PAT is no change", () => {
    const known = { name: "GHCR_PAT", hash: "h", box: "b", repositories: { api: 1 } };
    const open = { name: "GHCR_PAT", hash: unknown, box: unknown, repositories: { api: 1 } };
    const log = logOf(step("update", "ghcr:index:RegistrySecret", "api/GHCR_PAT", known, open));
    expect(plannedChanges(log, new Map(), true)).toEqual([]);
    expect(plannedChanges(log, new Map(), false)).toMatchObject([
      { properties: [{ path: "hash", before: "h", after: "known after the update" }] },
    ]);
  });

  test("a package that got its first image has not drifted; one that lost its link has", () => {
    const type = "ghcr:index:PackageAccess";
    const package_ = (exists: boolean, linkedTo?: string) => ({
      image: "api",
      exists,
      ...(exists && { actualVisibility: "private" }),
      ...(linkedTo && { linkedTo }),
    });
    const first = step("refresh", type, "api", package_(false), package_(true, "acme/api"));
    expect(refreshedDrift(logOf(first))).toEqual([]);
    const lost = step("refresh", type, "api", package_(true, "acme/api"), package_(true));
    expect(refreshedDrift(logOf(lost))).toMatchObject([
      { properties: [{ path: "linkedTo", before: "acme/api" }] },
    ]);
    const hidden = { image: "api", verified: false };
    const unseen = step("refresh", type, "api", package_(true, "acme/api"), hidden);
    expect(refreshedDrift(logOf(unseen))).toEqual([]);
  });
});
