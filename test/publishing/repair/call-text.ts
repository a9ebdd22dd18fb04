import { repairWorkflows, type RepairOptions } from "../../../src/publishing/repair-workflows.ts";
import { changes, wanted } from "../workflow-text.ts";

export const build = ".github/workflows/build.yml";
export const ci = ".github/workflows/ci.yml";

/** Per file the lines that differ, and the reports. */
export function repaired(files: Record<string, string>, options?: RepairOptions) {
  return Object.fromEntries(
    repairWorkflows(files, options).map(({ path, text, unresolved }) => [
      path,
      [
        ...changes(files[path] ?? "", text),
        ...unresolved.map(({ line, reason }) => `${line}: ${reason}`),
      ],
    ]),
  );
}

/** A workflow whose one job calls `build`. */
export function caller(...job: string[]): string {
  return [
    "on: push",
    "jobs:",
    "  call:",
    "    permissions: { contents: read, packages: write }",
    "    uses: ./.github/workflows/build.yml",
    ...job.map((line) => `    ${line}`),
    "",
  ].join("\n");
}

export const password = ["- password: ${{ secrets.GITHUB_TOKEN }}", `+ password: ${wanted}`];
export const declared = ["+ secrets:", "+ GHCR_PAT:", "+ required: false"];
