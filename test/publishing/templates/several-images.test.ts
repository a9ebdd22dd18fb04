import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  renderCallers,
  renderWorkflows,
  type RenderedFiles,
  type WorkflowOptions,
} from "../../../src/publishing/templates/render.ts";
import { imageOptions, workflowOptions } from "./options.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
  readonly with?: Record<string, string>;
}
interface Job {
  readonly name: string;
  readonly if?: string;
  readonly needs?: string;
  readonly "runs-on": unknown;
  readonly permissions: object;
  readonly outputs?: object;
  readonly strategy: { "fail-fast": boolean; matrix: { include: Record<string, unknown>[] } };
  readonly steps: Step[];
}
type File = "ci.yml" | "release.yml";

const native = {
  platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"],
  runners: { "linux/arm64": "ubuntu-24.04-arm" },
};
const images = [
  imageOptions({ image: "web", dockerfile: "web/Dockerfile" }),
  imageOptions({ image: "data/worker", target: "worker", ...native }),
];

function jobsOf(files: RenderedFiles, file: File): Record<string, Job> {
  const { jobs } = parse(files[`.github/workflows/${file}`] ?? "") as { jobs: Record<string, Job> };
  return jobs;
}
function jobs(changes: Partial<WorkflowOptions>, file: File = "ci.yml"): Record<string, Job> {
  return jobsOf(renderWorkflows(workflowOptions(changes)), file);
}
const rowsOf = (job: Job | undefined) => job?.strategy.matrix.include ?? [];
const stepOf = (job: Job | undefined, id: string) => job?.steps.find((step) => step.id === id);

test("several images are a matrix, with a name each that others do not change", () => {
  const { image, ...others } = jobs({ images: [images[0]!, imageOptions({ image: "job" })] });
  expect(Object.keys(others)).toEqual([]);
  expect(image).toMatchObject({ name: "${{ matrix.name }}", "runs-on": "ubuntu-24.04" });
  expect(image?.strategy["fail-fast"]).toBe(false);
  expect(rowsOf(image)).toEqual([
    {
      name: "Build web, publish it on push",
      image: "ghcr.io/acme/web",
      scope: "web",
      context: ".",
      dockerfile: "web/Dockerfile",
      platforms: "linux/amd64",
    },
    {
      name: "Build job, publish it on push",
      image: "ghcr.io/acme/job",
      scope: "job",
      context: ".",
      dockerfile: "Dockerfile",
      platforms: "linux/amd64",
    },
  ]);
  const names = (changes: Partial<WorkflowOptions>, file?: File) =>
    rowsOf(jobs({ images: [images[0]!], ...changes }, file)["image"]).map(({ name }) => name);
  expect(names({})).toEqual(["Build web, publish it on push"]);
  expect(names({}, "release.yml")).toEqual(["Build and publish web"]);
  expect(names({ jobName: "build" })).toEqual(["build (web)"]);
});

test("platforms with runners of their own are built natively, and published as one index", () => {
  for (const file of ["ci.yml", "release.yml"] as const) {
    const { image, build, index } = jobs({ images }, file);
    expect(rowsOf(image).map((row) => row["image"])).toEqual(["ghcr.io/acme/web"]);
    expect(
      rowsOf(build).map(({ runner, platforms, emulate }) => ({ runner, platforms, emulate })),
    ).toEqual([
      { runner: "ubuntu-24.04", platforms: "linux/amd64,linux/arm/v7", emulate: "arm" },
      { runner: "ubuntu-24.04-arm", platforms: "linux/arm64", emulate: undefined },
    ]);
    expect(build?.["runs-on"]).toBe("${{ matrix.runner }}");
    const { push, tags, outputs } = stepOf(build, "build")?.with ?? {};
    expect({ push, tags }).toEqual({ push: undefined, tags: "${{ env.IMAGE }}" });
    expect(outputs).toMatch(/^type=image,push-by-digest=true,name-canonical=true,push=/);
    expect(index).toMatchObject({ needs: "build", "runs-on": "ubuntu-24.04" });
    expect(rowsOf(index)).toEqual([
      {
        name: file === "ci.yml" ? "Build data/worker, publish it on push" : "Build and publish data/worker",
        image: "ghcr.io/acme/data/worker",
        artifacts: "data+worker@*",
        builds: "linux-amd64-linux-arm-v7 linux-arm64",
      },
    ]);
    // Artifacts of web-admin must not be those of web.
    expect(rowsOf(build).map(({ artifact }) => artifact)).toEqual([
      "data+worker@linux-amd64-linux-arm-v7",
      "data+worker@linux-arm64",
    ]);
  }
});

test("one image keeps the name of its check when a platform gets its own runner", () => {
  const { image, build, index } = jobs({ ...native, jobName: "docker" });
  expect(image).toBeUndefined();
  expect(rowsOf(index).map(({ name }) => name)).toEqual(["docker"]);
  expect(rowsOf(jobs(native, "release.yml")["index"]).map(({ name }) => name)).toEqual([
    "Build and publish the release image",
  ]);
  expect(rowsOf(build).map(({ name }) => name)).toEqual([
    "Build api for linux/amd64, linux/arm/v7",
    "Build api for linux/arm64",
  ]);
});

test("platforms that share a runner are one job with emulation, whatever runner that is", () => {
  const arm = { "linux/arm64": "ubuntu-24.04-arm" };
  const one = jobs({ platforms: ["linux/arm64"], runners: arm });
  expect(Object.keys(one)).toEqual(["image"]);
  expect(one["image"]?.["runs-on"]).toBe("ubuntu-24.04-arm");
  expect(stepOf(one["image"], "qemu")).toBeUndefined();
  const same = jobs({ platforms: native.platforms, runners: { "linux/arm64": "ubuntu-24.04" } });
  expect(Object.keys(same)).toEqual(["image"]);
  expect(stepOf(same["image"], "qemu")?.with?.["platforms"]).toBe("arm64,arm");
});

test("a check of a pull request fails with its builds, and pushes nothing", () => {
  const { index } = jobs(native);
  expect(index?.if).toBe("${{ !cancelled() || github.event_name != 'push' }}");
  expect(stepOf(index, "builds")?.if).toBe(
    "github.event_name != 'push' && needs.build.result != 'success'",
  );
  const conditions = (index?.steps ?? []).slice(1).map((step) => step.if);
  for (const condition of conditions)
    expect(condition).toMatch(/github\.event_name == 'push'|steps\.login\.outcome == 'failure'/);
});

test("only the job that publishes a release may sign, and it attests the index", () => {
  const { build, index } = jobs(native, "release.yml");
  const publish = { contents: "read", packages: "write" };
  expect(build?.permissions).toEqual(publish);
  expect(index?.permissions).toEqual({
    ...publish,
    "id-token": "write",
    attestations: "write",
  });
  expect(stepOf(build, "attest")).toBeUndefined();
  expect(stepOf(index, "attest")?.with).toMatchObject({
    "subject-name": "${{ env.IMAGE }}",
    "subject-digest": "${{ steps.index.outputs.digest }}",
  });
  const inside = jobs({ ...native, visibility: "private" }, "release.yml")["index"];
  expect(inside?.permissions).toEqual(publish);
  expect(stepOf(inside, "attest")).toBeUndefined();
});

test("runners are labels, lists of labels, or groups", () => {
  const runsOn = (runner: WorkflowOptions["runner"]) => jobs({ runner })["image"]?.["runs-on"];
  expect(runsOn(["self-hosted", "linux", "ARM64"])).toEqual(["self-hosted", "linux", "ARM64"]);
  expect(runsOn({ group: "Build machines" })).toEqual({ group: "Build machines" });
  expect(runsOn({ group: "large", labels: "x64" })).toEqual({ group: "large", labels: "x64" });
  const arm = jobs({ platforms: ["linux/arm64"], runner: ["self-hosted", "ARM64"] });
  expect(stepOf(arm["image"], "qemu")).toBeUndefined();
  // Nobody but the fleet knows what a group has.
  const builds = jobs({
    platforms: ["linux/amd64", "linux/arm64"],
    runners: { "linux/arm64": { group: "graviton" } },
  })["build"];
  expect(stepOf(builds, "qemu")).toBeUndefined();
  expect(rowsOf(builds).map(({ runner }) => runner)).toEqual([
    "ubuntu-24.04",
    { group: "graviton" },
  ]);
});

test("a build gets its secrets, and no other image's", () => {
  const secrets = { npm: "NPM_TOKEN" };
  const alone = jobs({ secrets })["image"];
  // In variables, because the action splits the input `secrets` by lines, and a secret may have several.
  expect(stepOf(alone, "build")?.with?.["secret-envs"]).toBe("npm=BUILD_SECRET_1\n");
  expect(stepOf(alone, "build")?.env).toEqual({ BUILD_SECRET_1: "${{ secrets.NPM_TOKEN }}" });
  const { image } = jobs({ images: [imageOptions({ image: "web", secrets }), images[0]!] });
  expect(stepOf(image, "build")?.env).toEqual({
    BUILD_SECRET_1: "${{ contains(matrix.secrets, 'npm=NPM_TOKEN') && secrets.NPM_TOKEN || '' }}",
  });
  expect(stepOf(image, "build")?.with?.["secret-envs"]).toBe(
    "${{ contains(matrix.secrets, 'npm=NPM_TOKEN') && 'npm=BUILD_SECRET_1' || '' }}\n",
  );
  // Where it is missing, nothing is built without it.
  expect(stepOf(image, "build")?.if).toBe("steps.secrets.outputs.missing != 'true'");
  expect(stepOf(image, "secrets")?.env).toEqual({
    MISSING:
      "${{ contains(matrix.secrets, 'npm=NPM_TOKEN') && !secrets.NPM_TOKEN && ' NPM_TOKEN' || '' }}",
  });
});

test("no script holds an expression", () => {
  const secrets = { npm: "NPM_TOKEN" };
  const files = renderWorkflows(workflowOptions({ images: [...images, imageOptions({ secrets })] }));
  const scripts = (["ci.yml", "release.yml"] as const)
    .flatMap((file) => Object.values(jobsOf(files, file)))
    .flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(scripts.length).toBeGreaterThan(10);
  for (const script of scripts) expect(script).not.toContain("${{");
});

test("what the central workflow cannot do is refused for callers", () => {
  const central = { repository: "acme/.github", ref: "main" };
  const cases = [{ images }, native, { secrets: { npm: "NPM_TOKEN" } }, { target: "worker" }];
  for (const changes of cases)
    expect(() => renderCallers(workflowOptions(changes), central)).toThrow("one image on one runner");
});

test("no image may read the secret that publishes, whatever its case", () => {
  const wrong = { images: [imageOptions({ secrets: { npm: "ghcr_pat" } })] };
  expect(() => renderWorkflows(workflowOptions(wrong))).toThrow("the secret that publishes");
});
