import { afterEach, expect, test } from "vitest";
import { judgeStatus } from "../../../src/operations/status/judge-status.ts";
import { login, wanted, workflow } from "../../publishing/workflow-text.ts";
import picocolors from "picocolors";
import { statusText } from "../../../src/report/status-text.ts";
import { startStatus } from "./start-status.ts";

const folder = ".github/workflows";
const textOptions = { colors: picocolors.createColors(false), minDays: 14, attentionOnly: false };
const thresholds = { minDays: 14, maxAge: undefined, ignore: new Set<never>() };

let at: Awaited<ReturnType<typeof startStatus>>;
afterEach(() => at.close());

async function readApi(
  files: Readonly<Record<string, string>>,
  {
    deployment,
    fleet = {},
    ...more
  }: { deployment?: unknown; fleet?: object; [key: string]: unknown } = {},
) {
  at = await startStatus({ repositories: [{ name: "api", ...more }], ...fleet });
  const paths = Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]);
  at.hands.editFiles("acme/api", Object.fromEntries(paths) as Record<string, string>, {
    message: "Publish",
  });
  await at.platform.actions.idle();
  const status = await at.read({ deployment });
  const api = status.repositories[0]!;
  const crossed = judgeStatus(status, thresholds).filter(({ repository }) => repository === "api");
  return { status, api, crossed: crossed.map(({ check, text }) => `${check}: ${text}`) };
}

const repaired = login.map((line) => line.replace("${{ secrets.GITHUB_TOKEN }}", wanted));
const push = "- run: docker push ghcr.io/acme/web && docker push ghcr.io/acme/$NAME";

test("which file and job publishes which image, with which credential", async () => {
  const { api, status } = await readApi({
    "images.yml": workflow({ steps: repaired, push }),
    "tag.yml": workflow({ on: "on: { push: { tags: ['v*'] } }", top: [] }),
    "lint.yml": "on: push\njobs: { lint: { runs-on: x, steps: [{ run: 'true' }] } }\n",
  });
  const credential = { line: 13, kind: "right" };
  expect(api.workflows).toBe("repair");
  expect(api.publications).toEqual([
    {
      file: `${folder}/images.yml`,
      job: "image",
      line: 6,
      events: ["push"],
      images: ["ghcr.io/acme/web", "ghcr.io/acme/$NAME"],
      credentials: [{ file: `${folder}/images.yml`, ...credential }],
    },
    {
      file: `${folder}/tag.yml`,
      job: "image",
      line: 3,
      events: ["push"],
      images: ["ghcr.io/acme/api"],
      credentials: [{ file: `${folder}/tag.yml`, line: 10, kind: "replaceable", isToken: true }],
    },
  ]);
  expect(api.files.map(({ path, state }) => `${path.slice(folder.length + 1)} ${state}`)).toEqual([
    "images.yml in-sync",
    "tag.yml edited",
    "lint.yml extra",
  ]);
  // tag.yml says no permissions.
  expect(api.left).toBe(1);
  expect(statusText(status, [], { ...textOptions, only: ["api"] })).toContain(
    "\napi left to you .github/workflows/tag.yml:",
  );
  expect(api.package.name).toBe("ghcr.io/acme/api, ghcr.io/acme/web");
  expect(api.package.findings.map(({ subject, state }) => `${subject} ${state}`)).toEqual([
    "exists pending",
    "exists pending",
    "name unknown",
  ]);
});

/** An update has decided to repair it. */
const applied = {
  resources: [
    {
      type: "ghcr:index:RepositoryPublishing",
      urn: "urn:pulumi:test::ghcr-fleet::ghcr:index:RepositoryPublishing::api",
      outputs: {
        ...{ owner: "acme", repository: "api", branch: "main", mode: "repair" },
        ...{ delivery: "commit", onRemove: "keep" },
      },
    },
  ],
};

test("what no update has written yet was not changed by hand", async () => {
  const { api, crossed } = await readApi({ "images.yml": workflow() });
  expect(api.applied).toBe(false);
  expect(crossed.slice(0, 2)).toEqual([
    "credential: no secret GHCR_PAT reaches it",
    "files: images.yml:13 does not publish with the fleet's credential; the next update repairs it",
  ]);
});

test("a secret of an environment to which no job deploys is used by none", async () => {
  const seed = {
    repositories: [{ name: "api", environments: { release: { secrets: { GHCR_PAT: "x" } } } }],
  };
  at = await startStatus(
    { repositories: [{ name: "api" }], secret: { scope: "environment" } },
    seed,
  );
  const publish = (text: string) => {
    at.hands.editFiles("acme/api", { [`${folder}/images.yml`]: text }, { message: "Publish" });
    return at.platform.actions.idle();
  };
  const read = async () => {
    const status = await at.read({ deployment: applied });
    const [line] = statusText(status, [], { ...textOptions, only: ["api"] })
      .split("\n")
      .slice(-3);
    const crossed = judgeStatus(status, thresholds).filter(({ check }) => check === "credential");
    return { line, crossed: crossed.map(({ text }) => text) };
  };
  await publish(workflow({ steps: repaired }));
  expect(await read()).toEqual({
    line: "api images.yml, job image: ghcr.io/acme/api with the job's token: it does not deploy to the environment that has GHCR_PAT",
    crossed: [
      "no job on main that reads GHCR_PAT deploys to the environment release, so no run gets this secret: write `environment: release` into the job that publishes",
    ],
  });
  await publish(
    workflow({ steps: repaired }).replace("    runs-on:", "    environment: release\n    runs-on:"),
  );
  expect(await read()).toEqual({
    line: "api images.yml, job image: ghcr.io/acme/api with GHCR_PAT, else the job's token",
    crossed: [],
  });
});

test("a login that is not repaired names its line, and a run its file", async () => {
  const { api, crossed } = await readApi({ "images.yml": workflow() }, { deployment: applied });
  expect(api.ci.run).toMatchObject({ workflow: "ci", file: "images.yml", event: "push" });
  expect(crossed).toContainEqual(
    expect.stringMatching(
      /^files: images\.yml:13 does not publish with the fleet's credential; the next update repairs it; the last commit to the workflows is acme-admin's of [-\d]+, "/,
    ),
  );
  expect(crossed).toContainEqual(
    expect.stringMatching(
      /^ci: the last run of images\.yml ended with failure: job "image", step /,
    ),
  );
});

test("fleet.images replaces what the workflows name", async () => {
  const { api } = await readApi(
    { "images.yml": workflow({ steps: repaired, push }) },
    { images: ["web", "worker"] },
  );
  expect(api.package.name).toBe("ghcr.io/acme/web, ghcr.io/acme/worker");
  expect(api.package.findings.every(({ subject }) => subject === "exists")).toBe(true);
});

test("the report judges workflows of the repository's own as theirs, and not as templates", async () => {
  const { status } = await readApi({ "release.yml": workflow({ steps: repaired }) });
  expect(await at.brokenRules(status)).toEqual([
    ...["advisory workflow-triggers", "advisory workflow-pinned", "advisory workflow-bounded"],
  ]);
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const exceptions = [{ for: "api", owner: "build", reason: "moves to another build", until }];
  const config = { "workflow-pinned": { exceptions }, "workflow-bounded": "disabled" } as const;
  expect(await at.brokenRules(status, config)).toEqual(["advisory workflow-triggers"]);
});
