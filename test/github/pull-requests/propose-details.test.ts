import { expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
import { proposeFiles } from "../../../src/github/pull-requests/propose-files.ts";
import { branch, ci, startProposals } from "./start-proposals.ts";

test("a branch that a person made is theirs, and so is their pull request on it", async () => {
  const at = await startProposals();
  const sha = at.repository.refs.get("refs/heads/main");
  await at.hubot("POST /repos/acme/api/git/refs", { ref: `refs/heads/${branch}`, sha });
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  await expect(at.propose()).rejects.toThrow(
    `the branch ${branch} of acme/api has commits by hubot: rename or delete it, then run again`,
  );
  await at.hubot("POST /repos/acme/api/pulls", { title: "Notes", head: branch, base: "main" });
  await expect(at.propose()).rejects.toThrow("is hubot's own pull request");
  expect(at.offered("notes.md")).toBe("mine\n");

  // Closed, it declines nothing of the fleet's.
  await at.hubot("PATCH /repos/acme/api/pulls/1", { state: "closed" });
  await at.hubot(`DELETE /repos/acme/api/git/refs/heads/${branch}`);
  expect(await at.propose()).toMatchObject({ url: expect.stringMatching(/pull\/2$/) });
});

test.each([
  ["ghcr-fleet", "the branch ghcr-fleet of acme/api leaves no room for ghcr-fleet/publishing"],
  [`${branch}/mine`, `the branch ${branch}/mine of acme/api leaves no room for ${branch}`],
])("a branch %s of a person, beside which git allows no branch of the fleet", async (name, why) => {
  const at = await startProposals();
  const sha = at.repository.refs.get("refs/heads/main");
  await at.hubot("POST /repos/acme/api/git/refs", { ref: `refs/heads/${name}`, sha });
  await expect(at.propose()).rejects.toThrow(`${why}: rename or delete it, then run again`);
  await at.hubot(`DELETE /repos/acme/api/git/refs/heads/${name}`);
  expect(await at.propose()).toMatchObject({ state: "open" });
});

test("a person's branch with the name of the one on which a new commit is made is kept", async () => {
  const at = await startProposals();
  await at.propose();
  const name = `${branch}-next`;
  const sha = at.repository.refs.get("refs/heads/main");
  await at.hubot("POST /repos/acme/api/git/refs", { ref: `refs/heads/${name}`, sha });
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch: name });
  const before = at.repository.refs.get(`refs/heads/${name}`);
  await expect(at.propose("name: other\n")).rejects.toThrow(
    `the branch ${name} of acme/api has commits by hubot: rename or delete it, then run again`,
  );
  expect(at.repository.refs.get(`refs/heads/${name}`)).toBe(before);
});

test("a base branch that was renamed: the pull request merges into the new one", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  const sha = at.repository.refs.get("refs/heads/main") ?? "";
  at.repository.refs.set("refs/heads/trunk", sha);
  at.repository.defaultBranch = "trunk";
  const commit = {
    ...{ owner: "acme", repository: "api", branch: "trunk", expectedHead: sha },
    ...{ headline: "ci: publish", body: templateNote },
    ...{ additions: { [ci]: "name: ci\n" }, deletions: [] },
  };
  await at.propose("name: ci\n", { commit });
  expect(at.repository.pulls).toMatchObject([{ base: { ref: "trunk" } }]);
  expect(at.warnings).toEqual([`${url} merges into trunk now, no longer into main`]);
});

test("a base branch that is another one: nothing of the former one comes along", async () => {
  const at = await startProposals();
  const fork = at.repository.refs.get("refs/heads/main") ?? "";
  at.repository.refs.set("refs/heads/release", fork);
  at.editMain({ "src/unreleased.ts": "export {};\n" });
  const { url } = await at.propose();
  const commit = {
    ...{ owner: "acme", repository: "api", branch: "release", expectedHead: fork },
    ...{ headline: "ci: publish", body: templateNote },
    ...{ additions: { [ci]: "name: ci\n" }, deletions: [] },
  };
  expect(await at.propose("name: ci\n", { commit })).toEqual({ state: "open", url });
  expect(at.repository.pulls).toMatchObject([{ base: { ref: "release" } }]);
  expect(at.offered("src/unreleased.ts")).toBeUndefined();
  expect(at.offered()).toBe("name: ci\n");

  // With a person's commits it stays as it is, where it is.
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  await at.propose();
  expect(at.repository.pulls).toMatchObject([{ base: { ref: "release" } }]);
  expect(at.warnings.at(-1)).toContain(`${url} has commits by hubot, so it is not updated`);
});

test("a role that may only read names what to give it", async () => {
  const at = await startProposals();
  const reader = createGitHubClient({
    baseUrl: at.simulator.url,
    token: at.simulator.world.tokenValue("hubot"),
  });
  at.repository.collaborators.set("hubot", "read");
  at.simulator.world.findOrganisation("acme")!.basePermission = "none";
  at.repository.visibility = "private";
  const commit = {
    ...{ owner: "acme", repository: "api", branch: "main", headline: "ci: publish" },
    ...{ expectedHead: "", additions: { [ci]: "x\n" }, deletions: [] },
  };
  const branch = "ghcr-fleet/publishing";
  const offer = { branch, commit, change: "x", title: "x", body: async () => "x", details: {} };
  const rest = {
    detailsChanged: false,
    endsAutoMerge: false,
    known: undefined,
    declined: undefined,
    again: false,
  };
  await expect(proposeFiles(reader, { ...offer, ...rest }, () => {})).rejects.toThrow(
    "gives the admin token's account the role read, so only a fork could propose files: give it the role Write",
  );
});

test("labels, reviewers, assignees and a draft; what is not possible is a warning with the next step", async () => {
  const at = await startProposals();
  await at.hubot("POST /repos/acme/api/labels", { name: "ci" });
  const details = {
    labels: ["ci", "nope"],
    reviewers: ["hubot", "mona", "stranger"],
    teamReviewers: ["none"],
    assignees: ["hubot", "stranger"],
    draft: true,
    title: "Publish with the fleet",
    commitMessage: "build: publish\n\nAsked for by the platform team.",
  };
  const { url } = await at.propose("name: ci\n", { details, title: details.title });
  expect(at.repository.pulls).toMatchObject([
    {
      title: "Publish with the fleet",
      labels: ["ci"],
      requestedReviewers: ["hubot"],
      assignees: ["hubot"],
      draft: true,
    },
  ]);
  const { body } = await at.hubot("GET /repos/acme/api/pulls/1/commits");
  expect((body as { commit: { message: string } }[])[0]?.commit.message).toBe(
    `build: publish\n\nAsked for by the platform team.\n\n${templateNote}`,
  );
  expect(at.warnings).toEqual([
    `acme/api has no label "nope": create it at https://github.com/acme/api/labels, or correct pullRequests.labels`,
    expect.stringContaining(`mona is not asked to review ${url}, because its author cannot`),
    expect.stringContaining(`stranger cannot be asked to review ${url} (Reviews may only be`),
    expect.stringContaining(`the team none cannot be asked to review ${url}`),
    expect.stringContaining(`stranger cannot be assigned to ${url}`),
  ]);
  // Said once: people may have changed them since.
  at.warnings.length = 0;
  await at.propose("name: other\n", { details, title: details.title });
  expect(at.warnings).toEqual([]);
});

test("auto-merge: refused by the repository's settings, waiting for a check, or at once", async () => {
  const at = await startProposals("main", ["build"]);
  const details = { autoMerge: "squash" } as const;
  const { url } = await at.propose("name: ci\n", { details });
  expect(at.warnings).toEqual([
    `${url} has to be merged by hand: acme/api does not allow auto-merge; allow it at https://github.com/acme/api/settings, or remove pullRequests.autoMerge`,
  ]);
  at.repository.settings.allow_auto_merge = true;
  expect(await at.propose("name: ci\n", { details, detailsChanged: true })).toMatchObject({
    state: "open",
  });
  const { sha } = at.repository.pulls[0]!.head;
  await at.hubot(`POST /repos/acme/api/statuses/${sha}`, { state: "success", context: "build" });
  expect(at.repository.pulls[0]).toMatchObject({ state: "closed", mergedBy: "mona" });

  at.repository.rules[0]!.requiredStatusChecks = [];
  const merged = await at.propose("name: other\n", { details });
  expect(merged).toMatchObject({
    state: "merged",
    commit: at.repository.refs.get("refs/heads/main"),
  });
  expect(at.branches()).toEqual([]);
});

test("auto-merge never merges what waits for a person, until their commits are gone", async () => {
  const at = await startProposals();
  at.repository.settings.allow_auto_merge = true;
  const { url } = await at.propose();
  const before = at.repository.refs.get(`refs/heads/${branch}`) ?? "";
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  const details = { autoMerge: "squash" } as const;
  const changed = { details, detailsChanged: true };
  expect(await at.propose("name: other\n", changed)).toEqual({ state: "open", url });
  expect(at.repository.pulls).toMatchObject([{ state: "open", autoMerge: null }]);
  expect(at.warnings).toEqual([expect.stringContaining("so it is not updated")]);

  // Also one that offers what is wanted has work of somebody else.
  expect(await at.propose("name: ci\n", changed)).toEqual({ state: "open", url });
  expect(at.repository.pulls).toMatchObject([{ state: "open", autoMerge: null }]);
  expect(at.warnings.at(-1)).toBe(`${url} has to be merged by hand: it has commits by hubot`);

  await at.github.request(`PATCH /repos/acme/api/git/refs/heads/${branch}`, {
    sha: before,
    force: true,
  });
  expect(await at.propose("name: other\n", { details })).toMatchObject({ state: "merged", url });
});

test("auto-merge ends when it waits for a person, and when the fleet no longer wants it", async () => {
  const at = await startProposals("main", ["build"]);
  at.repository.settings.allow_auto_merge = true;
  const details = { autoMerge: "squash" } as const;
  await at.propose("name: ci\n", { details });
  expect(at.repository.pulls).toMatchObject([{ autoMerge: { method: "squash" } }]);
  await at.propose("name: ci\n", { detailsChanged: true, endsAutoMerge: true });
  expect(at.repository.pulls).toMatchObject([{ autoMerge: null }]);

  await at.propose("name: ci\n", { details, detailsChanged: true });
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  await at.propose("name: other\n", { details });
  const { sha } = at.repository.pulls[0]!.head;
  await at.hubot(`POST /repos/acme/api/statuses/${sha}`, { state: "success", context: "build" });
  expect(at.repository.pulls).toMatchObject([{ state: "open", autoMerge: null }]);
});

test("what arrives between the read and the merge is not merged", async () => {
  const at = await startProposals("main", ["build"]);
  at.repository.settings.allow_auto_merge = true;
  let isOpen = false;
  const stop = at.simulator.onRequest(({ path }) => {
    // Once it is open, it is read, and then merged.
    if (path.endsWith("/pulls")) isOpen = true;
    if (!isOpen || path !== "/graphql") return;
    stop();
    at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  });
  const details = { autoMerge: "squash" } as const;
  expect(await at.propose("name: ci\n", { details })).toMatchObject({ state: "open" });
  expect(at.repository.pulls).toMatchObject([{ state: "open", autoMerge: null }]);
  expect(at.warnings).toEqual([
    expect.stringContaining("has to be merged by hand: GitHub refuses"),
  ]);
});

test("GitHub does not know yet whether it can be merged: asked again, it does", async () => {
  const at = await startProposals();
  at.repository.settings.allow_auto_merge = true;
  const headers = { "content-type": "application/json" };
  const refuse = (of: string, message: string) => {
    const body = JSON.stringify({ data: {}, errors: [{ message }] });
    at.simulator.faults.inject(
      { body: of, times: 1 },
      { kind: "answer", status: 200, headers, body },
    );
  };
  refuse("MergeLater", "Pull request Pull request is in unknown status");
  refuse("MergeNow", "Base branch was modified. Review and try the merge again.");
  const details = { autoMerge: "squash" } as const;
  const offered = await at.propose("name: ci\n", { details });
  expect(at.warnings).toEqual([]);
  expect(offered).toMatchObject({ state: "merged" });
});

test("a branch of a run that was killed is used, though others have pushed since", async () => {
  const at = await startProposals();
  const stop = at.simulator.faults.inject(
    { body: "createCommitOnBranch" },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  await expect(at.propose()).rejects.toThrow();
  stop();
  expect(at.branches()).toHaveLength(1);
  expect(at.offered()).toBeUndefined();
  at.editMain({ "src/new.ts": "export {};\n" });
  await at.propose();
  expect(at.offered()).toBe("name: ci\n");
  expect(at.branches()).toHaveLength(1);
  expect(at.repository.pulls).toHaveLength(1);
});

test("an answer that was lost leads to the pull request that it was about", async () => {
  const at = await startProposals();
  at.simulator.faults.inject(
    { method: "POST", path: "/pulls", times: 1 },
    { kind: "drop", when: "after" },
  );
  expect(await at.propose()).toMatchObject({ url: expect.stringMatching(/pull\/1$/) });
  expect(at.repository.pulls).toHaveLength(1);
  // The client keeps GitHub's pause between writes that notify people, and retries.
});

test("rules for all branches: the message names what to exempt", async () => {
  const at = await startProposals("**");
  await expect(at.propose()).rejects.toThrow("exempt ghcr-fleet/** from them");
});
