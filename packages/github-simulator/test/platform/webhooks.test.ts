import { afterEach, beforeEach, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { webhookDeviations } from "../support/openapi.ts";
import { startReceiver, type Receiver } from "../../src/testing/receiver.ts";

const ci = `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { contents: read, packages: write }
    steps:
      - uses: docker/login-action@v4
        with: { registry: ghcr.io, username: job, password: "\${{ github.token }}" }
      - uses: actions/checkout@v7
      - uses: docker/build-push-action@v7
        with: { context: ., push: true, tags: ghcr.io/acme/api:1 }
  later:
    needs: image
    if: false
    runs-on: ubuntu-24.04
    steps: [run: "true"]
`;
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }],
  tokens: [{ name: "ada", owner: "ada", scopes: ["admin:org_hook"] }],
  repositories: [
    { name: "api", dockerfile: "Dockerfile", files: { ".github/workflows/ci.yml": ci } },
  ],
});

let platform: Simulator;
let receiver: Receiver;
beforeEach(async () => {
  platform = await startSimulator({ seed });
  receiver = await startReceiver();
});
afterEach(async () => {
  await platform.close();
  await receiver.close();
});

test("runs, their jobs and a published image are reported as GitHub describes them", async () => {
  await createClient(platform, "ada").expecting(201, "POST /orgs/acme/hooks", {
    name: "web",
    config: { url: receiver.url, content_type: "json" },
    events: ["workflow_run", "workflow_job", "package", "registry_package"],
  });
  platform.byHand("ada").editFiles("acme/api", { "README.md": "# more\n" });
  await platform.actions.idle();
  await platform.deliveriesDone();
  expect(platform.actions.runs()[0]?.conclusion).toBe("success");
  // The image, its provenance, and the index that contains both and has the tag.
  const published = Array.from({ length: 3 }, () => "published");
  expect(receiver.events().sort()).toEqual([
    ...published.map((action) => `package.${action}`),
    "ping",
    ...published.map((action) => `registry_package.${action}`),
    "workflow_job.completed",
    "workflow_job.completed",
    "workflow_job.in_progress",
    "workflow_job.queued",
    "workflow_run.completed",
    "workflow_run.in_progress",
    "workflow_run.requested",
  ]);
  const payloads = receiver.received.map(({ headers, body }) => ({
    event: String(headers["x-github-event"]),
    body,
    payload: JSON.parse(body) as Record<string, unknown>,
  }));
  expect(payloads.flatMap(({ event, body }) => webhookDeviations(event, body))).toEqual([]);
  expect(
    payloads.filter(({ event }) => event === "package").map(({ payload }) => payload),
  ).toContainEqual(
    expect.objectContaining({
      package: expect.objectContaining({
        name: "api",
        package_version: expect.objectContaining({ package_url: "ghcr.io/acme/api:1" }),
      }),
      repository: expect.objectContaining({ full_name: "acme/api" }),
      organization: expect.objectContaining({ login: "acme" }),
    }),
  );
  const completed = payloads.find(({ payload }) => payload.action === "completed");
  expect(completed?.payload).toMatchObject({ sender: { login: "ada" } });
});
