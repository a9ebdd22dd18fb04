import { afterEach, beforeEach, expect, test } from "vitest";
import { parseSeed, startSimulator, virtualClock, type Simulator } from "../../src/index.ts";
import type { VirtualClock } from "../../src/clock.ts";
import { startReceiver, type Receiver } from "../../src/testing/receiver.ts";
import { createClient, type Client } from "../support/client.ts";
import { webhookDeviations } from "../support/openapi.ts";

/** A workflow for each event, which prints parts of it. */
const workflows = {
  issues: "github.event.issue.title",
  issue_comment: "github.event.comment.body",
  label: "github.event.label.name",
  milestone: "github.event.milestone.title",
  status: "github.event.context",
  pull_request_review: "github.event.review.state",
  public: "github.event.repository.visibility",
};
const workflow = (on: string, printed = "github.event_name") => `on: ${on}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "says $TEXT"', env: { TEXT: "\${{ github.event.action }}: \${{ ${printed} }}" } }]
`;
const files = Object.fromEntries(
  Object.entries(workflows).map(([name, printed]) => [
    `.github/workflows/${name}.yml`,
    workflow(name, printed),
  ]),
);
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [
    { login: "ada", role: "admin" },
    { login: "bo", role: "admin" },
  ],
  tokens: ["ada", "bo"].map((owner) => ({
    name: owner,
    owner,
    scopes: ["repo", "admin:org_hook", "workflow"],
  })),
  repositories: [
    {
      name: "api",
      visibility: "private",
      files: {
        ...files,
        ".github/workflows/labeled.yml": workflow(
          "{ pull_request: { types: [labeled] } }",
          "github.event.label.name",
        ),
      },
    },
  ],
});

let simulator: Simulator;
let receiver: Receiver;
let clock: VirtualClock;
let ada: Client;
let bo: Client;
beforeEach(async () => {
  clock = virtualClock("2031-05-06T07:08:09Z");
  simulator = await startSimulator({ seed, clock, webhookTimeout: 60_000 });
  receiver = await startReceiver();
  ada = createClient(simulator, "ada");
  bo = createClient(simulator, "bo");
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

const api = "/repos/acme/api";

async function hook(events: readonly string[]): Promise<void> {
  const config = { url: receiver.url, content_type: "json" };
  await ada.expecting(201, "POST /orgs/acme/hooks", { name: "web", config, events });
}

/** `event.action` of all events that the receiver got since the last call, sorted; each is checked. */
async function delivered(): Promise<string[]> {
  await simulator.deliveriesDone();
  const events = receiver.events().filter((event) => event !== "ping");
  for (const { headers, body } of receiver.received.splice(0)) {
    const event = String(headers["x-github-event"]);
    if (event !== "ping") expect(webhookDeviations(event, body), event).toEqual([]);
  }
  return events.sort();
}

/** The output of the runs since the last call, with their titles. */
async function printed(): Promise<string[]> {
  await simulator.actions.idle();
  const fresh = simulator.actions.runs().slice(seen);
  seen += fresh.length;
  return fresh.map(({ title, jobs, conclusion, message }) => {
    const lines = jobs[0]?.log.text().split("\n") ?? [];
    const said = lines.flatMap((line) => /Z says (.*)/.exec(line)?.[1] ?? [])[0];
    return `${title} | ${said ?? message ?? conclusion ?? ""}`;
  });
}
let seen = 0;
beforeEach(() => {
  seen = 0;
});

test("issues, their comments and labels start workflows and are delivered", async () => {
  await hook(["issues", "issue_comment", "label", "milestone"]);
  await ada(`POST ${api}/labels`, { name: "area", color: "ABCDEF" });
  await ada(`POST ${api}/milestones`, { title: "v1" });
  await ada(`POST ${api}/issues`, {
    title: "Broken",
    labels: ["area"],
    assignees: ["bo"],
    milestone: 1,
  });
  expect(await printed()).toEqual([
    ".github/workflows/label.yml | created: area",
    ".github/workflows/milestone.yml | created: v1",
    "Broken | opened: Broken",
    "Broken | labeled: Broken",
    "Broken | assigned: Broken",
    "Broken | milestoned: Broken",
  ]);
  expect(await delivered()).toEqual([
    "issues.assigned",
    "issues.labeled",
    "issues.milestoned",
    "issues.opened",
    "label.created",
    "milestone.created",
  ]);

  const comment = await bo(`POST ${api}/issues/1/comments`, { body: "Indeed" });
  await bo(`PATCH ${api}/issues/comments/${comment.body.id}`, { body: "Indeed!" });
  await bo(`DELETE ${api}/issues/comments/${comment.body.id}`);
  await bo(`PATCH ${api}/issues/1`, { title: "Fixed", state: "closed", labels: [] });
  await bo(`PATCH ${api}/issues/1`, { state: "open", assignees: [], milestone: null });
  await bo(`PATCH ${api}/labels/area`, { new_name: "region" });
  await bo(`PATCH ${api}/milestones/1`, { title: "v2", state: "closed" });
  await bo(`DELETE ${api}/labels/region`);
  expect(await printed()).toEqual([
    "Broken | created: Indeed",
    "Broken | edited: Indeed!",
    "Broken | deleted: Indeed!",
    "Fixed | edited: Fixed",
    "Fixed | unlabeled: Fixed",
    "Fixed | closed: Fixed",
    "Fixed | unassigned: Fixed",
    "Fixed | demilestoned: Fixed",
    "Fixed | reopened: Fixed",
    ".github/workflows/label.yml | edited: region",
    ".github/workflows/milestone.yml | edited: v2",
    ".github/workflows/milestone.yml | closed: v2",
    ".github/workflows/label.yml | deleted: region",
  ]);
  expect(await delivered()).toEqual([
    "issue_comment.created",
    "issue_comment.deleted",
    "issue_comment.edited",
    "issues.closed",
    "issues.demilestoned",
    "issues.edited",
    "issues.reopened",
    "issues.unassigned",
    "issues.unlabeled",
    "label.deleted",
    "label.edited",
    "milestone.closed",
    "milestone.edited",
  ]);
});

test("labels, reviewers and reviews of a pull request do, too, and statuses of a commit", async () => {
  await hook(["pull_request", "pull_request_review", "status", "public"]);
  simulator.byHand("ada").editFiles("acme/api", { "a.txt": "a" }, { message: "Base" });
  const sha = simulator.world.repository("acme/api").refs.get("refs/heads/main");
  await ada(`POST ${api}/git/refs`, { ref: "refs/heads/topic", sha });
  simulator.byHand("ada").editFiles("acme/api", { "b.txt": "b" }, { branch: "topic" });
  const { body: pull } = await ada(`POST ${api}/pulls`, {
    title: "Add b",
    head: "topic",
    base: "main",
  });
  await ada(`POST ${api}/issues/${pull.number}/labels`, { labels: ["bug"] });
  const graphql = (query: string, variables: object) => bo("POST /graphql", { query, variables });
  const review = `mutation($id: ID!) {
    addPullRequestReview(input: { pullRequestId: $id, event: APPROVE }) { clientMutationId }
  }`;
  const ask = `mutation($id: ID!, $bo: ID!) {
    requestReviews(input: { pullRequestId: $id, userIds: [$bo] }) { clientMutationId }
  }`;
  const { body: person } = await bo("GET /user");
  await graphql(ask, { id: pull.node_id, bo: person.node_id });
  await graphql(review, { id: pull.node_id });
  await ada(`POST ${api}/statuses/${sha}`, { state: "success", context: "lint" });
  await ada(`PATCH ${api}`, { visibility: "public" });
  expect(await printed()).toEqual([
    "Add b | labeled: bug",
    "Add b | submitted: approved",
    "Base | : lint",
    ".github/workflows/public.yml | : public",
  ]);
  expect(await delivered()).toEqual([
    "public",
    "pull_request.labeled",
    "pull_request.opened",
    "pull_request.review_requested",
    "pull_request_review.submitted",
    "status",
  ]);
});

test("path filters look at what a pull request changes, whatever its base does meanwhile", async () => {
  const person = simulator.byHand("ada");
  const on = (name: string, path: string) => ({
    [`.github/workflows/${name}-${path}.yml`]: workflow(`{ ${name}: { paths: ["${path}/**"] } }`),
  });
  const names = ["pull_request", "pull_request_target"];
  const filters = names.map((name) => ({ ...on(name, "mine"), ...on(name, "theirs") }));
  person.editFiles("acme/api", Object.assign({}, ...filters) as Record<string, string>);
  const sha = simulator.world.repository("acme/api").refs.get("refs/heads/main");
  await ada(`POST ${api}/git/refs`, { ref: "refs/heads/topic", sha });
  person.editFiles("acme/api", { "mine/a": "a" }, { branch: "topic" });
  person.editFiles("acme/api", { "theirs/b": "b" });
  await ada(`POST ${api}/pulls`, { title: "Mine", head: "topic", base: "main" });
  person.editFiles("acme/api", { "theirs/b": "c" });
  person.editFiles("acme/api", { "mine/a": "c" }, { branch: "topic" });
  await simulator.actions.idle();
  const paths = simulator.actions.runs().map(({ workflow: { path } }) => path);
  expect(paths.toSorted()).toEqual([
    ".github/workflows/pull_request-mine.yml",
    ".github/workflows/pull_request-mine.yml",
    ".github/workflows/pull_request_target-mine.yml",
    ".github/workflows/pull_request_target-mine.yml",
  ]);
});

test("path filters of a new branch look at all of its commits", async () => {
  const person = simulator.byHand("ada");
  const on = (path: string) => workflow(`{ push: { branches: [topic], paths: ["${path}"] } }`);
  person.editFiles("acme/api", {
    ".github/workflows/mine.yml": on("mine"),
    ".github/workflows/old.yml": on(".github/**"),
  });
  const { refs } = simulator.world.repository("acme/api");
  await ada(`POST ${api}/git/refs`, { ref: "refs/heads/draft", sha: refs.get("refs/heads/main") });
  person.editFiles("acme/api", { mine: "a" }, { branch: "draft" });
  person.editFiles("acme/api", { other: "a" }, { branch: "draft" });
  await ada(`POST ${api}/git/refs`, { ref: "refs/heads/topic", sha: refs.get("refs/heads/draft") });
  await simulator.actions.idle();
  const paths = simulator.actions.runs().map(({ workflow: { path } }) => path);
  expect(paths).toEqual([".github/workflows/mine.yml"]);
});

test("changes with a job's token start nothing, and are delivered", async () => {
  await hook(["issues"]);
  const { world } = simulator;
  world.mintToken({
    name: "job",
    kind: "job",
    owner: "github-actions[bot]",
    scopes: [],
    permissions: { issues: "write" },
    repositories: [world.repository("acme/api").id],
    expiresAt: null,
  });
  await createClient(simulator, "job")(`POST ${api}/issues`, { title: "By a job" });
  expect(await printed()).toEqual([]);
  expect(await delivered()).toEqual(["issues.opened"]);
});

test("cron lines of the default branch start when the clock passes them", async () => {
  const nightly = workflow('{ schedule: [{ cron: "30 3 * * *" }] }', "github.event.schedule");
  const hand = simulator.byHand("ada");
  hand.editFiles("acme/api", { ".github/workflows/nightly.yml": nightly });
  clock.advance({ hours: 20 });
  expect(await printed()).toEqual([]);
  clock.advance({ minutes: 30 });
  expect(await printed()).toEqual([".github/workflows/nightly.yml | : 30 3 * * *"]);
  const [run] = simulator.actions.runs();
  expect(run?.event).toMatchObject({ name: "schedule", actor: "ada", ref: "refs/heads/main" });
  // Several days in one jump count once.
  clock.advance({ days: 30 });
  expect(await printed()).toHaveLength(1);
  hand.editFiles("acme/api", { ".github/workflows/nightly.yml": null });
  clock.advance({ days: 2 });
  expect(await printed()).toEqual([]);
});

test("a workflow or a hook for an event that is never reported fails at once, and names it", async () => {
  const hand = simulator.byHand("ada");
  hand.editFiles("acme/api", {
    ".github/workflows/rules.yml": workflow("[push, branch_protection_rule]", "github.ref_name"),
    ".github/workflows/zone.yml": workflow(
      '{ schedule: [{ cron: "30 3 * * *", timezone: Europe/Berlin }] }',
    ),
  });
  expect(await printed()).toEqual([
    "Edit by hand | : main",
    "Edit by hand | the simulator never starts workflows on branch_protection_rule",
    "Edit by hand | the simulator never starts workflows on schedule with timezone Europe/Berlin",
  ]);
  expect(simulator.actions.runs().map(({ conclusion }) => conclusion)).toEqual([
    "success",
    "startup_failure",
    "startup_failure",
  ]);
  // Once for each change of the file.
  hand.editFiles("acme/api", { "a.txt": "a" });
  expect(await printed()).toEqual(["Edit by hand | : main"]);

  const config = { url: receiver.url };
  const { body } = await ada.expecting(501, "POST /orgs/acme/hooks", {
    config,
    events: ["push", "repository", "check_run"],
  });
  expect(body.message).toBe("the simulator delivers no webhooks of repository, check_run");
});
