import { expect } from "vitest";
import {
  repairWorkflows,
  type RepairedFile,
  type RepairOptions,
} from "../../src/publishing/repair-workflows.ts";

export const path = ".github/workflows/ci.yml";

export const wanted = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";

export interface JobText {
  /** Of the whole workflow; "on: push" if absent. */
  readonly on?: string;
  /** Lines at the top: "permissions: …", "env: …". */
  readonly top?: readonly string[];
  /** Lines of the job, before its steps. */
  readonly job?: readonly string[];
  /** Lines of its steps; a login with the job's token if absent. */
  readonly steps?: readonly string[];
  /** The step that pushes; none if it is empty. */
  readonly push?: string;
}

export const login = [
  "- uses: docker/login-action@v3",
  "  with:",
  "    registry: ghcr.io",
  "    username: ${{ github.actor }}",
  "    password: ${{ secrets.GITHUB_TOKEN }}",
];

const permissions = ["permissions:", "  contents: read", "  packages: write"];

/** A workflow with one job, `image`, that pushes and may. */
export function workflow({
  on = "on: push",
  top,
  job = [],
  steps = login,
  push,
}: JobText = {}): string {
  const pushing = push ?? "- run: docker push ghcr.io/acme/api";
  return [
    on,
    ...(top ?? permissions),
    "jobs:",
    "  image:",
    "    runs-on: ubuntu-24.04",
    ...job.map((line) => `    ${line}`),
    "    steps:",
    ...[...steps, ...(pushing === "" ? [] : [pushing])].map((line) => `      ${line}`),
    "",
  ].join("\n");
}

/** The one file after its repair. */
export function repaired(text: string, options?: RepairOptions): RepairedFile {
  const [file] = repairWorkflows({ [path]: text }, options);
  if (!file) throw new Error("no file came back");
  return file;
}

/** The lines that differ, like in a diff, without the blanks around them. */
export function changes(before: string, after: string): string[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const gone = old.filter((line) => !fresh.includes(line)).map((line) => `- ${line.trim()}`);
  const added = fresh.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`);
  return [...gone, ...added];
}

/** The reports about a file that is not changed. */
export function reported(before: string): string[] {
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  for (const { fix } of unresolved) expect(fix).not.toBe("");
  return unresolved.map(({ line, reason }) => `${line}: ${reason}`);
}
