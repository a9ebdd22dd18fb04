import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";

const deploy = `on: { repository_dispatch: { types: [deploy, redeploy] } }
jobs:
  job:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ github.event.action }} \${{ github.event.client_payload.image.tag }} at $GITHUB_REF"
`;
const relay = `on: push
permissions: { contents: write }
jobs:
  job:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          curl --fail --silent -X POST "$GITHUB_API_URL/repos/acme/api/dispatches" \\
            -H "Authorization: Bearer \${{ github.token }}" -d '{"event_type":"redeploy"}'
`;

let platform: Simulator;
let ada: Client;
const dispatches = "POST /repos/acme/api/dispatches";

beforeAll(async () => {
  platform = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [{ name: "ada", owner: "ada", scopes: ["repo", "workflow"] }],
      repositories: [
        {
          name: "api",
          files: { ".github/workflows/deploy.yml": deploy, ".github/workflows/relay.yml": relay },
        },
      ],
    }),
  });
  ada = createClient(platform, "ada");
});
afterAll(() => platform.close());

test("a repository_dispatch starts the workflows for its type, with its payload", async () => {
  const payload = { image: { tag: "1.2" } };
  const answer = await ada.expecting(204, dispatches, {
    event_type: "deploy",
    client_payload: payload,
  });
  expect(answer.text).toBe("");
  await ada.expecting(204, dispatches, { event_type: "other" });
  await platform.actions.idle();
  const runs = (await ada("GET /repos/acme/api/actions/runs")).body;
  expect(runs).toMatchObject({
    total_count: 1,
    workflow_runs: [
      { event: "repository_dispatch", display_title: "deploy", conclusion: "success" },
    ],
  });
  expect(platform.actions.runs()[0]?.jobs[0]?.log.text()).toMatch(
    / deploy 1\.2 at refs\/heads\/main\n/,
  );
});

test("a job's token starts one, too, unlike a push", async () => {
  const content = Buffer.from("more").toString("base64");
  await ada("PUT /repos/acme/api/contents/more", { message: "More", content });
  await platform.actions.idle();
  const titles = platform.actions.runs().map(({ event, title }) => [event.name, title]);
  expect(titles).toContainEqual(["repository_dispatch", "redeploy"]);
});

test.each([
  [{}, 'Invalid request.\n\n"event_type" wasn\'t supplied.'],
  [{ event_type: 1 }, "Invalid request.\n\nFor 'properties/event_type', 1 is not a string."],
  [
    { event_type: "a", client_payload: Object.fromEntries("abcdefghijk".split("").entries()) },
    "Invalid request.\n\nNo more than 10 properties are allowed; 11 were supplied.",
  ],
])("is refused like on GitHub: %j", async (body, message) => {
  const answer = await ada.expecting(422, dispatches, body);
  expect(answer.body.message).toEqual(message);
});
