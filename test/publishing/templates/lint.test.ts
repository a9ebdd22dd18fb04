import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  renderCallers,
  renderCentralWorkflows,
  renderWorkflows,
} from "../../../src/publishing/templates/render.ts";
import type { RenderedFiles, WorkflowOptions } from "../../../src/publishing/templates/render.ts";
import { missingTool } from "../../missing-tool.ts";
import { githubFindings } from "./github-parser.ts";
import { actionlintFindings, zizmorFindings } from "./linters.ts";
import { workflowOptions } from "./options.ts";

const commit = "1e69f48acb82d1966a394da916b4c1698aa569d6";
const central = renderCentralWorkflows("GHCR_PAT");
const renamed = [
  renderCentralWorkflows("PUBLISH_TOKEN"),
  renderWorkflows(workflowOptions({ secretName: "PUBLISH_TOKEN" })),
];
const rendered = [...optionSets(), ...singleOptions()].flatMap(renderBothForms);
let folder: string;
let paths: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-lint-"));
  paths = (await Promise.all([central, ...renamed, ...rendered].map(writeSet))).flat();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(missingTool("actionlint"))("actionlint finds nothing", async () => {
  expect(paths.length).toBeGreaterThan(500);
  expect(await actionlintFindings(paths)).toEqual([]);
});

test.skipIf(missingTool("zizmor"))("zizmor, offline and pedantic, finds nothing", async () => {
  expect(await zizmorFindings(paths)).toEqual([]);
});

test("GitHub's own parser finds nothing, calls of the central workflow included", async () => {
  const findings: string[] = [];
  for (const [path, text] of [central, ...rendered].flatMap((files) => Object.entries(files)))
    findings.push(...(await githubFindings(path, text, central)));
  expect(findings).toEqual([]);
});

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

/** Every combination of the options that change a workflow's shape, and of awkward values. */
function optionSets(): WorkflowOptions[] {
  const visibilities = ["public", "private", "internal"] as const;
  const targets = [
    { platforms: [], runner: "ubuntu-24.04" },
    { platforms: ["linux/amd64"], runner: "ubuntu-24.04" },
    { platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"], runner: "ubuntu-24.04" },
    { platforms: ["linux/arm64"], runner: "ubuntu-24.04-arm" },
  ];
  const branches = ["main", "release/1.x", "on", "feature+x", "!wip", "#1", 'größe\'s-"ast"'];
  const builds = [
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
  ];
  return visibilities.flatMap((visibility) =>
    targets.flatMap((target) =>
      branches.flatMap((defaultBranch) =>
        builds.map((build) => workflowOptions({ visibility, defaultBranch, ...target, ...build })),
      ),
    ),
  );
}

/** What changes the files in one way only. */
function singleOptions(): WorkflowOptions[] {
  const changes: Partial<WorkflowOptions>[] = [
    { releaseEnvironment: "publishing" },
    { timeoutMinutes: 360 },
    { owner: "ACME", image: "data/recommender" },
  ];
  return changes.map((change) => workflowOptions(change));
}

function renderBothForms(options: WorkflowOptions): RenderedFiles[] {
  const ref = options.visibility === "public" ? "main" : commit;
  return [renderWorkflows(options), renderCallers(options, { repository: "acme/.github", ref })];
}

async function writeSet(files: RenderedFiles, index: number): Promise<string[]> {
  const set = join(folder, String(index));
  await mkdir(set);
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const file = join(set, basename(path));
      await writeFile(file, text);
      return file;
    }),
  );
}
