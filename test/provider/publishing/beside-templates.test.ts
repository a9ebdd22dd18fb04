import { beforeEach, expect, test } from "vitest";
import { gitBlobIds } from "../../../src/github/contents/git-blob-id.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const ci = ".github/workflows/ci.yml";
const text = "on: push\njobs:\n  build:\n    runs-on: x\n";
const inputs = { owner: "acme", repository: "api", branch: "main", mode: "template", image: "api" };
const news = { ...inputs, files: { [ci]: text }, dockerfile: "Dockerfile" };
const pushing = (image: string) => `on: push
jobs:
  image:
    runs-on: x
    steps:
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, username: me, password: "\${{ secrets.GITHUB_TOKEN }}" }
      - uses: docker/build-push-action@v6
        with: { push: true, tags: "ghcr.io/acme/${image}:latest" }
`;

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const check = async (olds = {}, changes = {}) =>
  (await at.freshFiles().check(olds, { ...news, ...changes })).inputs;

test("a Dockerfile that is not on the branch is found before the files are written", async () => {
  expect(await check()).not.toHaveProperty("missingDockerfile");
  const found = await check({}, { dockerfile: "docker/Dockerfile" });
  expect(found).toMatchObject({ missingDockerfile: "docker/Dockerfile" });
});

test("other workflows that push the image are found, and those of other images are not", async () => {
  at.byHand.editFiles("acme/api", {
    ".github/workflows/ci.yaml": "on: push\njobs: {}\n",
    ".github/workflows/docker.yml": pushing("api"),
    ".github/workflows/other.yml": pushing("other"),
  });
  expect(await check()).toMatchObject({
    secondPublishers: [".github/workflows/ci.yaml", ".github/workflows/docker.yml"],
  });
});

test("other workflows that the configuration names may push the image", async () => {
  at.byHand.editFiles("acme/api", {
    ".github/workflows/docker.yml": pushing("api"),
    ".github/workflows/nightly.yml": pushing("api"),
  });
  expect(await check({}, { expectedWorkflows: ["nightly.yml"] })).toMatchObject({
    secondPublishers: [".github/workflows/docker.yml"],
  });
  const both = { expectedWorkflows: ["nightly.yml", "docker.yml"] };
  expect(await check({}, both)).not.toHaveProperty("secondPublishers");
});

test("of several images, every Dockerfile and every second publisher counts", async () => {
  at.byHand.editFiles("acme/api", { ".github/workflows/worker.yml": pushing("worker") });
  const further = { furtherImages: ["worker", "job"] };
  const dockerfiles = { furtherDockerfiles: ["Dockerfile", "job/Dockerfile"] };
  expect(await check({}, { ...further, ...dockerfiles })).toMatchObject({
    missingDockerfile: "job/Dockerfile",
    secondPublishers: [".github/workflows/worker.yml"],
  });
});

test("what was found stays, without a write of the state, until somebody repairs it", async () => {
  const second = ".github/workflows/docker.yml";
  at.byHand.editFiles("acme/api", { [second]: pushing("api") });
  const dockerfile = { dockerfile: "docker/Dockerfile" };
  const found = await check({}, dockerfile);
  expect(found).toMatchObject({
    missingDockerfile: expect.any(String),
    secondPublishers: [second],
  });
  await at.files.create(found);
  // For other inputs than those of the update, the engine writes the state.
  const noOp = await check(found, dockerfile);
  expect(noOp).toEqual(found);

  at.byHand.editFiles("acme/api", {
    "docker/Dockerfile": "FROM scratch\n",
    [second]: pushing("b"),
  });
  const repaired = await check(noOp, dockerfile);
  expect(repaired).not.toHaveProperty("missingDockerfile");
  expect(repaired).not.toHaveProperty("secondPublishers");
});

test("nothing is looked for where the files stay and nothing was found", async () => {
  const known = { ...inputs, files: gitBlobIds({ [ci]: text }), why: "" };
  const found = await check(known, { dockerfile: "nowhere/Dockerfile" });
  expect(found).not.toHaveProperty("missingDockerfile");
});
