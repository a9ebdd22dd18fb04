import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByHand, Run } from "github-simulator";
import { ociClient } from "github-simulator/testing";
import { missingTool } from "../support/missing-tool.ts";
import { handWrittenRepositories } from "./support/hand-written.ts";
import { conclusions, logsOf, watchRuns } from "./support/runs.ts";
import { inspectImage } from "./support/skopeo.ts";
import { startFleet, type TestFleet } from "./support/start-fleet.ts";
import { type GitHub, gitHubAs } from "../support/github-as.ts";

const organisationSecret = { scope: "organisation", organisation: "acme" } as const;

describe.skipIf(missingTool("skopeo"))("images, before and after the fleet is declared", () => {
  let fleet: TestFleet;
  let github: GitHub;
  let developer: ByHand;
  let newRuns: () => Promise<Run[]>;
  beforeAll(async () => {
    const settings = {
      username: "acme-publisher",
      defaults: { workflows: "template" },
      repositories: [{ match: "*" }],
    };
    fleet = await startFleet(settings, { repositories: handWrittenRepositories }, "publisher", {
      actions: true,
    });
    github = gitHubAs(fleet.platform, "admin");
    developer = fleet.platform.byHand("acme-admin");
    newRuns = watchRuns(fleet);
  });
  afterAll(() => fleet.close());

  const edit = (repository: string, text: string) =>
    developer.editFiles(`acme/${repository}`, { "README.md": `${text}\n` }, { message: text });
  const inspect = (image: string) => inspectImage(fleet, `acme/${image}`);
  const lastPush = () =>
    fleet.platform.registry.store.log.findLast(({ action }) => action === "push");
  const head = (repository: string) =>
    fleet.platform.world.repository(`acme/${repository}`).refs.get("refs/heads/main") ?? "";
  const packageOf = async (name: string) =>
    (await github(`GET /orgs/acme/packages/container/${name}`)).body;
  async function up(...flags: string[]) {
    const result = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  }

  test("before: a job token without packages: write is denied", async () => {
    edit("gateway", "Say more");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["gateway ci push failure"]);
    expect(logsOf(runs)).toContain("Login Succeeded!");
    expect(logsOf(runs)).toContain(
      "denied: installation not allowed to Create organization package",
    );
    expect(await inspect("gateway:latest")).toContain("manifest unknown");
  });

  test("before: a package that somebody pushed by hand denies the job token", async () => {
    const { registryUrl: url, world } = fleet.platform;
    const publisher = ociClient({ url, token: world.tokenValue("publisher") });
    expect((await publisher.push("acme/mailer", "0.1")).status).toBe(201);
    edit("mailer", "Say more");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["mailer ci push failure"]);
    expect(logsOf(runs)).toContain("denied: permission_denied: write_package");
  });

  test("before: an expired token does not even log in", async () => {
    const place = { scope: "repository", repository: "acme/billing" } as const;
    developer.setSecret(place, "DEPLOY_TOKEN", fleet.platform.world.tokenValue("expired"));
    edit("billing", "Say more");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["billing ci push failure"]);
    expect(logsOf(runs)).toContain(
      'Error response from daemon: Get "https://ghcr.io/v2/": denied: denied',
    );
  });

  test("before: without a login the push is unauthorized", async () => {
    edit("search", "Say more");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["search ci push failure"]);
    expect(logsOf(runs)).toMatch(
      /failed to push ghcr\.io\/acme\/search:latest: .*(denied|unauthorized)/,
    );
  });

  test("up: its own commits already publish", async () => {
    await up();
    const runs = await newRuns();
    expect(conclusions(runs).sort()).toEqual([
      "billing ci push success",
      "gateway ci push success",
      "mailer ci push success",
      "search ci push success",
    ]);
    expect(await inspect("billing:main")).toMatchObject({
      RepoTags: expect.arrayContaining(["main"]),
    });
  });

  test("a push to main publishes the CI image, linked and labelled", async () => {
    const commit = edit("gateway", "Say even more");
    expect(conclusions(await newRuns())).toEqual(["gateway ci push success"]);
    const tag = `sha-${commit.slice(0, 7)}`;
    const image = await inspect("gateway:main");
    expect(image).toMatchObject({
      RepoTags: expect.arrayContaining(["main", tag]),
      Labels: {
        "org.opencontainers.image.source": "https://github.com/acme/gateway",
        "org.opencontainers.image.revision": commit,
      },
    });
    expect(await inspect(`gateway:${tag}`)).toEqual(image);
    expect(await packageOf("gateway")).toMatchObject({
      visibility: "private",
      repository: { full_name: "acme/gateway" },
    });
    expect(lastPush()).toMatchObject({ actor: "acme-publisher", credentialKind: "classic-pat" });
  });

  test("a published release publishes the release image", async () => {
    const release = { tag_name: "v1.4.0", name: "1.4.0" };
    await github("POST /repos/acme/gateway/releases", release);
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["gateway release release success"]);
    const image = await inspect("gateway:1.4.0");
    expect(image).toMatchObject({
      RepoTags: expect.arrayContaining(["1.4.0", "1.4", "latest"]),
      Labels: {
        "org.opencontainers.image.version": "1.4.0",
        "org.opencontainers.image.revision": head("gateway"),
      },
    });
    expect(await inspect("gateway:latest")).toEqual(image);
    expect(runs[0]?.attestations).toHaveLength(1);
  });

  test("a manual dispatch publishes the release image", async () => {
    const ref = { ref: "refs/tags/v1.5.0", sha: head("gateway") };
    await github("POST /repos/acme/gateway/git/refs", ref);
    expect(await newRuns()).toEqual([]);
    const dispatches = "/repos/acme/gateway/actions/workflows/release.yml/dispatches";
    const inputs = { tag: "v1.5.0", latest: "false" };
    await github(`POST ${dispatches}`, { ref: "main", inputs });
    expect(conclusions(await newRuns())).toEqual(["gateway release workflow_dispatch success"]);
    expect(await inspect("gateway:1.5.0")).toMatchObject({
      Labels: { "org.opencontainers.image.version": "1.5.0" },
    });
    expect(await inspect("gateway:1.5")).toContain("manifest unknown");
    expect(await inspect("gateway:latest")).toMatchObject({
      Labels: { "org.opencontainers.image.version": "1.4.0" },
    });

    // From the tag itself, and under GitHub Enterprise's address.
    await github(`POST /api/v3${dispatches}`, { ref: "v1.5.0" });
    expect(conclusions(await newRuns())).toEqual(["gateway release workflow_dispatch success"]);
    expect(await inspect("gateway:latest")).toMatchObject({
      Labels: { "org.opencontainers.image.version": "1.5.0" },
    });
  });

  test("a pull request builds, and neither logs in nor pushes", async () => {
    const { world, registry } = fleet.platform;
    const branch = { ref: "refs/heads/idea", sha: head("gateway") };
    await github("POST /repos/acme/gateway/git/refs", branch);
    developer.editFiles("acme/gateway", { "IDEA.md": "Could be.\n" }, { branch: "idea" });
    expect(await newRuns()).toEqual([]);
    const pushes = registry.store.log.length;
    const pull = { title: "An idea", head: "idea", base: "main" };
    await github("POST /repos/acme/gateway/pulls", pull);
    const runs = await newRuns();
    developer.editFiles("acme/gateway", { "IDEA.md": "Should be.\n" }, { branch: "idea" });
    runs.push(...(await newRuns()));
    expect(conclusions(runs)).toEqual([
      "gateway ci pull_request success",
      "gateway ci pull_request success",
    ]);
    const steps = Object.fromEntries(
      (runs[1]?.jobs[0]?.steps ?? []).map(({ name, conclusion }) => [name, conclusion]),
    );
    expect(steps).toMatchObject({
      "Log in to ghcr.io": "skipped",
      "Build, and push on push": "success",
    });
    expect(registry.store.log.slice(pushes)).toEqual([]);
    expect(logsOf(runs)).not.toContain(world.tokenValue("publisher"));
  });

  test("with the secret deleted by hand, the job token publishes", async () => {
    developer.deleteSecret(organisationSecret, "GHCR_PAT");
    const commit = edit("gateway", "Go on without the secret");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["gateway ci push success"]);
    expect(runs[0]?.jobs[0]?.annotations).toEqual([]);
    expect(await inspect("gateway:main")).toMatchObject({
      Labels: { "org.opencontainers.image.revision": commit },
    });
    expect(lastPush()).toMatchObject({ credentialKind: "job" });
    await up("--refresh");
    expect(await newRuns()).toEqual([]);
  });

  test("with an expired PAT the second login publishes, and the run's warning names the secret", async () => {
    const dead = fleet.platform.world.tokenValue("publisher");
    fleet.platform.world.revokeToken("publisher");
    const commit = edit("gateway", "Go on with a dead token");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["gateway ci push success"]);
    expect(await inspect("gateway:main")).toMatchObject({
      Labels: { "org.opencontainers.image.revision": commit },
    });
    expect(lastPush()).toMatchObject({ credentialKind: "job" });

    const [run] = (await github("GET /repos/acme/gateway/actions/runs?per_page=1")).body
      .workflow_runs;
    expect(run).toMatchObject({ head_sha: commit, conclusion: "success" });
    const { jobs } = (await github(`GET /repos/acme/gateway/actions/runs/${run.id}/jobs`)).body;
    const annotations = await github(
      `GET /repos/acme/gateway/check-runs/${jobs[0].id}/annotations`,
    );
    expect(annotations.body).toContainEqual(
      expect.objectContaining({
        annotation_level: "warning",
        title: "ghcr.io refused GHCR_PAT",
        message: expect.stringContaining("rotate GHCR_PAT with ghcr-fleet"),
      }),
    );
    expect(logsOf(runs)).not.toContain(dead);
  });

  test("a rotation restores the token", async () => {
    await fleet.stack.setSecret(
      "ghcr-fleet:pat",
      fleet.platform.world.tokenValue("next-publisher"),
    );
    await up();
    edit("gateway", "Go on as before");
    const runs = await newRuns();
    expect(conclusions(runs)).toEqual(["gateway ci push success"]);
    expect(runs[0]?.jobs[0]?.annotations).toEqual([]);
    expect(lastPush()).toMatchObject({ credentialKind: "classic-pat" });
  });

  test("a workflow that prints the token prints asterisks", async () => {
    const leak = `on: push
jobs:
  leak:
    runs-on: ubuntu-24.04
    steps:
      - env: { TOKEN: "\${{ secrets.GHCR_PAT }}" }
        run: |
          echo "token: $TOKEN"
          printf %s "$TOKEN" | base64 -w0; echo
          printf %s "acme:$TOKEN" | base64 -w0; echo
          echo "::warning::$TOKEN"
`;
    developer.editFiles("acme/gateway", { ".github/workflows/leak.yml": leak });
    const runs = await newRuns();
    const leaking = runs.find(({ workflow }) => workflow.path.endsWith("leak.yml"));
    expect(leaking?.conclusion).toBe("success");
    expect(logsOf(runs)).toContain("token: ***");
    expect(leaking?.jobs[0]?.annotations).toMatchObject([{ message: "***" }]);
  });

  test("no log, annotation or answer of the whole story contains a token", async () => {
    const { actions, world } = fleet.platform;
    const outputs = [logsOf(actions.runs())];
    for (const { jobs } of actions.runs())
      outputs.push(JSON.stringify(jobs.map((job) => job.annotations)));
    for (const run of actions.runs()) {
      const [job] = run.jobs;
      if (job === undefined) continue;
      const place = `/repos/acme/${run.event.repo}/actions/jobs/${job.id}/logs`;
      const answer = await github.expecting(302, `GET ${place}`);
      // The address is the permission.
      outputs.push(await (await fetch(answer.headers.get("location") ?? "")).text());
    }
    const text = outputs.join("\n");
    expect(text).toContain("Login Succeeded!");
    for (const { value } of world.state.tokens.values()) {
      const encoded = Buffer.from(value).toString("base64").slice(0, -4);
      const inCredentials = Buffer.from(`acme:${value}`).toString("base64").slice(8, -4);
      for (const form of [value, encoded, inCredentials]) expect(text.includes(form)).toBe(false);
    }
  });
});
