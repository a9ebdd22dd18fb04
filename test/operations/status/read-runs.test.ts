import { expect, test } from "vitest";
import { explainFailedJob } from "../../../src/operations/status/read-runs.ts";
import { startStatus } from "./start-status.ts";

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
  const why = explainFailedJob({ name: "image", steps }, notes);
  expect(why.cause).toBe(cause);
  expect(why.text).toContain(`job "image", step "Build and push": ${message.slice(0, 100)}`);
});
