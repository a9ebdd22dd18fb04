import { expect, onTestFinished, test, vi } from "vitest";
import { explainFailedJob } from "../../../src/operations/status/read-runs.ts";
import type { Account } from "../../../src/account.ts";
import { githubCom } from "../../../src/github-host.ts";
import { judgeStatus } from "../../../src/operations/status/judge-status.ts";
import { groupCrossings } from "../../../src/report/group-crossings.ts";
import { workflow } from "../../publishing/workflow-text.ts";
import { startStatus } from "./start-status.ts";

const acme: Account = { host: githubCom, owner: "acme", ownerKind: "Organization" };

test.each([
  [
    "denied: installation not allowed to Create organization package",
    'the job needs packages: write, and the organisation has to allow such packages ("Package creation" on https://github.com/organizations/acme/settings/packages)',
  ],
  [
    "denied: permission_denied: write_package",
    'in the settings of the package, choose "Inherit access from repository", or give the repository the role Write under "Manage Actions access"; whether new packages inherit it is set on https://github.com/organizations/acme/settings/packages',
  ],
])("where the job's own token is %s, the setting is named", (said, hint) => {
  const steps = [{ name: "Push", conclusion: "failure" }];
  const { text } = explainFailedJob({ name: "image", steps }, [said], acme);
  expect(text).toBe(`job "image", step "Push": ${said}; ${hint}`);
});

test("of a run that failed, it is read why", async () => {
  const { deliver, shareSecret, read, platform, close } = await startStatus(
    { repositories: [{ name: "api" }, { name: "web" }] },
    { repositories: [{ name: "api" }, { name: "web", dockerfile: "Dockerfile" }] },
  );
  shareSecret(["api", "web"], "expired");
  await deliver("api");
  const { repositories } = await read();
  await close();
  expect(repositories[0]?.ci.run?.why).toEqual({
    cause: "dockerfile-missing",
    text: expect.stringMatching(
      /^job "Build the image, [^"]+", step "[^"]+": buildx failed with: ERROR: .*failed to read dockerfile: open Dockerfile: no such file/,
    ),
  });
  const asked = platform.requests.filter(({ path }) => /\/jobs|\/annotations/.test(path));
  expect(asked).toHaveLength(2);
});

test("a run that waits for a runner for long is named with the labels that it asks for", async () => {
  const { hands, read, platform, close } = await startStatus({ repositories: [{ name: "api" }] });
  onTestFinished(close);
  platform.actions.holdQueue();
  hands.editFiles("acme/api", { ".github/workflows/images.yml": workflow({}) });
  await vi.waitUntil(() => platform.actions.runs().length === 1);
  const judged = async () => {
    const status = await read();
    const all = judgeStatus(status, { minDays: 14, maxAge: undefined, ignore: new Set() });
    return all.filter(({ check }) => check === "ci");
  };
  expect(await judged()).toEqual([]);
  const began = new Date(Date.now() - 16 * 60_000);
  Object.assign(platform.actions.runs()[0]!, { createdAt: began, startedAt: began });
  const crossings = await judged();
  expect(crossings).toMatchObject([
    {
      cause: "no-runner",
      text: expect.stringMatching(
        /^the run of images\.yml since \d{4}-.* UTC has not started: job "image" waits for a runner with the labels ubuntu-24\.04$/,
      ),
    },
  ]);
  const [group] = groupCrossings(crossings.map((each) => ({ ...each, stack: "acme" })));
  expect(group).toMatchObject({
    title: "CI fails: no runner takes the job",
    advice: "start a runner with these labels, let the repository use it, or change runs-on",
  });
});

test.each([
  [
    "denied",
    "buildx failed with: ERROR: failed to build: failed to solve: failed to push ghcr.io/acme/api:main: denied: permission_denied: write_package",
  ],
  [
    "denied",
    "buildx failed with: ERROR: failed to solve: failed to push ghcr.io/acme/api: unexpected status from POST request to https://ghcr.io/v2/acme/api/blobs/uploads/: 403 Forbidden",
  ],
  ["denied", 'Error response from daemon: Get "https://ghcr.io/v2/": denied: denied'],
  [
    "no-runner",
    "This request was automatically failed because there were no enabled runners online to process the request for more than 1 days.",
  ],
  ["other", "Process completed with exit code 1."],
] as const)("%s: %s", (cause, message) => {
  const steps = [{ name: "Build and push", conclusion: "failure" }];
  const notes = ["Node.js 20 is deprecated", message].slice(cause === "other" ? 1 : 0);
  const why = explainFailedJob({ name: "image", steps }, notes, acme);
  expect(why.cause).toBe(cause);
  expect(why.text).toContain(`job "image", step "Build and push": ${message.slice(0, 100)}`);
});

test("the templates' hint about denied pushes is not a denial", () => {
  const hint =
    "If the log above says denied, unauthorized or permission_denied, GHCR_PAT logged in but may not push to ghcr.io/acme/api. Otherwise the build itself failed.";
  const failed =
    'buildx failed with: ERROR: failed to build: failed to solve: target stage "production" could not be found';
  const steps = [{ name: "Build and push", conclusion: "failure" }];
  const explain = (said: string[]) => explainFailedJob({ name: "image", steps }, said, acme);
  const place = 'job "image", step "Build and push"';
  const expected = { cause: "other", text: `${place}: ${failed}` };
  expect(explain([failed, hint])).toEqual(expected);
  expect(explain([hint, failed])).toEqual(expected);
  expect(explain([hint])).toEqual({ cause: "other", text: place });
  expect(explain([hint, "denied: denied"]).cause).toBe("denied");
});
