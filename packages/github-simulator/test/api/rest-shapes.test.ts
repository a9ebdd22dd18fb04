import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, seal, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

test("organisation, users and limits have the described shapes", async () => {
  await admin("GET /");
  await admin("GET /meta");
  await admin("GET /rate_limit");
  await admin("GET /user");
  await admin("GET /users/acme-dev");
  await admin("GET /orgs/acme");
  await admin("GET /orgs/acme/members");
  await admin("GET /orgs/acme/memberships/acme-dev");
  await admin("GET /orgs/acme/repos?per_page=5&sort=full_name");
});

test("repositories and their contents have the described shapes", async () => {
  await admin("GET /repos/acme/web");
  await admin("PATCH /repos/acme/web", { description: "Storefront", has_wiki: false });
  await admin("PUT /repos/acme/web/topics", { names: ["container", "web"] });
  await admin("GET /repos/acme/web/topics");
  await admin("GET /repos/acme/web/languages");
  await admin("GET /repos/acme/web/readme");
  await admin("GET /repos/acme/web/contents");
  await admin("GET /repos/acme/web/contents/src");
  await admin("GET /repos/acme/web/contents/Dockerfile");
  const put = await admin.expecting(201, "PUT /repos/acme/web/contents/docs/one.md", {
    message: "Add a page",
    content: base64("one\n"),
  });
  const again = await admin.expecting(200, "PUT /repos/acme/web/contents/docs/one.md", {
    message: "Change a page",
    content: base64("two\n"),
    sha: put.body.content.sha,
  });
  await admin.expecting(200, "DELETE /repos/acme/web/contents/docs/one.md", {
    message: "Drop a page",
    sha: again.body.content.sha,
  });
  await admin("POST /orgs/acme/repos", { name: "fresh", auto_init: true, visibility: "private" });
  await admin("DELETE /repos/acme/fresh");
});

test("git objects, refs, branches and commits have the described shapes", async () => {
  const repo = "/repos/acme/mailer";
  const head = (await admin(`GET ${repo}/git/ref/heads/main`)).body.object.sha;
  const blob = (await admin(`POST ${repo}/git/blobs`, { content: "a\nb\n" })).body.sha;
  await admin(`GET ${repo}/git/blobs/${blob}`);
  const tree = (
    await admin(`POST ${repo}/git/trees`, {
      base_tree: head,
      tree: [{ path: "lib/a.txt", mode: "100644", type: "blob", sha: blob }],
    })
  ).body.sha;
  await admin(`GET ${repo}/git/trees/${tree}?recursive=1`);
  const commit = (
    await admin(`POST ${repo}/git/commits`, { message: "Add a", tree, parents: [head] })
  ).body.sha;
  await admin(`GET ${repo}/git/commits/${commit}`);
  await admin(`POST ${repo}/git/refs`, { ref: "refs/heads/topic", sha: head });
  await admin(`PATCH ${repo}/git/refs/heads/topic`, { sha: commit });
  await admin(`GET ${repo}/git/matching-refs/heads`);
  const tag = (
    await admin(`POST ${repo}/git/tags`, {
      tag: "v1",
      message: "one",
      object: commit,
      type: "commit",
    })
  ).body.sha;
  await admin(`GET ${repo}/git/tags/${tag}`);
  await admin(`POST ${repo}/git/refs`, { ref: "refs/tags/v1", sha: tag });
  await admin(`GET ${repo}/tags`);
  await admin(`GET ${repo}/branches`);
  await admin(`GET ${repo}/branches/main`);
  await admin(`GET ${repo}/commits?path=lib/a.txt&sha=topic`);
  await admin(`GET ${repo}/commits/topic`);
  await admin(`GET ${repo}/compare/main...topic`);
  await admin(`POST ${repo}/branches/topic/rename`, { new_name: "topic-two" });
  await admin(`POST ${repo}/merges`, { base: "main", head: "topic-two" });
  await admin(`DELETE ${repo}/git/refs/heads/topic-two`);
});

test("pull requests and releases have the described shapes", async () => {
  const repo = "/repos/acme/edge-proxy";
  await admin(`POST ${repo}/git/refs`, {
    ref: "refs/heads/topic",
    sha: (await admin(`GET ${repo}/git/ref/heads/main`)).body.object.sha,
  });
  await admin(`PUT ${repo}/contents/topic.txt`, {
    message: "Topic",
    content: base64("topic\n"),
    branch: "topic",
  });
  await admin.expecting(201, `POST ${repo}/pulls`, {
    title: "Topic",
    head: "topic",
    base: "main",
  });
  await admin.expecting(422, `POST ${repo}/pulls`, { title: "x", head: "topic", base: "main" });
  await admin(`GET ${repo}/pulls?head=acme:topic`);
  await admin(`GET ${repo}/pulls/1`);
  await admin(`GET ${repo}/pulls/1/commits`);
  await admin(`GET ${repo}/pulls/1/files`);
  await admin(`PATCH ${repo}/pulls/1`, { title: "A topic", body: "Why" });
  const comment = await admin.expecting(201, `POST ${repo}/issues/1/comments`, { body: "Hm" });
  await admin(`PATCH ${repo}/issues/comments/${comment.body.id}`, { body: "Ah" });
  expect((await admin(`GET ${repo}/issues/1/comments`)).body).toMatchObject([{ body: "Ah" }]);
  await admin(`GET ${repo}/issues/comments/${comment.body.id}`);
  await admin.expecting(422, `POST ${repo}/issues/1/comments`, {
    body: "x".repeat(65_537),
  });
  await admin.expecting(404, `GET ${repo}/issues/9/comments`);
  await admin.expecting(204, `DELETE ${repo}/issues/comments/${comment.body.id}`);
  expect((await admin(`PUT ${repo}/pulls/1/merge`, {})).body.merged).toBe(true);
  await admin(`GET ${repo}/pulls/1`);
  const release = await admin.expecting(201, `POST ${repo}/releases`, {
    tag_name: "v1.0.0",
    name: "One",
  });
  await admin(`GET ${repo}/releases`);
  await admin(`GET ${repo}/releases/latest`);
  await admin(`GET ${repo}/releases/tags/v1.0.0`);
  await admin(`PATCH ${repo}/releases/${release.body.id}`, { body: "Notes" });
  await admin(`DELETE ${repo}/releases/${release.body.id}`);
});

test("a merge that the base branch refuses leaves the pull request open", async () => {
  const repo = "/repos/acme/already-right";
  const sha = (await admin(`GET ${repo}/git/ref/heads/main`)).body.object.sha;
  await admin(`POST ${repo}/git/refs`, { ref: "refs/heads/topic", sha });
  await admin(`PUT ${repo}/contents/topic.txt`, {
    message: "Topic",
    content: base64("topic\n"),
    branch: "topic",
  });
  await admin(`POST ${repo}/pulls`, { title: "Topic", head: "topic", base: "main" });
  await admin(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, contexts: ["ci"] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
  const refused = await admin.expecting(405, `PUT ${repo}/pulls/1/merge`, {});
  expect(refused.body.message).toContain('Required status check "ci" is expected.');
  expect((await admin(`GET ${repo}/pulls/1`)).body).toMatchObject({ state: "open", merged: false });
  await admin(`DELETE ${repo}/branches/main/protection`);
  await admin(`PATCH ${repo}`, { delete_branch_on_merge: true });
  await admin.expecting(200, `PUT ${repo}/pulls/1/merge`, { merge_method: "squash" });
  await admin.expecting(404, `GET ${repo}/branches/topic`);
});

test("secrets and variables at three scopes have the described shapes", async () => {
  await admin("PUT /repos/acme/web/environments/release", {});
  const web = simulator.world.repository("acme/web").id;
  for (const [scope, extra] of [
    ["/orgs/acme/actions", { visibility: "selected", selected_repository_ids: [web] }],
    ["/repos/acme/web/actions", {}],
    ["/repos/acme/web/environments/release", {}],
  ] as const) {
    const { key, key_id } = (await admin(`GET ${scope}/secrets/public-key`)).body;
    const encrypted_value = seal(key, "s3cret");
    const put = { encrypted_value, key_id, ...extra };
    await admin.expecting(201, `PUT ${scope}/secrets/GHCR_PAT`, put);
    await admin.expecting(204, `PUT ${scope}/secrets/GHCR_PAT`, put);
    await admin(`GET ${scope}/secrets`);
    await admin(`GET ${scope}/secrets/GHCR_PAT`);
    const variable = { name: "USER", value: "pat", ...extra };
    await admin.expecting(201, `POST ${scope}/variables`, variable);
    await admin.expecting(409, `POST ${scope}/variables`, variable);
    await admin(`GET ${scope}/variables`);
    await admin(`GET ${scope}/variables/USER`);
    await admin.expecting(204, `PATCH ${scope}/variables/USER`, { value: "tap" });
  }
  for (const kind of ["secrets/GHCR_PAT", "variables/USER"]) {
    const list = `/orgs/acme/actions/${kind}/repositories`;
    await admin(`GET ${list}`);
    await admin(`PUT ${list}`, { selected_repository_ids: [web] });
    await admin(`PUT ${list}/${web}`);
    await admin(`DELETE ${list}/${web}`);
  }
  await admin("DELETE /orgs/acme/actions/secrets/GHCR_PAT");
  await admin("DELETE /repos/acme/web/actions/variables/USER");
});

test("settings of Actions, environments and branch rules have the described shapes", async () => {
  const repo = "/repos/acme/api";
  await admin(`GET ${repo}/actions/permissions`);
  await admin(`PUT ${repo}/actions/permissions`, {
    enabled: true,
    allowed_actions: "selected",
    sha_pinning_required: true,
  });
  await admin(`GET ${repo}/actions/permissions`);
  await admin(`PUT ${repo}/actions/permissions/selected-actions`, { verified_allowed: true });
  await admin(`GET ${repo}/actions/permissions/selected-actions`);
  await admin(`PUT ${repo}/actions/permissions/workflow`, { default_workflow_permissions: "read" });
  await admin(`GET ${repo}/actions/permissions/workflow`);
  await admin(`PUT ${repo}/actions/permissions/access`, { access_level: "organization" });
  await admin(`GET ${repo}/actions/permissions/access`);
  await admin("PUT /orgs/acme/actions/permissions", { enabled_repositories: "selected" });
  await admin("GET /orgs/acme/actions/permissions");
  await admin("GET /orgs/acme/actions/permissions/repositories");
  await admin("GET /orgs/acme/actions/permissions/workflow");
  await admin(`PUT ${repo}/environments/release`, {
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  });
  const refused = [
    { deployment_branch_policy: { protected_branches: true, custom_branch_policies: true } },
    { reviewers: [{ type: "User", id: 4_000_000 }] },
  ];
  for (const settings of refused) {
    await admin.expecting(422, `PUT ${repo}/environments/refused`, settings);
  }
  await admin.expecting(404, `GET ${repo}/environments/refused`);
  const policies = `${repo}/environments/release/deployment-branch-policies`;
  const policy = await admin(`POST ${policies}`, { name: "main" });
  await admin(`GET ${policies}`);
  await admin(`PUT ${policies}/${policy.body.id}`, { name: "release/*" });
  await admin(`GET ${policies}/${policy.body.id}`);
  await admin(`GET ${repo}/environments`);
  await admin(`GET ${repo}/environments/release`);
  await admin(`DELETE ${policies}/${policy.body.id}`);
  await admin(`DELETE ${repo}/environments/release`);
  await admin(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: true, contexts: ["ci"] },
    required_pull_request_reviews: { required_approving_review_count: 1 },
    enforce_admins: true,
    restrictions: null,
  });
  await admin(`GET ${repo}/branches/main/protection`);
  await admin(`GET ${repo}/branches/main`);
  await admin(`GET ${repo}/rules/branches/main`);
  await admin(`POST ${repo}/branches/main/protection/required_signatures`);
  await admin(`GET ${repo}/branches/main/protection/required_signatures`);
  await admin(`DELETE ${repo}/branches/main/protection/required_signatures`);
  await admin(`DELETE ${repo}/branches/main/protection`);
});

test("rulesets and collaborators have the described shapes, and rulesets are enforced", async () => {
  const repo = "/repos/acme/search";
  const reviews = {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  };
  const ruleset = await admin(`POST ${repo}/rulesets`, {
    name: "main",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "deletion" }, { type: "pull_request", parameters: reviews }],
  });
  await admin(`GET ${repo}/rulesets`);
  await admin(`GET ${repo}/rulesets/${ruleset.body.id}`);
  await admin(`PUT ${repo}/rulesets/${ruleset.body.id}`, { name: "default branch" });
  const put = { message: "x", content: base64("x") };
  const refused = await admin.expecting(409, `PUT ${repo}/contents/x`, put);
  expect(refused.body.message).toBe(
    "Repository rule violations found\n\nChanges must be made through a pull request.\n\n",
  );
  await admin(`DELETE ${repo}/rulesets/${ruleset.body.id}`);
  await admin.expecting(201, `PUT ${repo}/contents/x`, put);
  await admin(`PUT ${repo}/collaborators/acme-dev`, { permission: "maintain" });
  await admin(`GET ${repo}/collaborators`);
  await admin(`GET ${repo}/collaborators/acme-dev`);
  await admin(`GET ${repo}/collaborators/acme-dev/permission`);
  await admin(`DELETE ${repo}/collaborators/acme-dev`);
});
