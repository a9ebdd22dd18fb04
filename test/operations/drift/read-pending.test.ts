import { expect, test } from "vitest";
import { githubCom } from "../../../src/github-host.ts";
import { desiredRecord } from "../../../src/operations/drift/desired-record.ts";
import { readPending } from "../../../src/operations/drift/read-pending.ts";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { resolveFleet } from "../../../src/fleet/resolve-fleet.ts";
import { selectRepositories } from "../../../src/fleet/selection/select-repositories.ts";
import { stackRecord, type StackRecord } from "../../../src/stack/stack-record.ts";
import {
  renderSharedWritten,
  renderWritten,
} from "../../../src/publishing/templates/render-repository.ts";

function fleetOf(names: readonly string[], defaults = {}, more = {}): Fleet {
  const settings = loadFleetConfig({ ...more, defaults, repositories: [{ match: "*" }] });
  const found = names.map((name) => ({
    name,
    id: name.length,
    visibility: "private" as const,
    archived: false,
    disabled: false,
    empty: false,
    defaultBranch: "main",
    topics: [],
  }));
  return resolveFleet(
    settings,
    { host: githubCom, owner: "acme", ownerKind: "Organization" },
    selectRepositories(settings, "acme", found),
  );
}

function blobsOf(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, gitBlobId(text)]));
}

/** The state that an update to this fleet leaves. */
function applied(fleet: Fleet, pin?: string): StackRecord {
  const resources = fleet.repositories.map((repository) => ({
    urn: `urn:${repository.name}`,
    type: "ghcr:index:RepositoryPublishing",
    outputs: {
      owner: fleet.owner,
      repository: repository.name,
      branch: repository.branch,
      files: blobsOf(renderWritten(fleet, repository, { pin })),
      ...(pin !== undefined && { pin }),
    },
  }));
  const urn = "urn:pulumi:acme::fleet::ghcr:index:SharedWorkflow::shared-workflow";
  const files = blobsOf(renderSharedWritten(fleet, { urn }));
  const { repository = "", branch = "" } = fleet.shared ?? {};
  const outputs = { ...{ owner: fleet.owner, repository, branch, files }, ...delivered };
  const central = { urn, type: "ghcr:index:SharedWorkflow", outputs };
  return stackRecord({ resources: fleet.shared ? [...resources, central] : resources });
}

const delivered = { delivery: "commit", onRemove: "keep" };

test("nothing waits after an update", () => {
  const fleet = fleetOf(["api", "web"]);
  expect(readPending(fleet, applied(fleet), new Set())).toEqual([]);
});

test.each([
  ["commit", "c".repeat(40)],
  ["tag", "ghcr-fleet-v3"],
])("callers that name a %s of the shared workflow are as configured", (ref, pin) => {
  const shared = { shared: { repository: "acme/.github", ref } };
  const fleetWith = (defaults = {}) =>
    fleetOf(["api", ".github"], { form: "shared", ...defaults }, shared);
  const record = applied(fleetWith(), pin);
  expect(readPending(fleetWith(), record, new Set())).toEqual([]);
  const [desired] = desiredRecord(fleetWith(), record).files;
  expect(desired?.files).toEqual(record.files[0]?.files);
  const slower = fleetWith({ timeoutMinutes: 45 });
  expect(readPending(slower, record, new Set())).toEqual([
    "other workflow files than recorded: .github",
  ]);
  const [central] = record.sharedWorkflows;
  const spelled = { ...record, sharedWorkflows: [{ ...central!, repository: ".GitHub" }] };
  expect(readPending(slower, spelled, new Set())).toEqual([
    "other workflow files than recorded: .github",
  ]);
  const other = fleetWith({ branch: "trunk" });
  expect(readPending(other, record, new Set())).toEqual([
    "other workflow files than recorded: api",
  ]);
});

test("changes that wait for an update are listed by kind, except where files drifted", () => {
  const before = fleetOf(["api", "old", "web"]);
  const after = fleetOf(["api", "new", "web"], { timeoutMinutes: 7 });
  expect(readPending(after, applied(before), new Set(["web"]))).toEqual([
    "not in the stack yet: new",
    "other workflow files than recorded: api",
    "no longer in the fleet: old",
  ]);
});
