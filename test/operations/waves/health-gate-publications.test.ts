import { afterEach, beforeEach, expect, test } from "vitest";
import { candidate, publisher, startHealthGate, type HealthGate } from "./start-health-gate.ts";

const folder = ".github/workflows";
const tags = "{ push: { tags: ['v*'] }, release: { types: [published] } }";

let gate: HealthGate;
beforeEach(async () => {
  gate = await startHealthGate();
});
afterEach(() => gate.platform.close());

/** Commits workflow files, and waits for their runs. */
async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  const paths = Object.entries(files).map(([name, text]) => [
    name.startsWith("src/") ? name : `${folder}/${name}`,
    text,
  ]);
  const named = Object.fromEntries(paths) as Record<string, string>;
  const sha = gate.developer.editFiles("acme/api", named, { message: Object.keys(files).join() });
  await gate.platform.actions.idle();
  return sha;
}
const runs = () =>
  gate.platform.actions
    .runs()
    .map(({ workflow, event, attempt }) => `${workflow.name} ${event.name} ${attempt}`);
const clock = { now: () => 0, sleep: () => gate.platform.actions.idle() };

test("a push proves each workflow that publishes on it, whatever its name", async () => {
  const sha = await commit({
    "images.yml": publisher("true", "push"),
    "charts.yml": publisher("true", "{ push: { branches: [main] } }"),
    "lint.yml": "on: push\njobs: { lint: { runs-on: x, steps: [{ run: 'false' }] } }\n",
    "release.yml": publisher("false", tags),
  });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: "charts.yml published; images.yml published",
  });
  const broken = await commit({ "charts.yml": publisher("exit 3", "push") });
  expect(await gate.wait({ commit: broken, credential: false })).toMatchObject({
    state: "failed",
    detail: 'its run ended with failure, job "Build the image", step "Build"',
  });
});

test("where releases publish only, the registry is asked, and says what comes next", async () => {
  const sha = await commit({ "publish.yml": publisher("true", tags) });
  const healthy = {
    state: "healthy",
    detail: "the registry accepts the PAT; its first image comes with the next release",
  };
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject(healthy);
  expect(await gate.wait({ credential: true })).toMatchObject(healthy);
  expect(runs()).toEqual([]);
  const registry = {
    name: "ghcr.io",
    url: gate.platform.registryUrl,
    credential: { username: "acme-publisher", password: "of nobody" },
  };
  expect(await gate.wait({ credential: true }, { registry })).toMatchObject({
    state: "failed",
    detail: expect.stringMatching(/^the registry refuses a push of ghcr\.io\/acme\/api: /),
  });
});

test("what the registry cannot be asked about is not proven, unless the fleet names the images", async () => {
  const pushes = (image: string) =>
    publisher("true", tags).replace("ghcr.io/acme/api:latest", image);
  const next = "its first image comes with the next release; name the images to verify in images";
  const unproven = {
    state: "unproven",
    detail: `not proven: only the run knows which image release.yml (job image) pushes; ${next}`,
  };
  const sha = await commit({ "release.yml": pushes("ghcr.io/acme/${{ vars.IMAGE }}") });
  const proof = { commit: sha, credential: false };
  expect(await gate.wait(proof)).toMatchObject(unproven);
  const { repository } = candidate("api", proof);
  const named = (instead: readonly string[] | undefined, add: readonly string[]) =>
    gate.wait(proof, {
      candidates: [
        { proof, repository: { ...repository, images: { build: undefined, instead, add } } },
      ],
    });
  expect(await named(undefined, ["web"])).toMatchObject(unproven);
  expect(await named(["api", "web"], [])).toMatchObject({ state: "healthy" });
  expect(await named([], [])).toMatchObject({
    state: "unproven",
    detail: `not proven: no image of the repository is known; ${next}`,
  });
  const other = await commit({ "release.yml": pushes("ghcr.io/other/api") });
  expect(await gate.wait({ commit: other, credential: false })).toMatchObject({
    state: "unproven",
    detail: `not proven: ghcr.io/other/api is not of acme; ${next}`,
  });
});

test("a job that a push starts and a condition of releases holds back proves nothing by its run", async () => {
  const text = publisher("true", "push", "startsWith(github.ref, 'refs/tags/')");
  const sha = await commit({ "ci.yml": text });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    detail: "the registry accepts the PAT; its first image comes with the next release",
  });
  const job = publisher("true", "push").replace(
    "runs-on",
    "if: vars.PUBLISH == 'yes'\n    runs-on",
  );
  const skipped = await commit({ "ci.yml": job });
  expect(await gate.wait({ commit: skipped, credential: false })).toMatchObject({
    state: "healthy",
    detail: expect.stringContaining("the run of ci.yml skipped the job that publishes"),
  });
});

test.each([
  ["skipped the steps that publish", publisher("true", "push", "vars.PUBLISH == 'yes'")],
  [
    "does not show whether it pushed",
    publisher("true", "push").replace("push: true", "push: \"${{ vars.PUBLISH == 'yes' }}\""),
  ],
  [
    "does not show whether it pushed",
    publisher("true", "push").replace("- name: Build", "- name: Run docker/build-push-action@v7"),
  ],
])("a run that %s proves nothing: the registry is asked", async (what, text) => {
  const sha = await commit({ "ci.yml": text });
  const next = `the run of ci.yml ${what}, so the next run that publishes brings the next image`;
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: `the registry accepts the PAT; ${next}`,
  });
  const credential = { username: "acme-publisher", password: "of nobody" };
  const registry = { name: "ghcr.io", url: gate.platform.registryUrl, credential };
  const refused = await gate.wait({ commit: sha, credential: false }, { registry });
  expect(refused).toMatchObject({ state: "failed" });
});

test("for a credential only jobs that log in with it count, and each of them has to push", async () => {
  const { world } = gate.platform;
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  const other = world.tokenValue("publisher");
  gate.developer.setSecret(organisation, "OTHER", other, { visibility: "all" });
  const own = publisher("true", "push");
  const [, job = ""] = own.split("jobs:\n");
  const charts = job
    .replace("image:", "charts:")
    .replace("Build the image", "Charts")
    .replace("secrets.GHCR_PAT || secrets.GITHUB_TOKEN", "secrets.OTHER");
  await commit({ "ci.yml": own.replace(job, "") + charts + job });
  const published = { state: "healthy", detail: "ci.yml published" };
  expect(await gate.wait({ credential: true }, { clock })).toMatchObject(published);
  const skipped = job.replace("runs-on", "if: vars.PUBLISH == 'yes'\n    runs-on");
  const why = async (jobs: string) => {
    const sha = await commit({ "ci.yml": own.replace(job, "") + jobs });
    expect(await gate.wait({ commit: sha, credential: false })).toMatchObject(published);
    return gate.wait({ credential: true }, { clock });
  };
  expect(await why(charts + skipped)).toMatchObject({
    state: "healthy",
    detail: expect.stringMatching(/accepts the PAT; .* skipped the job that publishes/),
  });
  const second = job.replace("image:", "more:").replace("Build the image", "More");
  expect(await why(second + skipped)).toMatchObject({
    detail: expect.stringMatching(/accepts the PAT; .* skipped the job that publishes/),
  });
  expect(await why(charts)).toMatchObject({
    detail: expect.stringMatching(/accepts the PAT; .* shows no job that logs in with the secret/),
  });
});

test("where a person declined the repair, a new credential is tried at the registry, and no run is repeated", async () => {
  const declined = publisher("true", "push").replace("secrets.GHCR_PAT || ", "");
  const accepted = {
    state: "healthy",
    detail:
      "the registry accepts the PAT; ci.yml shows no job that logs in with the secret, so no run of it tries the PAT",
  };
  gate.platform.actions.holdQueue();
  gate.developer.editFiles("acme/api", { ".github/workflows/ci.yml": declined });
  expect(await gate.wait({ credential: true })).toMatchObject(accepted);
  const { length } = gate.platform.requests.filter(({ path }) => path.endsWith("/rerun"));
  expect(length).toBe(0);
  const credential = { username: "acme-publisher", password: "of nobody" };
  const registry = { name: "ghcr.io", url: gate.platform.registryUrl, credential };
  expect(await gate.wait({ credential: true }, { registry })).toMatchObject({ state: "failed" });
});

test("a push within a local action shows in the step that uses it", async () => {
  const [top = "", ...steps] = publisher("true", "push").split(/(?=^ {6}- )/m);
  const push = steps.pop()?.replace("if: true", "name: Push") ?? "";
  const action = `runs:\n  using: composite\n  steps:\n${push}`;
  const text = [top, ...steps, "      - uses: ./push\n"].join("");
  const files = { ".github/workflows/ci.yml": text, "push/action.yml": action };
  const sha = gate.developer.editFiles("acme/api", files, { message: "Push" });
  await gate.platform.actions.idle();
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: "ci.yml published",
  });
});

test("a skipped call of the workflow that publishes proves nothing by its run", async () => {
  const caller = `on: push
jobs:
  publish:
    if: vars.PUBLISH == 'yes'
    permissions: { packages: write }
    uses: ./.github/workflows/image.yml
`;
  const sha = await commit({ "ci.yml": caller, "image.yml": publisher("true", "workflow_call") });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: expect.stringContaining("the run of ci.yml shows no job that publishes"),
  });
});

test("a publishing job that may fail did not publish where it failed", async () => {
  const text = publisher("exit 3", "push").replace(
    "runs-on",
    "continue-on-error: true\n    runs-on",
  );
  const sha = await commit({ "ci.yml": text });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: 'job "Build the image" failed, although its run succeeded',
  });
});

test("a workflow that runs by itself: its last run is repeated if it is of the same file", async () => {
  const nightly = publisher("true", "{ workflow_dispatch: {}, schedule: [{ cron: '1 1 * * *' }] }");
  const sha = await commit({ "nightly.yml": nightly });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: expect.stringContaining("nightly.yml has not run yet"),
  });
  const dispatched = await gate.wait({ credential: true }, { clock, dispatch: "nightly.yml" });
  expect(dispatched).toMatchObject({ state: "healthy", detail: "its run succeeded" });
  expect(await gate.wait({ credential: true }, { clock })).toMatchObject({
    state: "healthy",
    detail: "nightly.yml published",
  });
  const repeated = runs();
  expect(repeated).toEqual([expect.stringMatching(/workflow_dispatch 2$/)]);
  const changed = await commit({ "nightly.yml": `# changed\n${nightly}` });
  expect(await gate.wait({ commit: changed, credential: false })).toMatchObject({
    detail: expect.stringContaining("nightly.yml has not run since it changed"),
  });
  expect(runs()).toEqual(repeated);
});

test("a push that touches none of the paths that start a workflow starts no wait for it", async () => {
  const some = publisher("true", "{ push: { branches: [main], paths: ['src/**'] } }");
  const sha = await commit({ "image.yml": some });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: expect.stringContaining("image.yml has not run yet"),
  });
});

test("for a credential alone no run of an earlier file is repeated", async () => {
  const some = publisher("true", "{ push: { branches: [main], paths: ['src/**'] } }");
  await commit({ "image.yml": some, "src/a.txt": "a" });
  const before = runs();
  expect(before).toEqual([expect.stringMatching(/push 1$/)]);
  await commit({ "image.yml": `# changed\n${some}` });
  expect(await gate.wait({ credential: true }, { clock })).toMatchObject({
    state: "healthy",
    detail: expect.stringContaining("image.yml has not run since it changed"),
  });
  expect(runs()).toEqual(before);
});

test("healthGate.dispatch is used where a repository has that workflow, else its last run", async () => {
  await gate.publish(await gate.commit("true"));
  const more = { clock, dispatch: "smoke.yml" };
  expect(await gate.wait({ credential: true }, more)).toMatchObject({ state: "healthy" });
  expect(runs()).toEqual([expect.stringMatching(/push 2$/)]);
  await commit({ "smoke.yml": publisher("true", "workflow_dispatch") });
  expect(await gate.wait({ credential: true }, more)).toMatchObject({ state: "healthy" });
  expect(runs().at(-1)).toMatch(/workflow_dispatch 1$/);
});

test("how many repositories publish is read with two queries", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `r-${index}`);
  await gate.platform.close();
  gate = await startHealthGate(names);
  for (const name of names) {
    const files = { [`${folder}/release.yml`]: publisher("true", tags) };
    gate.developer.editFiles(`acme/${name}`, files, { message: "Publish" });
  }
  const queries = () => gate.platform.requests.filter(({ path }) => path === "/graphql").length;
  const before = queries();
  const proof = { credential: true };
  await gate.wait(proof, { candidates: names.map((name) => candidate(name, proof)) });
  expect(queries() - before).toBe(2);
});
