import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  renderCallers,
  renderCentralWorkflows,
  renderWorkflows,
  type RenderedFiles,
} from "../../../src/publishing/templates/render.ts";
import {
  awkwardOptions,
  imageOptions,
  workflowOptions,
} from "../../publishing/templates/options.ts";
import { missingTool } from "../../support/missing-tool.ts";
import { pairwise } from "../../support/pairwise.ts";
import { githubFindings } from "./github-parser.ts";
import { actionlintFindings, zizmorFindings } from "./linters.ts";

const commit = "1e69f48acb82d1966a394da916b4c1698aa569d6";
const central = renderCentralWorkflows(workflowOptions());
const renamed = renderCentralWorkflows(workflowOptions({ secretName: "PUBLISH_TOKEN" }));
const rendered = renderPairs();
let folder: string;
let paths: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-lint-"));
  paths = await writeSets([central, renamed, ...rendered]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(missingTool("actionlint"))("actionlint finds nothing", async () => {
  expect(await actionlintFindings(paths)).toEqual([]);
});

test.skipIf(missingTool("zizmor"))("zizmor, offline and pedantic, finds nothing", async () => {
  expect(await zizmorFindings(paths)).toEqual([]);
});

test("GitHub's own parser finds nothing, calls of the central workflow included", async () => {
  const files = [central, renamed, ...rendered].flatMap((set) => Object.entries(set));
  const findings = files.map(([path, text]) =>
    githubFindings(path, text, text.includes("PUBLISH_TOKEN") ? renamed : central),
  );
  expect((await Promise.all(findings)).flat()).toEqual([]);
});

test.skipIf(missingTool("actionlint"))(
  "actionlint, which has another YAML parser, accepts any allowed value",
  async () => {
    const ci = ".github/workflows/ci.yml";
    const sets = fc
      .sample(awkwardOptions(), 100)
      .map((options) => ({ [ci]: renderWorkflows(options)[ci] ?? "" }));
    expect(await actionlintFindings(await writeSets(sets))).toEqual([]);
  },
);

test.skipIf(missingTool("actionlint") || missingTool("zizmor"))(
  "the three checks do find something in a broken workflow",
  async () => {
    const ci = renderWorkflows(workflowOptions())[".github/workflows/ci.yml"] ?? "";
    const invalid = join(folder, "invalid.yml");
    await writeFile(invalid, ci.replace("runs-on:", "run-on:"));
    const careless = join(folder, "careless.yml");
    await writeFile(careless, ci.replace("persist-credentials: false", "clean: true"));

    expect(await actionlintFindings([invalid])).toHaveLength(2);
    expect(await zizmorFindings([careless])).toHaveLength(1);
    await expect(zizmorFindings([invalid])).rejects.toThrow("no audit was performed");
    expect(await githubFindings("ci.yml", await readFile(invalid, "utf8"))).not.toEqual([]);
  },
);

test("GitHub's own parser compares a call with the workflow that is called", async () => {
  const options = workflowOptions({ visibility: "private" });
  const callers = renderCallers(options, { repository: "acme/.github", ref: commit });
  const release = callers[".github/workflows/release.yml"] ?? "";
  const misspelt = release.replace("dockerfile:", "docker-file:");
  expect(await githubFindings("release.yml", misspelt, central)).toEqual([
    expect.stringContaining("docker-file is not defined in the referenced workflow"),
  ]);
});

/** Files in which every two values of different options occur together, including awkward values. */
function renderPairs(): RenderedFiles[] {
  const rows = pairwise({
    form: ["inline", "callers"],
    visibility: ["public", "private", "internal"],
    target: [
      { platforms: [], runner: "ubuntu-24.04" },
      { platforms: ["linux/amd64"], runner: "ubuntu-24.04" },
      { platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"], runner: "ubuntu-24.04" },
      { platforms: ["linux/arm64"], runner: "ubuntu-24.04-arm" },
    ],
    defaultBranch: ["main", "release/1.x", "on", "feature+x", "!wip", "#1", 'größe\'s-"ast"'],
    build: [
      { context: ".", dockerfile: "Dockerfile", buildArgs: {} },
      {
        context: "services/web shop",
        dockerfile: 'docker/it\'s "it": #1',
        buildArgs: { NODE: "24" },
      },
      {
        context: "~",
        dockerfile: "- a",
        buildArgs: { A: 'x "y", z\n: #', B: "", C: "{{ $x }} 日本" },
      },
    ],
    image: [
      { owner: "Acme", image: "api" },
      { owner: "ACME", image: "data/recommender" },
    ],
    timeoutMinutes: [30, 360],
    secretName: ["GHCR_PAT", "PUBLISH_TOKEN"],
    environment: [{}, { releaseEnvironment: "publishing" }],
    passed: [{}, { passed: [] }, { passed: ["runner", "timeoutMinutes"] }],
  } as const);
  const several = renderSeveral();
  const one = rows.map(({ form, target, build, image, environment, passed, ...row }) => {
    const own = { ...environment, ...passed };
    const options = workflowOptions({ ...row, ...target, ...build, ...image, ...own });
    const ref = row.visibility === "public" ? "main" : commit;
    return form === "inline"
      ? renderWorkflows(options)
      : renderCallers(options, {
          repository: "acme/.github",
          ref,
          ...(ref === commit && { version: "main" }),
        });
  });
  return [...one, ...several];
}

/** The same for what whole workflows have only: several images, runners and build secrets. */
function renderSeveral(): RenderedFiles[] {
  const divided = { platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"] };
  const rows = pairwise({
    visibility: ["public", "private"],
    secretName: ["GHCR_PAT", "PUBLISH_TOKEN"],
    environment: [{}, { releaseEnvironment: "publishing" }],
    queue: [{}, { mergeQueue: true, jobName: "build: all", pullRequestLogin: "read" }],
    others: ["none", "one", "two"],
    secrets: [{}, { npm: "NPM_TOKEN" }, { npm: "NPM_TOKEN", gem: "GEM_KEY" }],
    runners: [
      { platforms: ["linux/amd64"] },
      { platforms: ["linux/arm64"], runner: ["self-hosted", "linux", "ARM64"] },
      { ...divided, runner: { group: "Build machines", labels: ["x64"] } },
      { ...divided, runners: { "linux/arm64": "ubuntu-24.04-arm" } },
      { ...divided, runners: { "linux/arm64": { group: "graviton" }, "linux/arm/v7": ["arm"] } },
    ],
    build: [
      {},
      { target: "production", context: "services/web shop", buildArgs: { A: 'x "y", z\n: #' } },
    ],
  } as const);
  return rows.map(({ others, runners, secrets, build, environment, queue, ...row }) => {
    const first = imageOptions({ image: "data/web", ...runners, ...build, secrets });
    const second = imageOptions({ image: "worker", dockerfile: 'it\'s "it": #1' });
    const third = imageOptions({
      image: "job",
      ...divided,
      secrets: { npm: "OTHER_TOKEN" },
      runners: { "linux/arm64": "ubuntu-24.04-arm" },
    });
    const images = { none: undefined, one: [first], two: [first, second, third] }[others];
    return renderWorkflows(
      workflowOptions({ ...row, ...environment, ...queue, ...first, image: "api", images }),
    );
  });
}

/** @returns the paths; files of the same name are in separate folders */
async function writeSets(sets: readonly RenderedFiles[]): Promise<string[]> {
  const all = sets.map(async (files) => {
    const set = await mkdtemp(join(folder, "set-"));
    return Promise.all(
      Object.entries(files).map(async ([path, text]) => {
        const file = join(set, basename(path));
        await writeFile(file, text);
        return file;
      }),
    );
  });
  return (await Promise.all(all)).flat();
}
