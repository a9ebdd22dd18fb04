import { afterEach, beforeEach, expect, test } from "vitest";
import { unknownValue, type Properties } from "../../provider/protocol/property-values.ts";
import { commitToCome } from "../../src/publishing/shared-pins.ts";
import { renderCallers, renderCentralWorkflows } from "../../src/publishing/templates/render.ts";
import type { SharedOptions } from "../../src/publishing/templates/workflow-options.ts";
import { workflowOptions } from "../publishing/templates/options.ts";
import { startProvider } from "./start-provider.ts";

const ci = ".github/workflows/ci.yml";
const publish = ".github/workflows/publish.yml";
const central = "acme/.github";

let at: Awaited<ReturnType<typeof startProvider>>;
beforeEach(async () => {
  at = await startProvider("admin", [".github", "web"]);
});
afterEach(() => at.simulator.close());

const read = (repository: string, path: string) =>
  at.world.readFile(at.world.repository(`acme/${repository}`), "main", path)?.toString("utf8");
const headOf = (repository: string) =>
  at.world.repository(`acme/${repository}`).refs.get("refs/heads/main");

interface Resource {
  id: string;
  inputs: Properties;
  state: Properties;
}

/** What an update does with a resource: check, diff, and what follows. */
async function up(
  type: ReturnType<typeof at.freshShared>,
  before: Resource | undefined,
  args: Properties,
  refresh = false,
): Promise<Resource> {
  const olds =
    before && refresh
      ? { ...before, ...(await type.read(before.id, before.state, before.inputs, at.context)) }
      : before;
  const { inputs, failures } = await type.check(olds?.inputs ?? {}, args, at.context);
  expect(failures).toEqual([]);
  if (!olds) return { inputs, ...(await type.create(inputs, false, at.context)) };
  const changes = await type.diff(olds.inputs, inputs, olds.state);
  if (Object.keys(changes).length === 0) return { ...olds, inputs };
  const state = await type.update(olds.id, olds.state, inputs, false, at.context);
  return { id: olds.id, inputs, state };
}

const place = { owner: "acme", branch: "main", delivery: "commit", onRemove: "keep" };
const shared = (
  before: Resource | undefined,
  more: Partial<SharedOptions> = {},
  { refresh = false, ...args }: Properties & { refresh?: boolean } = {},
) =>
  up(
    at.freshShared(),
    before,
    {
      ...place,
      repository: ".github",
      files: renderCentralWorkflows(workflowOptions(more)),
      ...args,
    },
    refresh,
  );

interface CallerChange {
  /** What the caller passes. */
  readonly minutes?: number;
  readonly repin?: boolean;
  readonly refresh?: boolean;
}

const caller = (
  repository: string,
  before: Resource | undefined,
  { state }: Resource,
  { minutes, repin = false, refresh = false }: CallerChange = {},
) => {
  const options = workflowOptions({
    repository,
    image: repository,
    timeoutMinutes: minutes ?? 30,
    passed: minutes === undefined ? [] : ["timeoutMinutes"],
  });
  const { commit, pullRequestUrl } = state;
  const files = renderCallers(options, { repository: central, ref: commitToCome });
  const called: Properties = {
    repository: central,
    branch: "main",
    ...(commit !== undefined && { commit }),
    ...(pullRequestUrl !== undefined && { waitsFor: pullRequestUrl }),
  };
  const args = { ...place, repository, mode: "template", files, shared: called };
  return up(at.freshFiles(repin), before, args, refresh);
};

const pinOf = (repository: string) =>
  /publish(?:-attested)?\.yml@([0-9a-f]{40})/.exec(read(repository, ci) ?? "")?.[1];

test("callers pin the commit that brought the workflow to the central repository", async () => {
  const first = await shared(undefined);
  expect(first.state["commit"]).toBe(headOf(".github"));
  expect(read(".github", publish)).toContain("workflow_call:");
  for (const name of ["api", "web"]) {
    const { inputs } = await caller(name, undefined, first);
    expect(inputs["pin"]).toBe(first.state["commit"]);
    expect(pinOf(name)).toBe(first.state["commit"]);
  }
});

test("a changed step is one commit: callers keep their pin, until all are moved", async () => {
  const first = await shared(undefined);
  const api = await caller("api", undefined, first);
  const second = await shared(first, { timeoutMinutes: 45 });
  expect(second.state["commit"]).toBe(headOf(".github"));
  expect(second.state["commit"]).not.toBe(first.state["commit"]);
  const requests = at.simulator.requests.length;
  const kept = await caller("api", api, second);
  expect(at.simulator.requests).toHaveLength(requests);
  expect(pinOf("api")).toBe(first.state["commit"]);
  const moved = await caller("api", kept, second, { repin: true });
  expect(moved.inputs["pin"]).toBe(second.state["commit"]);
  expect(pinOf("api")).toBe(second.state["commit"]);
});

test("a caller that changes goes to the newest commit, whose inputs it may need", async () => {
  const first = await shared(undefined);
  const api = await caller("api", undefined, first);
  const second = await shared(first, { runner: "ubuntu-22.04" });
  await caller("api", api, second, { minutes: 10 });
  expect(read("api", ci)).toContain("timeout-minutes: 10");
  expect(pinOf("api")).toBe(second.state["commit"]);
});

/** What a bot writes. */
function bump(repository: string, commit: string) {
  const files = [ci, ".github/workflows/release.yml"].map((path) => [
    path,
    read(repository, path)?.replaceAll(/@[0-9a-f]{40}/g, `@${commit}`) ?? "",
  ]);
  at.byHand.editFiles(`acme/${repository}`, Object.fromEntries(files) as Record<string, string>);
}

test("a later commit of the central branch that a bot brought stays", async () => {
  const first = await shared(undefined);
  const api = await caller("api", undefined, first);
  const second = await shared(first, { timeoutMinutes: 45 });
  at.byHand.editFiles("acme/.github", { "README.md": "Our workflows\n" });
  const head = headOf(".github") ?? "";
  bump("api", head);
  const commits = headOf("api");
  const kept = await caller("api", api, second, { refresh: true });
  expect(kept.inputs["pin"]).toBe(head);
  expect(headOf("api")).toBe(commits);
  // It has the newest workflow already.
  await caller("api", kept, second, { refresh: true, repin: true });
  expect(headOf("api")).toBe(commits);
});

test.each([
  ["of another repository", "web"],
  ["older than the workflow", ".github"],
])("a commit that is %s is written back", async (_, repository) => {
  const wrong = headOf(repository) ?? "";
  const first = await shared(undefined);
  const api = await caller("api", undefined, first);
  bump("api", wrong);
  await caller("api", api, first, { refresh: true });
  expect(pinOf("api")).toBe(first.state["commit"]);
});

test("without a state, callers that are on the branch stay as they are", async () => {
  const first = await shared(undefined);
  await caller("api", undefined, first);
  const second = await shared(first, { timeoutMinutes: 45 });
  const commit = headOf("api");
  const found = await caller("api", undefined, second);
  expect(found.inputs["pin"]).toBe(first.state["commit"]);
  expect(headOf("api")).toBe(commit);
});

test("while the workflow waits for a merge, callers wait too, and are written after it", async () => {
  const first = await shared(undefined, {}, { delivery: "pull-request" });
  const url = "https://github.com/acme/.github/pull/1";
  expect(first.state).toMatchObject({ pullRequestUrl: url });
  expect(first.state["commit"]).toBeUndefined();
  const waiting = await caller("api", undefined, first);
  expect(waiting.inputs).toMatchObject({ mode: "none", waitsFor: url });
  expect(read("api", ci)).toBeUndefined();

  await fetch(`${at.simulator.url}/repos/acme/.github/pulls/1/merge`, {
    method: "PUT",
    headers: { authorization: `Bearer ${at.world.tokenValue("admin")}` },
    body: JSON.stringify({ merge_method: "squash" }),
  });
  const merged = await shared(first, {}, { delivery: "pull-request" });
  expect(merged.state["commit"]).toBe(headOf(".github"));
  const written = await caller("api", waiting, merged);
  expect(written.inputs).toMatchObject({ mode: "template", why: "the configuration asks for it" });
  expect(pinOf("api")).toBe(headOf(".github"));
});

test("with tags, each version gets one, and callers name it", async () => {
  const first = await shared(undefined, {}, { ref: "tag" });
  const second = await shared(first, { timeoutMinutes: 45 }, { ref: "tag" });
  expect([first.state["tag"], second.state["tag"]]).toEqual(["ghcr-fleet-v1", "ghcr-fleet-v2"]);
  const { refs } = at.world.repository("acme/.github");
  expect(refs.get("refs/tags/ghcr-fleet-v2")).toBe(second.state["commit"]);
  // Without a state, its commit has a tag already.
  const found = await shared(undefined, { timeoutMinutes: 45 }, { ref: "tag" });
  expect(found.state["tag"]).toBe("ghcr-fleet-v2");
  const asTag = ({ state, ...rest }: Resource): Resource => ({
    ...rest,
    state: { ...state, commit: state["tag"] ?? null },
  });
  const api = await caller("api", undefined, asTag(first));
  expect(read("api", ci)).toContain(`${central}/${publish}@ghcr-fleet-v1`);
  const kept = await caller("api", api, asTag(second));
  expect(kept.inputs["pin"]).toBe("ghcr-fleet-v1");
  await caller("api", kept, asTag(second), { repin: true });
  expect(read("api", ci)).toContain(`${central}/${publish}@ghcr-fleet-v2`);
});

test("in a preview, callers are shown with the commit to come", async () => {
  const type = at.freshShared();
  const args = {
    ...place,
    repository: ".github",
    files: renderCentralWorkflows(workflowOptions()),
  };
  const { inputs } = await type.check({}, args, at.context);
  const preview = await type.create(inputs, true, at.context);
  expect(preview.state["commit"]).toBe(unknownValue);
  const expected = await at.freshFiles().check(
    {},
    {
      ...place,
      repository: "api",
      mode: "template",
      files: renderCallers(workflowOptions(), { repository: central, ref: commitToCome }),
      shared: { repository: central, branch: "main", commit: unknownValue },
    },
  );
  expect(expected.failures).toEqual([]);
  expect(expected.inputs).toMatchObject({ mode: "template", pin: commitToCome });
});

test("a repository that the whole enterprise may call is not closed without a word", async () => {
  const repository = at.world.repository(central);
  repository.visibility = "internal";
  repository.actions.accessLevel = "enterprise";
  const args = {
    ...place,
    repository: ".github",
    files: renderCentralWorkflows(workflowOptions()),
  };
  const judge = (access: string) => at.freshShared().check({}, { ...args, access }, at.context);
  expect((await judge("organization")).failures).toEqual([
    {
      property: "",
      reason: expect.stringContaining("write fleet.shared.access: enterprise"),
    },
  ]);
  expect((await judge("enterprise")).failures).toEqual([]);
  repository.actions.accessLevel = "none";
  expect((await judge("organization")).failures).toEqual([]);
});
