import { afterEach, beforeEach, expect, test } from "vitest";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId, gitBlobIds } from "../../../src/github/contents/git-blob-id.ts";
import { renderRepository } from "../../../src/publishing/templates/render-repository.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { findFleet } from "../../../src/stack/find-fleet.ts";
import { login, wanted, workflow } from "../../publishing/workflow-text.ts";
import { ci, organisation, startDrift, findingsOf } from "./start-drift.ts";

let at: Awaited<ReturnType<typeof startDrift>>;
beforeEach(async () => {
  at = await startDrift();
});
afterEach(() => at.simulator.close());

const nothingOpen = { offers: new Map(), pullRequests: new Map() };

test("a fleet in order has none", async () => {
  expect(await at.read(at.state())).toEqual({
    findings: [],
    unread: [],
    waiting: [],
    ...nothingOpen,
  });
});

test("a login of a repaired workflow that was changed back names file and line", async () => {
  const images = ".github/workflows/images.yml";
  const text = workflow({
    steps: login.map((line) => line.replace("secrets.GITHUB_TOKEN", "github.token")),
  });
  const publishing = [images];
  const repaired = { owner: "acme", repository: "api", branch: "main", mode: "repair", publishing };
  const resources = [
    { type: "ghcr:index:RepositoryPublishing", urn: "urn:publishing", outputs: repaired },
    { type: "ghcr:index:RegistryToken", urn: "urn:token", outputs: { hash: "h=", owner: "ben" } },
  ];
  at.hand.editFiles("acme/api", { [images]: text.replace("github.token", wanted.slice(4, -3)) });
  expect((await at.read(resources)).findings).toEqual([]);
  at.hand.editFiles("acme/api", { [images]: `# a line more\n${text}` });
  const line = text.split("\n").findIndex((each) => each.includes("password")) + 2;
  expect((await at.read(resources)).findings).toMatchObject([
    {
      kind: "login-changed",
      subject: images,
      text: `${images}:${line} of acme/api no longer logs in with the fleet's credential`,
      repair: { by: "update", urn: "urn:publishing" },
    },
  ]);
});

test("a second workflow that publishes the image, and one of the same name, are found; another image is not", async () => {
  const folder = ".github/workflows";
  const pushing = (image: string) =>
    workflow({ push: `- run: docker push ghcr.io/acme/${image}:main` });
  at.hand.editFiles("acme/api", {
    [`${folder}/ci.yaml`]: "name: CI\n",
    [`${folder}/docker.yml`]: pushing("api"),
    [`${folder}/other.yml`]: pushing("other"),
    [`${folder}/nightly.yml`]: pushing("api"),
  });
  const resources = at.state().map((resource) => {
    const { outputs } = resource as { outputs: { repository?: string } };
    return { ...resource, outputs: { ...outputs, image: outputs.repository } };
  });
  const { findings } = await at.read(resources);
  expect(findings).toMatchObject([
    {
      kind: "second-publisher",
      subject: `${folder}/ci.yaml`,
      actor: "ada",
      repair: { by: "person", step: expect.stringContaining("workflows: repair") },
    },
    { kind: "second-publisher", subject: `${folder}/docker.yml` },
  ]);
});

test("a secret that was deleted, and one taken from a repository and given to another", async () => {
  at.give("api");
  // Read now: giving writes the secret, whose time is in whole seconds.
  const resources = at.state();
  expect(findingsOf(await at.read(resources))).toEqual(["secret-narrowed GHCR_PAT"]);
  at.hand.deleteSecret(organisation, "GHCR_PAT");
  expect(findingsOf(await at.read(resources))).toEqual(["secret-deleted GHCR_PAT"]);
});

test("a secret that a refresh found overwritten is so until it is written again", async () => {
  const refreshed = at.state().map((resource) => {
    const { outputs } = resource as { outputs: object };
    return { ...resource, outputs: { ...outputs, box: undefined } };
  });
  expect(findingsOf(await at.read(refreshed))).toEqual(["secret-overwritten GHCR_PAT"]);
});

test.each(["all", "private"] as const)(
  "a secret that was given to %s repositories",
  async (visibility) => {
    at.hand.setSecret(organisation, "GHCR_PAT", "s3cret", { visibility, selected: new Set() });
    const { findings } = await at.read(at.state());
    const audience =
      visibility === "all"
        ? "all repositories, not only to those of the fleet"
        : "all private repositories, not only to those of the fleet, and to none that is public";
    expect(findings).toMatchObject([
      {
        kind: "secret-widened",
        text: `GHCR_PAT of the organisation acme is given to ${audience}`,
      },
    ]);
  },
);

test("a secret of the stack's own in a repository hides nothing there, one of an environment does", async () => {
  const web = { scope: "repository", repository: "acme/web" } as const;
  at.hand.setSecret(web, "GHCR_PAT", "s3cret");
  const { updatedAt } = at.simulator.world.repository("acme/web").secrets.secrets.get("GHCR_PAT")!;
  const own = { scope: "repository", owner: "acme", repository: "web", name: "GHCR_PAT" };
  const secret = { type: "ghcr:index:RegistrySecret", urn: "urn:own" };
  const resources = [{ ...secret, outputs: { ...own, updatedAt, box: "sealed" } }];
  expect(findingsOf(await at.read(resources))).toEqual([]);
  // Nor the organisation's: it is that of a trial, or one to which the repository moves.
  expect(findingsOf(await at.read(at.state(resources)))).toEqual([]);
  const release = { ...web, scope: "environment", environment: "release" } as const;
  at.hand.setSecret(release, "GHCR_PAT", "shadow");
  expect(findingsOf(await at.read(resources))).toEqual(["secret-shadowed GHCR_PAT"]);
});

test("a secret of an environment hides the organisation's", async () => {
  const release = { scope: "environment", repository: "acme/web", environment: "release" } as const;
  at.hand.setSecret(release, "GHCR_PAT", "shadow");
  const { findings } = await at.read(at.state());
  expect(findings).toMatchObject([
    {
      kind: "secret-shadowed",
      repository: "web",
      repair: { by: "deletion", repository: "web", environment: "release", name: "GHCR_PAT" },
    },
  ]);
});

test("with the job's own token, no secret is no drift, and one of the repository's own is", async () => {
  at.give("api");
  const publishing = { owner: "acme", repository: "web", branch: "main", mode: "none" };
  const outputs = { ...publishing, jobToken: true, delivery: "commit", onRemove: "keep" };
  const [secret, api] = at.state() as { outputs: object }[];
  const { id } = at.simulator.world.repository("acme/api");
  const resources = [
    { ...secret, outputs: { ...secret?.outputs, repositories: { api: id } } },
    { ...api },
    { ...api, outputs },
  ];
  expect(findingsOf(await at.read(resources))).toEqual([]);
  at.hand.setSecret({ scope: "repository", repository: "acme/web" }, "GHCR_PAT", "stray");
  const { findings } = await at.read(resources);
  expect(findings).toMatchObject([
    {
      kind: "secret-shadowed",
      text: "acme/web has a secret GHCR_PAT of its own, with which it publishes, and not with the job's own token (credential: job-token)",
      repair: { by: "deletion", repository: "web", name: "GHCR_PAT" },
    },
  ]);
});

test("a repository that was renamed or archived is reported once, without its secret", async () => {
  const resources = at.state();
  at.hand.renameRepository("acme/web", "site");
  at.simulator.world.repository("acme/api").archived = true;
  const { findings } = await at.read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "repository-gone: acme/api was archived",
    "repository-gone: acme/web is now acme/site",
  ]);
});

test("a repository is gone only to a token that would see it", async () => {
  const resources = at.state();
  at.simulator.world.repository("acme/api").visibility = "private";
  at.deleteRepository("acme/web");
  expect(await at.read(resources, "no-repo")).toEqual({
    waiting: [],
    ...nothingOpen,
    findings: [],
    unread: ["api", "web"].map(
      (name) =>
        `acme/${name}: it was deleted, or the admin token may not see it (it lacks the scope repo)`,
    ),
  });
  const { findings, unread } = await at.read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "repository-gone: acme/web was deleted",
  ]);
  expect(unread).toEqual([]);
});

test("a token of somebody who does not own the organisation is no proof, nor is one of another kind", async () => {
  const resources = at.state();
  at.deleteRepository("acme/web");
  const { findings, unread } = await at.read(resources, "member");
  expect(findings.filter(({ kind }) => kind === "repository-gone")).toEqual([]);
  expect(unread).toContainEqual(
    expect.stringContaining(
      "acme/web: it was deleted, or the admin token may not see it (its account",
    ),
  );
  expect((await at.read(resources, "fine-grained")).unread).toContainEqual(
    expect.stringContaining("(only a classic token is known to see every repository)"),
  );
});

test("other workflows count when they use the secret, unless they may", async () => {
  const uses = "on: push\nenv: { X: '${{ secrets.ghcr_pat }}' }\n";
  at.hand.editFiles("acme/web", {
    ".github/workflows/own.yml": uses,
    ".github/workflows/all.yml": "jobs: { a: { uses: ./x.yml, secrets: inherit } }\n",
    ".github/workflows/nightly.yml": uses,
    ".github/workflows/test.yml": "on: push\n",
  });
  expect(findingsOf(await at.read(at.state()))).toEqual([
    "file-added .github/workflows/all.yml",
    "file-added .github/workflows/own.yml",
  ]);
});

test("what the configuration changes is no drift, also after a merge; an edit is, and a reverted merge", async () => {
  const github = createGitHubClient({
    baseUrl: at.simulator.url,
    token: at.simulator.world.tokenValue("admin"),
  });
  const configured = loadFleetConfig({ repositories: [{ match: "*" }] });
  const fleet = await findFleet(github, "acme", configured);
  const { hand } = at;
  const branch = "ghcr-fleet/publishing";
  const { refs } = at.simulator.world.repository("acme/web");
  refs.set(`refs/heads/${branch}`, refs.get("refs/heads/main")!);
  hand.editFiles("acme/web", { [ci]: "name: offered\n" }, { branch });
  const send = gitHubAs(at.simulator, "admin");
  await send("POST /repos/acme/web/pulls", { title: "Publish", head: branch, base: "main" });
  // Somebody merged the fleet's pull request with a message of their own.
  await send("PUT /repos/acme/web/pulls/1/merge", { merge_method: "squash", commit_title: "ours" });
  hand.editFiles("acme/api", { [ci]: "name: other\n" });
  const as = (text: string) => ({ [ci]: gitBlobId(text) });
  const known = at.state().map((resource) => {
    const { outputs } = resource as { outputs: Record<string, unknown> };
    if (!("files" in outputs)) return resource;
    const pullRequestUrl = "https://github.com/acme/web/pull/1";
    const offered = { files: as("name: offered\n"), pullRequestUrl };
    // What a refresh leaves that found an edit.
    const refreshed = { files: as("name: other\n") };
    const written = outputs["repository"] === "web" ? offered : refreshed;
    return {
      ...resource,
      urn: `urn:${outputs["repository"] as string}`,
      outputs: { ...outputs, ...written, blobs: as("name: ci\n") },
    };
  });
  const look = async () => {
    const { findings } = await at.read(known, "admin", fleet);
    return findings.map(({ kind, repository }) => `${kind} ${repository}`);
  };
  expect(await look()).toEqual(["file-edited api"]);
  hand.editFiles("acme/web", { [ci]: "name: ci\n" }, { message: 'Revert "ours"' });
  expect(await look()).toEqual(["file-edited api", "file-edited web"]);
});

test("files that wait in a pull request are pending", async () => {
  const proposed = at.state().map((resource) => {
    const { outputs } = resource as { outputs: Record<string, unknown> };
    if (!("files" in outputs)) return resource;
    const files = { [ci]: gitBlobId("name: newer\n") };
    return { ...resource, outputs: { ...outputs, files, pullRequestUrl: "https://x/pull/1" } };
  });
  expect(findingsOf(await at.read(proposed))).toEqual([]);
});

test("what a token may not read is named, and the rest is still read", async () => {
  at.hand.editFiles("acme/web", { [ci]: "name: mine\n" });
  const drift = await at.read(at.state(), "no-org");
  expect(findingsOf(drift)).toEqual([`file-edited ${ci}`]);
  expect(drift.unread).toEqual([
    expect.stringMatching(
      /^cannot read the secret GHCR_PAT of the organisation acme: .*403.*admin:org/,
    ),
  ]);
});

test("a later version of an action that a bot brought is no drift, if it is released", async () => {
  const { world } = at.simulator;
  const action = world.repository("docker/login-action");
  const released = action.refs.get("refs/heads/main") ?? "";
  action.refs.set("refs/tags/v9.0.0", released);
  const github = createGitHubClient({
    baseUrl: at.simulator.url,
    token: world.tokenValue("admin"),
  });
  const fleetWith = async (newerPins: "keep" | "revert") => {
    const workflows = { mode: "template" as const, newerPins };
    const configured = loadFleetConfig({
      defaults: { workflows },
      repositories: [{ name: "api" }],
    });
    return findFleet(github, "acme", configured);
  };
  const fleet = await fleetWith("keep");
  const files = renderRepository(fleet, fleet.repositories[0]!);
  const outputs = { owner: "acme", repository: "api", branch: "main", files: gitBlobIds(files) };
  const resources = [{ type: "ghcr:index:RepositoryPublishing", urn: "urn:publishing", outputs }];
  const bump = (sha: string) =>
    at.hand.editFiles("acme/api", {
      ...files,
      [ci]: files[ci]!.replaceAll(
        /docker\/login-action@\S+ # \S+/g,
        `docker/login-action@${sha} # v9.0.0`,
      ),
    });
  bump(released);
  expect(findingsOf(await at.read(resources, "admin", fleet))).toEqual([]);
  const reverting = await fleetWith("revert");
  expect(findingsOf(await at.read(resources, "admin", reverting))).toEqual([`file-edited ${ci}`]);
  bump("b".repeat(40));
  expect(findingsOf(await at.read(resources, "admin", fleet))).toEqual([`file-edited ${ci}`]);
});
