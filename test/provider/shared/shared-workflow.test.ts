import { beforeEach, expect, test } from "vitest";
import { unknownValue } from "../../../provider/protocol/property-values.ts";
import { commitToCome } from "../../../src/publishing/shared-pins.ts";
import { renderCallers, renderCentralWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { gitHubAs } from "../../support/github-as.ts";
import type { Kept } from "../run-resource.ts";
import { central, ci, place, publish, startShared } from "./start-shared.ts";

let at: Awaited<ReturnType<typeof startShared>>;
beforeEach(async () => void (at = await startShared()));

test("callers pin the commit that brought the workflow to the central repository", async () => {
  const first = await at.shared(undefined);
  expect(first.state["commit"]).toBe(at.headOf(".github"));
  expect(at.read(".github", publish)).toContain("workflow_call:");
  for (const name of ["api", "web"]) {
    const { inputs } = await at.caller(name, undefined, first);
    expect(inputs["pin"]).toBe(first.state["commit"]);
    expect(at.pinOf(name)).toBe(first.state["commit"]);
  }
});

test("a changed step is one commit: callers keep their pin, until all are moved", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  const second = await at.shared(first, { timeoutMinutes: 45 });
  expect(second.state["commit"]).toBe(at.headOf(".github"));
  expect(second.state["commit"]).not.toBe(first.state["commit"]);
  const requests = at.simulator.requests.length;
  const kept = await at.caller("api", api, second);
  expect(at.simulator.requests).toHaveLength(requests);
  expect(at.pinOf("api")).toBe(first.state["commit"]);
  const moved = await at.caller("api", kept, second, { repin: true });
  expect(moved.inputs["pin"]).toBe(second.state["commit"]);
  expect(at.pinOf("api")).toBe(second.state["commit"]);
});

test("a caller that changes goes to the newest commit, whose inputs it may need", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  const second = await at.shared(first, { runner: "ubuntu-22.04" });
  await at.caller("api", api, second, { minutes: 10 });
  expect(at.read("api", ci)).toContain("timeout-minutes: 10");
  expect(at.pinOf("api")).toBe(second.state["commit"]);
});

test("a central repository of the fleet has a pull request for each of the two", async () => {
  const offered = { delivery: "pull-request" };
  const args = { ...place, ...offered, repository: ".github", files: { [ci]: "name: CI\n" } };
  const { inputs } = await at.freshFiles().check({}, { ...args, mode: "template" });
  const own = await at.freshFiles().create(inputs);
  const first = await at.shared(undefined, {}, offered);
  const urls = [own.state["pullRequestUrl"], first.state["pullRequestUrl"]];
  expect(urls).toEqual([expect.stringMatching(/1$/), expect.stringMatching(/2$/)]);
  const branches = () =>
    [...at.world.repository("acme/.github").refs.keys()].filter((ref) => /ghcr-fleet\//.test(ref));
  expect(branches().sort()).toEqual([
    "refs/heads/ghcr-fleet/publishing",
    "refs/heads/ghcr-fleet/shared-workflow",
  ]);
  const second = await at.shared(first, { timeoutMinutes: 45 }, offered);
  expect(second.state["pullRequestUrl"]).toBe(urls[1]);
  await at.freshFiles().delete(own.id, own.state, at.context);
  expect(branches()).toEqual(["refs/heads/ghcr-fleet/shared-workflow"]);
});

test("while the workflow waits for a merge, callers wait too, and are written after it", async () => {
  const first = await at.shared(undefined, {}, { delivery: "pull-request" });
  const url = "https://github.com/acme/.github/pull/1";
  expect(first.state).toMatchObject({ pullRequestUrl: url });
  expect(first.state["commit"]).toBeUndefined();
  const waiting = await at.caller("api", undefined, first);
  expect(waiting.inputs).toMatchObject({ mode: "none", waitsFor: url });
  expect(at.read("api", ci)).toBeUndefined();

  const merge = { merge_method: "squash" };
  await gitHubAs(at.simulator, "admin")("PUT /repos/acme/.github/pulls/1/merge", merge);
  const merged = await at.shared(first, {}, { delivery: "pull-request" });
  expect(merged.state["commit"]).toBe(at.headOf(".github"));
  const written = await at.caller("api", waiting, merged);
  expect(written.inputs).toMatchObject({ mode: "template", why: "the configuration asks for it" });
  expect(at.pinOf("api")).toBe(at.headOf(".github"));
});

test("a preview says that a change was declined which is wanted again after another one", async () => {
  const byPullRequest = { delivery: "pull-request" };
  const first = await at.shared(undefined);
  const offered = await at.shared(first, slower, byPullRequest);
  await gitHubAs(at.simulator, "admin")("PATCH /repos/acme/.github/pulls/1", { state: "closed" });
  const declined = await at.shared(offered, slower, byPullRequest);
  const back = await at.shared(declined, {}, byPullRequest);
  expect([declined, back].map(({ state }) => "declined" in state)).toEqual([true, false]);
  const { state } = await at.shared(back, slower, { ...byPullRequest, preview: true });
  expect(state["declined"]).toMatchObject({ url: "https://github.com/acme/.github/pull/1" });
});

test("with tags, each version gets one, and callers name it", async () => {
  const first = await at.shared(undefined, {}, { ref: "tag" });
  const second = await at.shared(first, { timeoutMinutes: 45 }, { ref: "tag" });
  expect([first.state["tag"], second.state["tag"]]).toEqual(["ghcr-fleet-v1", "ghcr-fleet-v2"]);
  const { refs } = at.world.repository("acme/.github");
  expect(refs.get("refs/tags/ghcr-fleet-v2")).toBe(second.state["commit"]);
  // Without a state, its commit has a tag already.
  const found = await at.shared(undefined, { timeoutMinutes: 45 }, { ref: "tag" });
  expect(found.state["tag"]).toBe("ghcr-fleet-v2");
  const asTag = ({ state, ...rest }: Kept): Kept => ({
    ...rest,
    state: { ...state, commit: state["tag"] ?? null },
  });
  const api = await at.caller("api", undefined, asTag(first));
  expect(at.read("api", ci)).toContain(`${central}/${publish}@ghcr-fleet-v1`);
  const kept = await at.caller("api", api, asTag(second));
  expect(kept.inputs["pin"]).toBe("ghcr-fleet-v1");
  await at.caller("api", kept, asTag(second), { repin: true });
  expect(at.read("api", ci)).toContain(`${central}/${publish}@ghcr-fleet-v2`);
});

const attested = ".github/workflows/publish-attested.yml";
const slower = { timeoutMinutes: 45 };

test("another stack's shared workflow is not replaced, by whichever of the two comes later", async () => {
  const first = await at.shared(undefined);
  expect(at.read(".github", publish)).toContain("(Pulumi.test.yaml)");
  const head = at.headOf(".github");
  const refusal = `the shared workflow in ${central} is that of the stack test: name another repository in fleet.shared.repository, because two stacks would replace each other's; if no other stack has it any more, delete ${publish} and ${attested} on main, and run again`;
  for (const preview of [true, false]) {
    const other = at.shared(undefined, {}, { stack: "billing", preview });
    await expect(other).rejects.toThrow(refusal);
  }
  expect(at.headOf(".github")).toBe(head);
  expect(at.warnings).toEqual([]);

  const text = at.read(".github", publish) ?? "";
  at.byHand.editFiles(central, { [publish]: text.replace("Pulumi.test", "Pulumi.billing") });
  const later = at.shared(first, slower, { refresh: true });
  await expect(later).rejects.toThrow("is that of the stack billing: name another repository");
});

test("a stack takes over what another one gave up, when somebody deleted the files", async () => {
  await at.shared(undefined);
  at.byHand.editFiles(central, { [publish]: null, [attested]: null });
  await at.shared(undefined, {}, { stack: "billing" });
  expect(at.read(".github", publish)).toContain("(Pulumi.billing.yaml)");
});

test("a stack that lost its state, or was renamed, goes on with its shared workflow", async () => {
  await at.shared(undefined);
  const found = await at.shared(undefined, slower);
  expect(at.read(".github", publish)).toContain("default: 45");
  await at.shared(found, slower, { stack: "renamed" });
  expect(at.read(".github", publish)).toContain("(Pulumi.renamed.yaml)");
});

test("one of an earlier version, which names no stack, belongs to the stack that remembers it", async () => {
  const first = await at.shared(undefined);
  const text = at.read(".github", publish) ?? "";
  at.byHand.editFiles(central, { [publish]: text.replace("Pulumi.test", "Pulumi.<stack>") });
  const unknown = `the shared workflow in ${central} is not in this stack's state, and may be another stack's: name`;
  await expect(at.shared(undefined)).rejects.toThrow(unknown);
  await at.shared(first, {}, { refresh: true });
  expect(at.read(".github", publish)).toBe(text);
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
