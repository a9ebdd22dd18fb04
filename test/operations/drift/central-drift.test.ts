import { expect, onTestFinished, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { findingsOf, startDrift } from "./start-drift.ts";

test("the shared workflow, its tag and who may call it are watched, also in a repository of the fleet", async () => {
  const at = await startDrift();
  onTestFinished(() => at.simulator.close());
  const { world } = at.simulator;
  const publish = ".github/workflows/publish.yml";
  const theirs = "on: workflow_call\nenv: { PAT: '${{ secrets.GHCR_PAT }}' }\n";
  at.hand.editFiles("acme/web", { [publish]: theirs });
  const repository = world.repository("acme/web");
  const commit = repository.refs.get("refs/heads/main")!;
  const tag = "ghcr-fleet-v1";
  repository.refs.set(`refs/tags/${tag}`, commit);
  repository.visibility = "private";
  repository.actions.accessLevel = "organization";
  const place = { owner: "acme", repository: "web", branch: "main" };
  const files = { [publish]: gitBlobId(theirs) };
  const delivered = { delivery: "commit", onRemove: "keep", commit, tag };
  const access = { repository: "web", accessLevel: "organization" };
  const resources = at.state([
    {
      type: "ghcr:index:SharedWorkflow",
      urn: "urn:shared",
      outputs: { ...place, files, ...delivered },
    },
    {
      type: "github:index/actionsRepositoryAccessLevel:ActionsRepositoryAccessLevel",
      urn: "urn:access",
      outputs: access,
    },
  ]);
  expect((await at.read(resources)).findings).toEqual([]);
  at.hand.editFiles("acme/web", { [publish]: "name: mine\n" });
  repository.refs.delete(`refs/tags/${tag}`);
  repository.actions.accessLevel = "none";
  expect((await at.read(resources)).findings).toMatchObject([
    {
      kind: "file-edited",
      subject: publish,
      actor: "ada",
      repair: { by: "update", urn: "urn:shared" },
    },
    { kind: "permissions-narrowed", repair: { by: "update", urn: "urn:access" } },
    {
      kind: "tag-moved",
      text: `the tag ${tag} of acme/web, which callers name, was deleted, and should be at ${commit}`,
      repair: { by: "update", urn: "urn:shared" },
    },
  ]);
});

test("the shared workflow waits for its pull request, and what differs after the merge is drift", async () => {
  const at = await startDrift();
  onTestFinished(() => at.simulator.close());
  const publish = ".github/workflows/publish.yml";
  const text = "on: workflow_call\n";
  const branch = "ghcr-fleet/shared-workflow";
  const { refs } = at.simulator.world.repository("acme/web");
  refs.set(`refs/heads/${branch}`, refs.get("refs/heads/main")!);
  at.hand.editFiles("acme/web", { [publish]: text }, { branch });
  const send = gitHubAs(at.simulator, "admin");
  await send("POST /repos/acme/web/pulls", { title: "Publish", head: branch, base: "main" });
  const pullRequestUrl = "https://github.com/acme/web/pull/1";
  const place = { owner: "acme", repository: "web", branch: "main", onRemove: "keep" };
  const offered = { files: { [publish]: gitBlobId(text) }, blobs: {}, pullRequestUrl };
  const outputs = { ...place, ...offered, delivery: "pull-request" };
  const resources = at.state([{ type: "ghcr:index:SharedWorkflow", urn: "urn:shared", outputs }]);
  const look = async () => {
    const found = await at.read(resources);
    return [...found.waiting, ...findingsOf(found)];
  };
  expect(await look()).toEqual([`web: waits for merge #1 ${pullRequestUrl}`]);
  await send("PUT /repos/acme/web/pulls/1/merge", { merge_method: "squash" });
  expect(await look()).toEqual([]);
  at.hand.editFiles("acme/web", { [publish]: "name: mine\n" });
  expect(await look()).toEqual([`file-edited ${publish}`]);
});

test("a later commit of the shared workflow that a bot brought to a caller is no drift", async () => {
  const at = await startDrift();
  onTestFinished(() => at.simulator.close());
  const { world } = at.simulator;
  const publish = ".github/workflows/publish.yml";
  const ci = ".github/workflows/ci.yml";
  const shared = "on: workflow_call\n";
  const headOf = (name: string) => world.repository(name).refs.get("refs/heads/main") ?? "";
  const call = (commit: string) =>
    `jobs:\n  image:\n    uses: acme/web/${publish}@${commit} # main\n`;
  const bump = (commit: string) => at.hand.editFiles("acme/api", { [ci]: call(commit) });
  at.hand.editFiles("acme/web", { [publish]: shared });
  const commit = headOf("acme/web");
  bump(commit);
  const files = { [publish]: gitBlobId(shared) };
  const place = { owner: "acme", branch: "main" };
  const central = { ...place, repository: "web", files, commit, delivery: "commit" };
  const resources = [
    {
      type: "ghcr:index:SharedWorkflow",
      urn: "urn:shared",
      outputs: { ...central, onRemove: "keep", versions: [{ commit, files }] },
    },
    {
      type: "ghcr:index:RepositoryPublishing",
      urn: "urn:caller",
      outputs: {
        ...place,
        repository: "api",
        files: { [ci]: gitBlobId(call(commit)) },
        pin: commit,
      },
    },
  ];
  const callers = async () => {
    const { findings } = await at.read(resources);
    return findings.flatMap(({ kind, subject }) => (subject === ci ? kind : []));
  };
  expect(await callers()).toEqual([]);
  at.hand.editFiles("acme/web", { "README.md": "Our workflows\n" });
  bump(headOf("acme/web"));
  expect(await callers()).toEqual([]);
  at.hand.editFiles("acme/web", { [publish]: `${shared}# by hand\n` });
  bump(headOf("acme/web"));
  expect(await callers()).toEqual(["file-edited"]);
});
