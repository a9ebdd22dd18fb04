import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  parseSeed,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { ociClient } from "../registry/oci-client.ts";
import { mintClassic } from "../support/mint-classic.ts";

const ci = `on: [push, workflow_dispatch]
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { contents: read, packages: write, actions: write }
    steps:
      - uses: docker/login-action@v4
        with: { registry: ghcr.io, username: job, password: "\${{ github.token }}" }
      - uses: actions/checkout@v7
      - uses: docker/build-push-action@v7
        with: { context: ., push: true, tags: ghcr.io/acme/api:1 }
`;
const seed = parseSeed({
  organisation: { login: "acme", basePermission: "none" },
  users: [
    { login: "ada", role: "admin" },
    { login: "sam", role: "member" },
  ],
  tokens: [
    { name: "ada", owner: "ada", scopes: ["repo", "workflow", "write:packages"] },
    { name: "sam", owner: "sam", scopes: ["repo"] },
  ],
  repositories: [
    {
      name: "api",
      visibility: "private",
      dockerfile: "Dockerfile",
      files: { ".github/workflows/ci.yml": ci },
    },
    { name: "site", files: { ".github/workflows/ci.yml": ci } },
  ],
});

let platform: Simulator;
async function start(options: Partial<SimulatorOptions> = {}) {
  platform = await startSimulator({ seed, ...options });
  return platform.byHand("ada");
}
afterEach(() => platform.close());

describe("the platform", () => {
  beforeEach(async () => {
    const developer = await start();
    developer.editFiles("acme/api", { "README.md": "# more\n" });
    await platform.actions.idle();
  });

  test("offers artifacts of a public repository to those with a token that may download", async () => {
    const workflow = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: echo x > x
      - uses: actions/upload-artifact@v7
        with: { name: x, path: x }`;
    const files = { ".github/workflows/ci.yml": workflow };
    platform.byHand("ada").editFiles("acme/site", files);
    await platform.actions.idle();
    const list = await createClient(platform)("GET /repos/acme/site/actions/artifacts");
    const zip = `GET /repos/acme/site/actions/artifacts/${list.body.artifacts[0].id}/zip`;
    await createClient(platform).expecting(401, zip);
    mintClassic(platform, "packages", "ada", ["write:packages"]);
    await createClient(platform, "packages").expecting(403, zip);
    await createClient(platform, "sam").expecting(302, zip);
  });

  test("runs a push's workflow, whose job publishes as its own repository", () => {
    const [run] = platform.actions.runs();
    expect(run?.conclusion, run?.jobs[0]?.log.text()).toBe("success");
    expect(platform.registry.store.packages).toMatchObject([
      { owner: "acme", name: "api", visibility: "private", repository: { name: "api" } },
    ]);
  });

  test("shows the run, its job and its package as GitHub describes them", async () => {
    const ada = createClient(platform, "ada");
    const runs = "/repos/acme/api/actions/runs";
    const [run] = (await ada(`GET ${runs}?per_page=1`)).body.workflow_runs;
    const [job] = (await ada(`GET ${runs}/${run.id}/jobs`)).body.jobs;
    expect(job).toMatchObject({ name: "image", conclusion: "success" });
    await ada(`GET /repos/acme/api/check-runs/${job.id}/annotations`);
    expect((await ada("GET /orgs/acme/packages/container/api")).body).toMatchObject({
      repository: { name: "api" },
    });
    // The index, its image and the attestation.
    expect((await ada("GET /orgs/acme/packages/container/api/versions")).body).toHaveLength(3);
  });

  test("serves runs to those who see the repository, at all its addresses", async () => {
    const runs = "/repos/acme/api/actions/runs";
    const ada = createClient(platform, "ada");
    expect((await ada(`GET ${runs}`)).body).toMatchObject({ total_count: 1 });
    expect((await ada(`GET /api/v3${runs}`)).body).toMatchObject({ total_count: 1 });
    await createClient(platform, "sam").expecting(404, `GET ${runs}`);
    await createClient(platform).expecting(404, `GET ${runs}`);
    platform.byHand("ada").renameRepository("acme/api", "backend");
    const moved = await ada.expecting(301, `GET ${runs}`);
    expect(moved.headers.get("location")).toBe(
      `${platform.url}/repositories/${platform.world.repository("acme/backend").id}/actions/runs`,
    );
    const followed = await ada("GET /repos/acme/backend/actions/runs");
    expect(followed.body).toMatchObject({
      total_count: 1,
      workflow_runs: [
        {
          repository: { name: "backend" },
          logs_url: expect.stringContaining("/repos/acme/backend/actions/runs/") as string,
        },
      ],
    });
  });

  test("starts a workflow only for those who may write", async () => {
    const dispatch = "POST /repos/acme/site/actions/workflows/ci.yml/dispatches";
    const body = { ref: "main" };
    await createClient(platform, "sam").expecting(403, dispatch, body);
    await createClient(platform).expecting(401, dispatch, body);
    await createClient(platform, "ada").expecting(204, dispatch, body);
    await platform.actions.idle();
    expect(platform.actions.runs()).toHaveLength(2);
  });

  test("serves a log at an address that needs no token", async () => {
    const id = platform.actions.runs()[0]?.jobs[0]?.id;
    const ada = createClient(platform, "ada");
    const answer = await ada.expecting(302, `GET /repos/acme/api/actions/jobs/${id}/logs`);
    for (let time = 0; time < 70; time += 1) {
      const log = await fetch(answer.headers.get("location") ?? "");
      expect(await log.text()).toContain("Login Succeeded!");
    }
  });

  test("returns to a snapshot, including the registry", async () => {
    const before = platform.snapshot();
    const image = ociClient(platform.registry, platform.world.tokenValue("ada"));
    expect((await image.push("acme/other", "1")).status).toBe(201);
    platform.byHand("ada").editFiles("acme/site", { "README.md": "# gone\n" });
    await platform.actions.idle();
    platform.restore(before);
    expect(platform.registry.store.packages.map(({ name }) => name)).toEqual(["api"]);
    const { world } = platform;
    expect(world.readFile(world.repository("acme/site"), "main", "README.md")?.toString()).toBe(
      "# site\n",
    );
    platform.byHand("ada").editFiles("acme/api", { "README.md": "# on\n" });
    await platform.actions.idle();
    expect(platform.actions.runs().at(-1)?.conclusion).toBe("success");
  });
});

test("closing ends running jobs", async () => {
  const developer = await start();
  const sleeper = "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: sleep 600 }] } }\n";
  developer.editFiles("acme/site", { ".github/workflows/ci.yml": sleeper });
  await expect.poll(() => platform.actions.runs()[0]?.status).toBe("in_progress");
  await platform.actions.close();
  expect(platform.actions.runs()[0]?.conclusion).toBe("cancelled");
});

test("without the runner nothing starts, and its endpoints do not exist", async () => {
  const developer = await start({ actions: false });
  developer.editFiles("acme/site", { "README.md": "# more\n" });
  await platform.actions.idle();
  expect(platform.actions.runs()).toEqual([]);
  await createClient(platform, "ada").expecting(501, "GET /repos/acme/site/actions/runs");
});
