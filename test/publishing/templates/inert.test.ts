import { parse as parseCsv } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderCallers, renderWorkflows } from "../../../src/publishing/templates/render.ts";
import type { WorkflowOptions } from "../../../src/publishing/templates/render.ts";
import { awkwardOptions, workflowOptions } from "./options.ts";

const central = { repository: "acme/.github", ref: "1e69f48acb82d1966a394da916b4c1698aa569d6" };

test("any allowed value reads back from the YAML as it went in", () => {
  fc.assert(
    fc.property(
      awkwardOptions(),
      fc.constantFrom("1.1" as const, "1.2" as const),
      (options, version) => {
        const inline = renderWorkflows(options);
        const ci = parse(inline[".github/workflows/ci.yml"] ?? "", { version });
        const release = parse(inline[".github/workflows/release.yml"] ?? "", { version });
        const caller = parse(renderCallers(options, central)[".github/workflows/ci.yml"] ?? "", {
          version,
        });

        for (const workflow of [ci, caller])
          expect(branchesOf(workflow)).toEqual([options.defaultBranch]);
        for (const { env, jobs } of [ci, release]) {
          expect(env.IMAGE).toBe(`ghcr.io/${options.owner.toLowerCase()}/${options.image}`);
          expect(jobs.image["timeout-minutes"]).toBe(options.timeoutMinutes);
          const build = jobs.image.steps.find(({ id }: { id?: string }) => id === "build").with;
          expect(readBack({ ...build, runner: jobs.image["runs-on"] })).toEqual(intended(options));
        }
        const call = caller.jobs.image.with;
        expect(readBack({ ...call, file: call.dockerfile })).toEqual(intended(options));
      },
    ),
  );
});

test("what GitHub or an action would evaluate, drop or misread is refused, all at once", () => {
  const wrong = workflowOptions({
    owner: "acme-",
    defaultBranch: "${{github.actor}}",
    image: "Api",
    context: "{{defaultContext}}",
    dockerfile: "Dockerfile\nrun: x",
    platforms: ["linux/amd64", "linux/arm64,linux/386"],
    buildArgs: { A: "${{ secrets.GHCR_PAT }}", B: "trailing ", C: "\u0000", "D=E": "" },
    secretName: "GITHUB_PAT",
    runner: "ubuntu latest",
    timeoutMinutes: 0.5,
  });
  expect(() => renderWorkflows(wrong)).toThrowErrorMatchingInlineSnapshot(`
    [RangeError: acme-/api: owner "acme-" must match /^[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){0,38}$/
    acme-/api: secretName "GITHUB_PAT" must match /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i
    acme-/api: timeoutMinutes 0.5 must be a whole number from 1 to 360
    acme-/api: defaultBranch must not contain "\${{": GitHub Actions would evaluate it
    acme-/api: image "Api" must match /^(?!ghcr\\.io\\/)[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:\\/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*$/
    acme-/api: platforms[1] "linux/arm64,linux/386" must match /^[a-z0-9]+\\/[a-z0-9_]+(?:\\/[a-z0-9]+)?$/
    acme-/api: runner "ubuntu latest" must match /^[A-Za-z0-9][A-Za-z0-9._-]*$/
    acme-/api: context must not contain "{{": docker/build-push-action would evaluate it
    acme-/api: dockerfile must not contain control characters or line breaks
    acme-/api: buildArgs.A must not contain "\${{": GitHub Actions would evaluate it
    acme-/api: buildArgs.B must not end with white space: docker/build-push-action drops it
    acme-/api: buildArgs.C must not contain control characters other than tab and line feed
    acme-/api: buildArgs: "D=E" must match /^[A-Za-z_][A-Za-z0-9_]*$/]
  `);
  expect(() => renderCallers(wrong, central)).toThrow(RangeError);
  for (const context of ["https://example.com/a.git", "me@example.com:a", "./github.com/acme/api"])
    expect(() => renderWorkflows(workflowOptions({ context }))).toThrow("from another host");
  expect(() => renderCallers(workflowOptions(), { ...central, ref: "a b" })).toThrow("central.ref");
});

function intended({ context, dockerfile, platforms, buildArgs, runner }: WorkflowOptions) {
  return { context, dockerfile, platforms, buildArgs: new Map(Object.entries(buildArgs)), runner };
}

function readBack(inputs: Record<string, string>) {
  return {
    context: inputs["context"],
    dockerfile: inputs["file"],
    platforms: inputs["platforms"] ? inputs["platforms"].split(",") : [],
    buildArgs: new Map(buildArgsOf(inputs["build-args"] ?? "").map(splitAtFirst)),
    runner: inputs["runner"],
  };
}

/**
 * Reads the input as docker/build-push-action does, with the same parser and options.
 * https://github.com/docker/actions-toolkit/blob/main/src/util.ts
 */
function buildArgsOf(input: string): string[] {
  const options = { relax_quotes: true, relax_column_count: true, skip_empty_lines: true };
  return parseCsv(input.trim(), options).map((record) => record.join(",").trim());
}

function splitAtFirst(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** YAML 1.1 reads the key `on` as true. */
function branchesOf(workflow: Record<string, { push: { branches: string[] } }>): string[] {
  const { push } = workflow["on"] ?? workflow["true"] ?? { push: { branches: [] } };
  return push.branches.map((pattern) => pattern.replace(/\\([+!])/g, "$1"));
}
