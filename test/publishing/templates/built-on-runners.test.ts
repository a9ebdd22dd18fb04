import { afterEach, expect, test } from "vitest";
import { gitHubAs } from "../../support/github-as.ts";
import { logsOf } from "../../e2e/support/runs.ts";
import { startStatus } from "../../operations/status/start-status.ts";

let at: Awaited<ReturnType<typeof startStatus>>;
afterEach(() => at.close());

const inApi = { scope: "repository", repository: "acme/api" } as const;

/** Gives the fleet's one repository its workflows, and waits for their run. */
async function deliver(
  settings: object,
  files: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
) {
  at = await startStatus({ repositories: [{ name: "api", ...settings }] });
  at.shareSecret(["api"]);
  at.hands.editFiles("acme/api", files);
  for (const [name, value] of Object.entries(secrets)) at.hands.setSecret(inApi, name, value);
  await at.deliver("api");
  const [run] = at.platform.actions.runs();
  return { conclusion: run?.conclusion, log: logsOf(run ? [run] : []), id: run?.id };
}

const images = {
  images: [
    { image: "api", secrets: { npm: "NPM_TOKEN" } },
    { image: "api/docs", dockerfile: "docs/Dockerfile" },
  ],
};
const dockerfiles = {
  Dockerfile: "FROM node\nRUN --mount=type=secret,id=npm,required=true npm ci\n",
  "docs/Dockerfile": "FROM scratch\nRUN --mount=type=secret,id=npm true\n",
};

test("a build secret of the repository reaches the build of its image, and no other's", async () => {
  const value = "of-the-npm-registry";
  const { conclusion, log } = await deliver(images, dockerfiles, { NPM_TOKEN: value });
  expect(log).toContain(`id=npm: ${value.length} bytes`);
  expect(log).toContain("id=npm: not there");
  expect(log).not.toContain(value);
  expect(conclusion).toBe("success");
});

test("an image alone in its repository gets it, too, with all its lines", async () => {
  const value = "-----BEGIN KEY-----\nof the registry\n-----END KEY-----";
  const settings = { secrets: { npm: "NPM_TOKEN" } };
  const { conclusion, log } = await deliver(settings, dockerfiles, { NPM_TOKEN: value });
  expect(log).toContain(`id=npm: ${value.length} bytes`);
  expect(conclusion).toBe("success");
});

test("a secret that is not there fails the job of its image, by name", async () => {
  const { conclusion, log } = await deliver(images, dockerfiles);
  expect(log).toMatch(/##\[error\].*NPM_TOKEN/);
  expect(conclusion).toBe("failure");
  const { packages } = at.platform.registry.store;
  expect([...packages].map(({ name }) => name)).toEqual(["api/docs"]);
});

test.each([
  ["a label", "ubuntu-large", ["ubuntu-large"], "ubuntu-large"],
  ["labels", ["self-hosted", "gpu"], ["self-hosted", "gpu"], "self-hosted"],
  ["a group", { group: "large", labels: ["linux-x64"] }, ["linux-x64"], "the group 'large'"],
])("a job asks for a runner by %s", async (_, runner, labels, asked) => {
  const { id, log } = await deliver({ runner }, {});
  const github = gitHubAs(at.platform, "admin");
  const { body } = await github(`GET /repos/acme/api/actions/runs/${id}/jobs`);
  const { jobs } = body as { jobs: { labels: string[] }[] };
  expect(jobs.map((job) => job.labels)).toEqual([labels]);
  // The simulator has no such runner, and names what it lacks.
  expect(log).toContain(`the simulator has GitHub's runners with Linux only, and not ${asked}`);
});
