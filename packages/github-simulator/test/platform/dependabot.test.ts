import { afterEach, beforeEach, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { createClient, seal, type Client } from "../support/client.ts";

const ci = `on: [push, pull_request]
jobs:
  a:
    runs-on: ubuntu-24.04
    environment: release
    env: { PAT: "\${{ secrets.PAT }}", DEPLOY: "\${{ secrets.DEPLOY }}" }
    steps: [{ run: 'echo "PAT has \${#PAT}, DEPLOY has \${#DEPLOY}"' }]
`;
const seed = parseSeed({
  organisation: {
    login: "acme",
    defaultWorkflowPermissions: "write",
    secrets: { PAT: { value: "of-actions" } },
  },
  users: [{ login: "ada", role: "admin" }],
  tokens: [{ name: "ada", owner: "ada", scopes: ["repo", "workflow", "admin:org"] }],
  repositories: [
    {
      name: "api",
      files: { ".github/workflows/ci.yml": ci },
      environments: { release: { secrets: { DEPLOY: "environment" } } },
    },
  ],
});

let platform: Simulator;
let ada: Client;
beforeEach(async () => {
  platform = await startSimulator({ seed });
  ada = createClient(platform, "ada");
});
afterEach(() => platform.close());

async function putSecret(scope: string, value: string, more = {}): Promise<void> {
  const { key, key_id } = (await ada(`GET ${scope}/dependabot/secrets/public-key`)).body;
  const put = { encrypted_value: seal(key, value), key_id, ...more };
  await ada(`PUT ${scope}/dependabot/secrets/PAT`, put);
}

/** The output of the newest run, and its token's right on packages. */
async function newestRun(): Promise<[string | undefined, string | undefined]> {
  await platform.actions.idle();
  const job = platform.actions.runs().at(-1)?.jobs[0];
  return [/PAT has \d.*/.exec(job?.log.text() ?? "")?.[0], job?.permissions.packages];
}

test("runs of Dependabot get its secrets and no others, and a token that only reads", async () => {
  await putSecret("/orgs/acme", "dependa", { visibility: "all" });
  platform.byHand("ada").editFiles("acme/api", { "README.md": "1\n" });
  expect(await newestRun()).toEqual(["PAT has 10, DEPLOY has 11", "write"]);
  platform.byHand("dependabot[bot]").editFiles("acme/api", { "README.md": "2\n" });
  expect(await newestRun()).toEqual(["PAT has 7, DEPLOY has 0", "read"]);
  await putSecret("/repos/acme/api", "own");
  const { id } = platform.actions.runs().at(-1)!;
  await ada(`POST /repos/acme/api/actions/runs/${id}/rerun`);
  expect(await newestRun()).toEqual(["PAT has 3, DEPLOY has 0", "read"]);
});

test("so do those of its pull requests, unless the workflow requests more", async () => {
  const { world } = platform;
  world.mintToken({
    name: "dependabot",
    kind: "app",
    owner: "dependabot[bot]",
    scopes: [],
    permissions: { contents: "write", pull_requests: "write", workflows: "write" },
    repositories: [world.repository("acme/api").id],
    expiresAt: null,
  });
  const dependabot = createClient(platform, "dependabot");
  const writing = ci
    .replace("on: [push, pull_request]", "on: pull_request")
    .replace("    runs-on", "    permissions: { packages: write }\n    runs-on");
  const sha = world.repository("acme/api").refs.get("refs/heads/main");
  await dependabot("POST /repos/acme/api/git/refs", { ref: "refs/heads/bump", sha });
  await dependabot("PUT /repos/acme/api/contents/.github/workflows/more.yml", {
    message: "Bump",
    content: Buffer.from(writing).toString("base64"),
    branch: "bump",
  });
  await dependabot.expecting(201, "POST /repos/acme/api/pulls", {
    title: "Bump",
    head: "bump",
    base: "main",
  });
  await platform.actions.idle();
  const found = platform.actions
    .runs()
    .filter(({ event }) => event.name === "pull_request")
    .map((run) => [run.workflow.path, run.event.actor, run.jobs[0]?.permissions.packages]);
  expect(found.sort()).toEqual([
    [".github/workflows/ci.yml", "dependabot[bot]", "read"],
    [".github/workflows/more.yml", "dependabot[bot]", "write"],
  ]);
});
