import { expect, test } from "vitest";
import { parse } from "yaml";
import { actionPins } from "../../../src/publishing/templates/action-pins.ts";
import {
  renderCallers,
  renderCentralWorkflows,
  renderWorkflows,
} from "../../../src/publishing/templates/render.ts";
import type { RenderedFiles } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "./options.ts";

type Step = { id?: string; if?: string; uses?: string; run?: string; env?: object; with?: Inputs };
type Inputs = Record<string, string | boolean>;
type Job = { permissions: Record<string, string>; steps: Step[]; uses?: string; secrets?: object; with?: Inputs };
type Workflow = { permissions: object; jobs: { image: Job }; on: object };

const commit = "1e69f48acb82d1966a394da916b4c1698aa569d6";
const central = { repository: "acme/.github", ref: commit, version: "v3" };

function workflow(files: RenderedFiles, name: string): Workflow {
  return parse(files[`.github/workflows/${name}`] ?? "") as Workflow;
}
function steps(files: RenderedFiles, name: string): Step[] {
  return workflow(files, name).jobs.image.steps;
}

test("every form logs in the same way: required credential first, the job's own after a failure", () => {
  const inline = renderWorkflows(workflowOptions());
  const shared = renderCentralWorkflows(workflowOptions());
  const logins = [
    steps(inline, "ci.yml"),
    steps(inline, "release.yml"),
    steps(shared, "publish.yml"),
    steps(shared, "publish-attested.yml"),
  ].map((all) => all.filter(({ uses }) => uses?.startsWith("docker/login-action@")));

  for (const [first, second, ...more] of logins) {
    expect(first).toMatchObject({
      id: "login",
      "continue-on-error": true,
      with: {
        registry: "ghcr.io",
        username: "${{ secrets.GHCR_PAT && vars.GHCR_USERNAME || github.actor }}",
        password: "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}",
      },
    });
    expect(second).toMatchObject({
      if: "steps.login.outcome == 'failure'",
      with: {
        registry: "ghcr.io",
        username: "${{ github.actor }}",
        password: "${{ secrets.GITHUB_TOKEN }}",
      },
    });
    expect(second).not.toHaveProperty("continue-on-error");
    expect(more).toEqual([]);
  }
});

test("the secret's name is written wherever it is read", () => {
  const options = workflowOptions({ secretName: "REGISTRY_TOKEN" });
  const all = [
    renderWorkflows(options),
    renderCallers(options, central),
    renderCentralWorkflows(workflowOptions({ secretName: "REGISTRY_TOKEN" })),
  ].flatMap((files) => Object.values(files));
  for (const text of all) {
    expect(text).toContain("${{ secrets.REGISTRY_TOKEN");
    expect(text).not.toContain("GHCR_PAT");
  }
});

test("only a public repository's release may sign, and attests", () => {
  for (const visibility of ["public", "private", "internal"] as const) {
    const options = workflowOptions({ visibility });
    const inline = renderWorkflows(options);
    const callers = renderCallers(options, central);
    const publish = { contents: "read", packages: "write" };
    const attest = { ...publish, "id-token": "write", attestations: "write" };
    const expected = visibility === "public" ? attest : publish;

    expect(workflow(inline, "ci.yml").jobs.image.permissions).toEqual(publish);
    expect(workflow(callers, "ci.yml").jobs.image.permissions).toEqual(publish);
    expect(workflow(inline, "release.yml").jobs.image.permissions).toEqual(expected);
    expect(workflow(callers, "release.yml").jobs.image.permissions).toEqual(expected);
    const attestations = steps(inline, "release.yml").filter(({ id }) => id === "attest");
    expect(attestations).toHaveLength(visibility === "public" ? 1 : 0);
  }
});

test("a release that is attested may be recorded as a linked artifact, with one permission more", () => {
  for (const visibility of ["public", "private"] as const) {
    const options = workflowOptions({ visibility, storageRecord: true });
    const inline = renderWorkflows(options);
    const { permissions } = workflow(inline, "release.yml").jobs.image;
    const [attest] = steps(inline, "release.yml").filter(({ id }) => id === "attest");
    expect(permissions["artifact-metadata"]).toBe(visibility === "public" ? "write" : undefined);
    expect(attest?.with?.["create-storage-record"]).toBe(visibility === "public" ? true : undefined);
    const plain = renderWorkflows({ ...options, storageRecord: false });
    expect(workflow(inline, "ci.yml")).toEqual(workflow(plain, "ci.yml"));
    expect(workflow(plain, "release.yml").jobs.image.permissions).not.toHaveProperty(
      "artifact-metadata",
    );
  }
});

test("a caller grants exactly what the workflow it calls asks for", () => {
  const shared = renderCentralWorkflows(workflowOptions());
  for (const visibility of ["public", "private"] as const) {
    const callers = renderCallers(workflowOptions({ visibility }), central);
    for (const name of ["ci.yml", "release.yml"]) {
      const { uses = "", permissions } = workflow(callers, name).jobs.image;
      const called = uses.slice("acme/.github/.github/workflows/".length, -`@${commit}`.length);
      expect(workflow(shared, called).jobs.image.permissions).toEqual(permissions);
    }
  }
});

test("nothing is granted at the top of any file", () => {
  const all = [
    renderWorkflows(workflowOptions()),
    renderCallers(workflowOptions(), central),
    renderCentralWorkflows(workflowOptions()),
  ].flatMap((files) => Object.values(files));
  for (const text of all) expect((parse(text) as Workflow).permissions).toEqual({});
});

test("every action is one of the pins, with its version in a comment", () => {
  const inline = renderWorkflows(
    workflowOptions({
      platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"],
      runners: { "linux/arm64": "ubuntu-24.04-arm" },
    }),
  );
  const shared = renderCentralWorkflows(workflowOptions());
  const lines = [...Object.values(inline), ...Object.values(shared)]
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.includes("uses:"));
  const pinned = Object.entries(actionPins).map(
    ([action, { sha, version }]) => `${action}@${sha} # ${version}`,
  );
  expect(new Set(lines.map((line) => line.trim().slice("uses: ".length)))).toEqual(new Set(pinned));
});

test("emulation is set up for what the runner is not", () => {
  const emulated = (platforms: string[], runner: string) =>
    steps(renderWorkflows(workflowOptions({ platforms, runner })), "ci.yml").find(
      ({ id }) => id === "qemu",
    )?.with?.["platforms"];

  expect(emulated([], "ubuntu-24.04")).toBeUndefined();
  expect(emulated(["linux/amd64"], "ubuntu-24.04")).toBeUndefined();
  expect(emulated(["linux/arm64"], "ubuntu-24.04-arm")).toBeUndefined();
  expect(emulated(["linux/amd64"], "ubuntu-24.04-arm")).toBe("amd64");
  expect(emulated(["linux/amd64", "linux/arm64", "linux/arm/v7"], "ubuntu-24.04")).toBe(
    "arm64,arm",
  );
});

test("a release neither reads nor writes a cache", () => {
  const release = steps(
    renderWorkflows(workflowOptions({ platforms: ["linux/s390x"] })),
    "release.yml",
  );
  const inputs = Object.assign({}, ...release.map((step) => step.with)) as Inputs;
  expect(inputs).toMatchObject({ "no-cache": true, "cache-image": false, "cache-binary": false });
  expect(inputs).not.toHaveProperty("cache-from");
  expect(inputs).not.toHaveProperty("cache-to");
});

test("no script holds an expression", () => {
  const all = [renderWorkflows(workflowOptions()), renderCentralWorkflows(workflowOptions())];
  const scripts = all
    .flatMap((files) => Object.values(files))
    .flatMap((text) => (parse(text) as Workflow).jobs.image.steps)
    .flatMap(({ run }) => run ?? []);
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) expect(script).not.toContain("${{");
});

test("the job of ci.yml has the name of the check that a branch requires", () => {
  const named = workflowOptions({ jobName: "build: all" });
  const nameIn = (files: RenderedFiles, name: string) =>
    (workflow(files, name).jobs.image as { name?: string }).name;
  for (const render of [renderWorkflows, (options: typeof named) => renderCallers(options, central)]) {
    expect(nameIn(render(named), "ci.yml")).toBe("build: all");
    expect(nameIn(render(named), "release.yml")).toBe("Build and publish the release image");
    expect(nameIn(render(workflowOptions()), "ci.yml")).toBe("Build the image, publish it on push");
  }
});

test("ci.yml runs for the groups of a merge queue, where there is one", () => {
  for (const render of [
    renderWorkflows,
    (options: ReturnType<typeof workflowOptions>) => renderCallers(options, central),
  ]) {
    const on = (mergeQueue: boolean) =>
      Object.keys(workflow(render(workflowOptions({ mergeQueue })), "ci.yml").on);
    expect(on(true)).toEqual(["pull_request", "merge_group", "push"]);
    expect(on(false)).toEqual(["pull_request", "push"]);
  }
});

test("pull requests log in to pull only where it is asked for, and those of forks never", () => {
  const loginsOf = (pullRequestLogin: "none" | "read") =>
    steps(renderWorkflows(workflowOptions({ pullRequestLogin })), "ci.yml")
      .filter(({ uses }) => uses?.startsWith("docker/login-action@"))
      .map(({ if: condition }) => condition);
  const others = ["github.event_name == 'push'", "steps.login.outcome == 'failure'"];
  expect(loginsOf("none")).toEqual(others);
  expect(loginsOf("read")).toEqual([
    ...others,
    "github.event_name == 'merge_group' || github.event.pull_request.head.repo.full_name == github.repository",
  ]);
});
