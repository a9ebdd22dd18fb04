import { beforeEach, expect, test } from "vitest";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import type { WorkflowOptions } from "../../../src/publishing/templates/workflow-options.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { args, ci, docker, repaired, runRefresh, runUp, workflow } from "./run-workflows.ts";
import type { Kept } from "../run-resource.ts";
import { startProvider, type Provider } from "../start-provider.ts";

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin")));

const byPullRequest = { delivery: "pull-request" };
const up = (before?: Kept, more: Properties = {}) =>
  runUp(at, before, { ...byPullRequest, ...more });
const refresh = (kept: Kept) => runRefresh(at, kept);
const edit = (files: Record<string, string>) => at.byHand.editFiles("acme/api", files);
const pulls = () => at.world.repository("acme/api").pulls;
const on = (branch: string, path: string) =>
  at.world.readFile(at.world.repository("acme/api"), branch, path)?.toString("utf8");
const url = (number: number) => `https://github.com/acme/api/pull/${number}`;
const send = (route: string, body = {}) => at.github.request(route, body);
const close = () => send("PATCH /repos/acme/api/pulls/1", { state: "closed" });
const merge = (number = 1) =>
  send(`PUT /repos/acme/api/pulls/${number}/merge`, { merge_method: "squash" });
const fleetBranches = () =>
  [...at.world.repository("acme/api").refs.keys()].filter((ref) => ref.includes("ghcr-fleet/"));
const requests = () => at.simulator.requests.length;

test("the text says why, what changes, how to check and to decline it, and who owns it", async () => {
  edit({ [docker]: workflow() });
  await up();
  expect(pulls()[0]?.body).toMatchInlineSnapshot(`
    "The fleet of **acme** publishes images to its container registry with one credential. With this, the workflows of this repository use it (docker.yml publishes to the registry already).

    ### What changes

    \`.github/workflows/docker.yml\`

    \`\`\`diff
         needs: test
         runs-on: ubuntu-latest
    +    permissions:
    +      contents: read
    +      packages: write
         steps:
           - uses: docker/login-action@v3
               registry: ghcr.io
               username: \${{ github.actor }}
    -          password: \${{ secrets.GITHUB_TOKEN }}
    +          password: \${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}
           - uses: docker/build-push-action@v6
             with: { push: true, tags: "ghcr.io/acme/api:latest" }
    \`\`\`

    ### How to check

    Nothing changes before the merge into \`main\`. The next run that publishes after it logs in with the fleet's secret, and its image arrives in the registry.

    ### How to decline

    Close it. The fleet goes on without it, and offers nothing here again until it wants another change, or until its owners run \`ghcr-fleet rollout test --offer-again api\`. You can also commit to this branch: your commits are kept.

    ### Who owns this

    The stack \`test\` of acme, which ghcr-fleet applies: changes of what it wants belong into its configuration. The package that the stack has installed describes such pull requests in \`docs/delivery.md\`, and GitHub [what the registry asks for](https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry).

    <!-- ghcr-fleet change: 8442c1ae82397949 -->"
  `);
});

/** What the newest text says before it lists the changes. */
const purpose = () => pulls().at(-1)?.body?.split("\n\n### ")[0];

test("its text says what this change does, and not what an earlier one did", async () => {
  const withFiles = (more: Partial<WorkflowOptions> = {}): Properties => ({
    mode: "template",
    files: renderWorkflows(workflowOptions(more)),
  });
  const first = await up(undefined, withFiles());
  const said = [purpose()];
  await merge(1);
  const steps = [
    withFiles({ releaseEnvironment: "release" }),
    withFiles({ releaseEnvironment: "production" }),
    withFiles({ secretName: "PUBLISH_PAT" }),
    withFiles({ secretName: "PUBLISH_PAT", timeoutMinutes: 20 }),
  ];
  let kept = await up(first, withFiles());
  for (const [index, step] of steps.entries()) {
    kept = await up(kept, step);
    said.push(purpose());
    if (index < steps.length - 1) await merge(index + 2);
    kept = await up(kept, step);
  }
  expect(said.join("\n---\n")).toMatchInlineSnapshot(`
    "The fleet of **acme** publishes images to its container registry with one credential. With this, this repository gets workflows for that (the configuration asks for it).
    ---
    The fleet of **acme** changes its workflows here: releases deploy to the environment \`release\`, which has the secret: only the branches and tags that it allows get it; a secret that this repository has from another place stays until an update of the fleet finds this on the branch.
    ---
    The fleet of **acme** changes its workflows here: releases deploy to the environment \`production\`, which has the secret: only the branches and tags that it allows get it; the environment \`release\` does not have it any more, so until the merge releases publish without it.
    ---
    The fleet of **acme** changes its workflows here: the secret with the credential is called \`PUBLISH_PAT\`, and no longer \`GHCR_PAT\`; releases do not deploy to an environment any more, because the secret is in another place, from which every job gets it.
    ---
    The fleet of **acme** changes its workflows here: their templates changed, or its settings for this repository."
  `);
});

test("the text of a repair says when only the name of the secret changed", async () => {
  edit({ [docker]: workflow("${{ secrets.CR_PAT || secrets.GITHUB_TOKEN }}") });
  const kept = await up(undefined, { replaceSecrets: ["CR_PAT"] });
  expect(purpose()).toContain("(docker.yml publishes to the registry already).");
  await merge(1);
  const renamed = { replaceSecrets: ["CR_PAT"], secret: "PUBLISH_PAT" };
  await up(await up(kept, { replaceSecrets: ["CR_PAT"] }), renamed);
  expect(purpose()).toBe(
    "In the fleet of **acme**, the secret with the credential is called `PUBLISH_PAT`, and no longer `GHCR_PAT`.",
  );
});

test("repairs wait in it, follow what others change, and are forgotten once they are merged", async () => {
  edit({ [docker]: workflow() });
  const offered = await up();
  expect(offered.state).toMatchObject({
    pullRequestUrl: url(1),
    pending: [{ file: docker }, { file: docker }],
  });
  expect(on("main", docker)).toBe(workflow());
  expect((await up(offered)).changes).toEqual({});
  expect((await up(await refresh(offered))).changes).toEqual({});

  // Somebody edits the line next to the repair: it would no longer merge.
  const edited = workflow().replace("github.actor }}\n", "github.actor }} # ours\n");
  edit({ [docker]: edited });
  const updated = await up(await refresh(offered));
  expect(updated.changes).toEqual({ pullRequestUrl: "update" });
  expect(on("ghcr-fleet/publishing", docker)).toBe(repaired(edited));
  expect(pulls()).toHaveLength(1);

  await merge();
  const refreshed = await refresh(updated);
  // Its branch is left to delete.
  expect(refreshed.state).toMatchObject({ pullRequestUrl: url(1) });
  // Also without a refresh.
  const merged = await up(updated);
  expect(merged.changes).toEqual({ pullRequestUrl: "delete" });
  expect(merged.state).not.toHaveProperty("pullRequestUrl");
  expect(merged.state).not.toHaveProperty("pending");
  expect(fleetBranches()).toEqual([]);
  expect((await up(merged)).changes).toEqual({});
});

test.each([
  ["an update", async (kept: Kept) => kept],
  ["one with a refresh", refresh],
])("a base branch that was renamed: %s follows it", async (_, before) => {
  const offered = await up(undefined, { mode: "template" });
  await send("POST /repos/acme/api/branches/main/rename", { new_name: "trunk" });
  const moved = await up(await before(offered), { mode: "template", branch: "trunk" });
  expect(moved.state).toMatchObject({ branch: "trunk", pullRequestUrl: url(1) });
  expect(pulls()).toMatchObject([{ state: "open", base: { ref: "trunk" } }]);
  expect((await up(await refresh(moved), { mode: "template", branch: "trunk" })).changes).toEqual(
    {},
  );
});

test("what somebody repairs by hand needs no pull request any more: it is closed", async () => {
  edit({ [docker]: workflow() });
  const offered = await up();
  edit({ [docker]: repaired(workflow()) });
  const closed = await up(offered);
  expect(closed.state).not.toHaveProperty("pullRequestUrl");
  expect(pulls()).toMatchObject([{ state: "closed", mergedAt: null }]);
  expect(fleetBranches()).toEqual([]);
  edit({ [docker]: workflow() });
  expect((await up(closed)).state).toMatchObject({ pullRequestUrl: url(2) });
});

test("templates: declined is a state; the same change is offered again only on request", async () => {
  const wanted = { mode: "template" };
  const offered = await up(undefined, wanted);
  await close();
  const files = at.freshFiles();
  const { inputs } = await files.check(offered.inputs, {
    ...offered.inputs,
    files: { [ci]: "name: ci\n" },
    image: "api",
    ...byPullRequest,
  });
  const preview = await files.update(offered.id, offered.state, inputs, true);
  expect(preview["declined"]).toMatchObject({ url: url(1), by: "acme-admin" });

  at.warnings.length = 0;
  const declined = await up(offered, wanted);
  expect(declined.changes).toEqual({ declined: "add" });
  expect(declined.state).toMatchObject({
    declined: { url: url(1), by: "acme-admin", at: expect.any(String), change: expect.any(String) },
  });
  expect(declined.state).not.toHaveProperty("pullRequestUrl");
  // The program warns of it at each run.
  expect(at.warnings).toEqual([]);
  for (const kept of [declined, await refresh(declined)]) {
    expect((await up(kept, wanted)).changes).toEqual({});
  }

  at.offerAgain.add("api");
  const again = await up(declined, wanted);
  expect(again.changes).toEqual({ declined: "delete" });
  expect(again.state).toMatchObject({ pullRequestUrl: url(2) });
  at.offerAgain.clear();
  expect(again.state).not.toHaveProperty("declined");

  await send("PATCH /repos/acme/api/pulls/2", { state: "closed" });
  const twice = await up(again, wanted);
  const other = await up(twice, { ...wanted, files: { [ci]: "name: other\n" } });
  expect(other.state).toMatchObject({ pullRequestUrl: url(3) });
});

test("a preview says that a change was declined which is wanted again after another one", async () => {
  const templates = { mode: "template" };
  const offered = await up(undefined, templates);
  await close();
  const declined = await up(offered, templates);
  const other = await up(declined, { mode: "none" });
  expect(other.state["declined"]).toBeUndefined();
  const files = at.freshFiles();
  const wanted = { ...args, ...byPullRequest, ...templates };
  const { inputs } = await files.check(other.inputs, wanted);
  const preview = await files.update(other.id, other.state, inputs, true);
  expect(preview).toMatchObject({ declined: { url: url(1), by: "acme-admin" } });
  expect((await up(other, templates)).state).toMatchObject({ declined: { url: url(1) } });
});

test("a preview whose token may not read pull requests shows what is known of them", async () => {
  const wanted = { mode: "template" };
  const preview = async ({ inputs: olds, id, state }: Kept) => {
    const stop = at.simulator.faults.inject(
      { path: "/graphql", body: "query Proposals" },
      {
        kind: "answer",
        status: 200,
        body: JSON.stringify({
          data: { repository: null },
          errors: [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }],
        }),
        headers: { "content-type": "application/json" },
      },
    );
    const files = at.freshFiles();
    const { inputs } = await files.check(olds, { ...args, ...byPullRequest, ...wanted });
    const found = await files.update(id, state, inputs, true);
    stop();
    return found;
  };
  const offered = await up(undefined, wanted);
  expect(await preview(offered)).toMatchObject({ pullRequestUrl: url(1) });
  await close();
  const declined = await up(offered, wanted);
  expect(await preview(declined)).toMatchObject({ declined: declined.state["declined"] });
});

test("a declined repair stays declined while others edit the file, and ends when it is reopened", async () => {
  edit({ [docker]: workflow() });
  const offered = await up();
  await close();
  const declined = await up(offered);
  expect(declined.state).toMatchObject({ declined: { url: url(1) }, pending: [{}, {}] });
  edit({ [docker]: `# a line more\n${workflow()}` });
  const refreshed = await refresh(declined);
  expect(refreshed.state).toMatchObject({ declined: { url: url(1) } });
  expect((await up(refreshed)).changes).toEqual({});
  await send("PATCH /repos/acme/api/pulls/1", { state: "open" });
  const reopened = await up(refreshed);
  expect(reopened.state).toMatchObject({ pullRequestUrl: url(1) });
  expect(reopened.state).not.toHaveProperty("declined");
});

test("templates that were merged are the fleet's own at the next change", async () => {
  const offered = await up(undefined, { mode: "template" });
  await merge();
  const merged = await up(await refresh(offered), { mode: "template" });
  at.warnings.length = 0;
  await up(merged, { mode: "template", files: { [ci]: "name: other\n" } });
  expect(at.warnings).toEqual([expect.stringMatching(/^merge .*pull\/2 to add the files/)]);
});

test("settings of pull requests that change are applied to the open one", async () => {
  const offered = await up(undefined, { mode: "template" });
  const pullRequests = { assignees: ["acme-admin"] };
  const changed = await up(offered, { mode: "template", pullRequests });
  expect(changed.changes).toEqual({ pullRequests: "add" });
  expect(pulls()).toMatchObject([{ assignees: ["acme-admin"] }]);
  expect((await up(changed, { mode: "template", pullRequests })).changes).toEqual({});
});

test("settings of pull requests change nothing where there is none, and no request is made for them", async () => {
  const commit = { mode: "template", delivery: "commit" };
  const written = await up(undefined, commit);
  const before = requests();
  const more = { ...commit, pullRequests: { labels: ["ci"] } };
  expect((await up(written, more)).changes).toEqual({});
  expect(requests()).toBe(before);
});

test("a repository that leaves takes its pull request with it", async () => {
  edit({ [docker]: workflow() });
  const { id, state } = await up();
  await at.freshFiles().delete(id, state, at.context);
  expect(pulls()).toMatchObject([{ state: "closed" }]);
  expect(at.world.repository("acme/api").comments).toMatchObject([
    { body: "This repository left the fleet." },
  ]);
});

test("the state of an earlier version that waits for a merge needs no write", async () => {
  edit({ [docker]: workflow() });
  const offered = await up();
  const { ...older } = offered.state;
  delete older["declined"];
  expect((await up({ ...offered, state: older })).changes).toEqual({});
});
