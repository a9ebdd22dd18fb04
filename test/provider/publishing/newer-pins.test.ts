import { beforeEach, expect, test } from "vitest";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";
const files = renderWorkflows(workflowOptions());
const place = { owner: "acme", repository: "api", branch: "main", mode: "template" };

let at: Provider;
let kept: { id: string; state: Properties; inputs: Properties };
/** The commit of the tag v9.0.0 of docker/login-action. */
let released: string;

beforeEach(async () => {
  at = await startProvider();
  const action = at.world.repository("docker/login-action");
  released = action.refs.get("refs/heads/main") ?? "";
  action.refs.set("refs/tags/v9.0.0", released);
  const fresh = at.freshFiles();
  const { inputs } = await fresh.check({}, { ...place, files });
  kept = { ...(await fresh.create(inputs, false)), inputs };
});

const read = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8") ?? "";

/** What Dependabot writes. */
function bump(sha: string, version: string, path = ci) {
  const text = read(path);
  const bumped = text.replaceAll(
    /docker\/login-action@[0-9a-f]{40} # \S+/g,
    `docker/login-action@${sha} # ${version}`,
  );
  expect(bumped).not.toBe(text);
  at.byHand.editFiles("acme/api", { [path]: bumped });
  return bumped;
}

/** `pulumi up --refresh` in a run of its own. */
async function upWithRefresh(more: Properties = {}) {
  const fresh = at.freshFiles();
  const found = (await fresh.read(kept.id, kept.state, kept.inputs, at.context))!;
  const { inputs } = await fresh.check(found.inputs, { ...place, files, ...more });
  const changes = await fresh.diff(found.inputs, inputs, found.state);
  const state =
    Object.keys(changes).length === 0
      ? found.state
      : await fresh.update(kept.id, found.state, inputs, false);
  kept = { id: kept.id, state, inputs };
  return { changes, pins: inputs["newerPins"] };
}

test("a released version that a bot brought stays, and is remembered without another read", async () => {
  bump(released, "v9.0.0", release);
  const bumped = bump(released, "v9.0.0");
  const first = await upWithRefresh();
  expect(first).toEqual({ changes: {}, pins: [`docker/login-action@${released} # v9.0.0`] });
  expect(read(ci)).toBe(bumped);
  const before = at.simulator.requests.length;
  const { inputs } = await at.freshFiles().check(kept.inputs, { ...place, files });
  expect(inputs["files"]).toEqual({ [ci]: gitBlobId(bumped), [release]: gitBlobId(read(release)) });
  expect(at.simulator.requests).toHaveLength(before);
});

test("the other file follows, and a later change of the templates keeps the version", async () => {
  bump(released, "v9.0.0");
  await upWithRefresh();
  expect(read(release)).toContain(`docker/login-action@${released} # v9.0.0`);
  const slower = renderWorkflows(workflowOptions({ timeoutMinutes: 45 }));
  await upWithRefresh({ files: slower });
  expect(read(ci)).toContain("timeout-minutes: 45");
  expect(read(ci)).toContain(`docker/login-action@${released} # v9.0.0`);
});

test.each([
  ["a commit that is not that of the tag", "b".repeat(40), "v9.0.0"],
  ["a tag that is not there", undefined, "v9.9.9"],
  ["an earlier version", undefined, "v1.0.0"],
  ["no full version", undefined, "v9"],
])("%s is written back", async (_, sha, version) => {
  bump(sha ?? released, version);
  const { changes, pins } = await upWithRefresh();
  expect(changes).not.toEqual({});
  expect(pins).toBeUndefined();
  expect(read(ci)).toBe(files[ci]);
});

test("with revert, the templates' own version is written back", async () => {
  bump(released, "v9.0.0");
  expect((await upWithRefresh({ newerPins: "revert" })).pins).toBeUndefined();
  expect(read(ci)).toBe(files[ci]);
});

test("what else was edited in the file is written back, and the version stays", async () => {
  const bumped = bump(released, "v9.0.0");
  at.byHand.editFiles("acme/api", {
    [ci]: bumped.replace("timeout-minutes: 30", "timeout-minutes: 90"),
  });
  await upWithRefresh();
  expect(read(ci)).toBe(bumped);
});
