import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
const repo = "/repos/acme/web";

beforeEach(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterEach(() => simulator.close());

test("pull requests are found by the owner and the name of their branch", async () => {
  await propose("found", ["1"]);
  const count = async (head: string) => (await admin(`GET ${repo}/pulls?head=${head}`)).body.length;
  expect([await count("Acme:found"), await count("other:found")]).toEqual([1, 0]);
  // https://github.com/argoproj-labs/gitops-promoter/pull/1417
  expect(await count("whatever")).toBe(1);
  const foreign = { title: "x", head: "other:found", base: "main" };
  await admin.expecting(422, `POST ${repo}/pulls`, foreign);
});

/** Opens a pull request with one commit for each text of a file; returns its number. */
async function propose(branch: string, texts: readonly string[], file = `${branch}.txt`) {
  const { sha } = (await admin(`GET ${repo}/git/ref/heads/main`)).body.object;
  await admin(`POST ${repo}/git/refs`, { ref: `refs/heads/${branch}`, sha });
  const developer = simulator.byHand("acme-dev");
  texts.forEach((text, at) =>
    developer.editFiles("acme/web", { [file]: text }, { branch, message: `Step ${at + 1}\n\nWhy` }),
  );
  const opened = { title: "Topic", body: "Because", head: branch, base: "main" };
  return (await admin(`POST ${repo}/pulls`, opened)).body.number as number;
}

async function messages(count = 1) {
  const { body } = await admin(`GET ${repo}/commits?per_page=${count}`);
  return body.map(({ commit }: { commit: { message: string } }) => commit.message);
}

test("a merge has the message of the repository's settings, in parts that nobody gave", async () => {
  const merge = async (branch: string, texts: string[], given: object) => {
    await admin(`PUT ${repo}/pulls/${await propose(branch, texts)}/merge`, given);
    return (await messages())[0];
  };
  expect(await merge("a", ["1"], { commit_message: "Own" })).toBe(
    "Merge pull request #1 from acme/a\n\nOwn",
  );
  const squash = { merge_method: "squash" };
  expect(await merge("b", ["1"], squash)).toBe("Step 1 (#2)\n\nWhy");
  expect(await merge("c", ["1", "2"], squash)).toBe(
    "Topic (#3)\n\n* Step 1\n\nWhy\n\n* Step 2\n\nWhy",
  );
  await admin(`PATCH ${repo}`, {
    squash_merge_commit_title: "PR_TITLE",
    squash_merge_commit_message: "PR_BODY",
    merge_commit_title: "PR_TITLE",
    merge_commit_message: "BLANK",
  });
  expect(await merge("d", ["1"], squash)).toBe("Topic (#4)\n\nBecause");
  expect(await merge("e", ["1"], {})).toBe("Topic (#5)");
});

test("a rebase keeps each commit with its author", async () => {
  const number = await propose("steps", ["1", "2"]);
  await admin(`PUT ${repo}/pulls/${number}/merge`, { merge_method: "rebase" });
  const { body } = await admin(`GET ${repo}/commits?per_page=2`);
  expect(
    body.map(({ commit }: { commit: { message: string; author: { name: string } } }) => [
      commit.message,
      commit.author.name,
    ]),
  ).toEqual([
    ["Step 2\n\nWhy", "Dee Developer"],
    ["Step 1\n\nWhy", "Dee Developer"],
  ]);
});

test("changes of one file merge in different places, and conflict in neighbouring lines", async () => {
  const edit = (text: string) => simulator.byHand("acme-admin").editFiles("acme/web", { f: text });
  const state = async (number: number) =>
    (await admin(`GET ${repo}/pulls/${number}`)).body.mergeable;
  edit("1\n2\n3\n4\n5\n");
  const far = await propose("far", ["one\n2\n3\n4\n5\n"], "f");
  const near = await propose("near", ["1\n2\n3\nfour\n5\n"], "f");
  edit("1\n2\n3\n4\nfive\n");
  expect([await state(far), await state(near)]).toEqual([true, false]);
  await admin(`PUT ${repo}/pulls/${far}/merge`, {});
  const merged = simulator.world.readFile(simulator.world.repository("acme/web"), "main", "f");
  expect(merged?.toString()).toBe("one\n2\n3\n4\nfive\n");
});

test("a pull request whose branch is deleted is closed, and a merge outlasts a branch that stays", async () => {
  const gone = await propose("gone", ["1"]);
  await admin(`DELETE ${repo}/git/refs/heads/gone`);
  expect((await admin(`GET ${repo}/pulls/${gone}`)).body).toMatchObject({
    state: "closed",
    merged: false,
  });
  await admin.expecting(422, `PATCH ${repo}/pulls/${gone}`, { state: "open" });

  await admin(`PATCH ${repo}`, { delete_branch_on_merge: true });
  const kept = await propose("kept", ["1"]);
  const none = { required_status_checks: null, required_pull_request_reviews: null };
  const protection = { ...none, enforce_admins: true, restrictions: null };
  await admin(`PUT ${repo}/branches/kept/protection`, protection);
  for (const number of [kept, await propose("merged", ["1"])]) {
    expect((await admin(`PUT ${repo}/pulls/${number}/merge`, {})).body.merged).toBe(true);
  }
  await admin.expecting(200, `GET ${repo}/branches/kept`);
  await admin.expecting(404, `GET ${repo}/branches/merged`);
});

test("a merge for which code owners would be asked is refused in words", async () => {
  const number = await propose("owned", ["1"]);
  const reviews = { required_approving_review_count: 0, require_code_owner_reviews: true };
  await admin(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: null,
    required_pull_request_reviews: reviews,
    enforce_admins: false,
    restrictions: null,
  });
  simulator.byHand("acme-admin").editFiles("acme/web", { ".github/CODEOWNERS": "* @acme-dev" });
  const { body } = await admin.expecting(501, `PUT ${repo}/pulls/${number}/merge`, {});
  expect(body.message).toBe("the simulator does not implement reviews by code owners");
});
