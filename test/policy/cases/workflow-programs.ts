import { ghcr, github } from "../../../policy/model/resource-types.ts";
import type { WorkflowRule } from "../../../policy/model/rule.ts";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { unknownValue, type TestResource } from "../run-policy.ts";
import type { RuleCase } from "./case.ts";

export const [ciPath, releasePath] = [".github/workflows/ci.yml", ".github/workflows/release.yml"];
const rendered = renderWorkflows(workflowOptions({ platforms: ["linux/amd64", "linux/arm64"] }));
export const ci = rendered[ciPath] ?? "";
export const release = rendered[releasePath] ?? "";

/** Replaces a text that must be there, once. */
export function change(text: string, part: string | RegExp, by: string): string {
  const changed = text.replace(part, by);
  if (changed === text) throw new Error(`the workflow has no ${String(part)}`);
  return changed;
}

export function workflowFiles(files: Record<string, unknown>): TestResource {
  const props = { owner: "Acme", repository: "api", branch: "main", files };
  return { type: ghcr.publishing, name: "api", props };
}

export function repositoryFile(file: string, content: unknown): TestResource {
  return { type: github.file, name: "by-hand", props: { repository: "web", file, content } };
}

/** A hand-written workflow for another purpose. */
export function foreign(...lines: string[]): TestResource {
  return repositoryFile(".github/workflows/other.yml", [...lines, ""].join("\n"));
}

export const steps = (...lines: string[]) =>
  foreign(
    "on: push",
    "jobs:",
    "  test:",
    "    runs-on: ubuntu-24.04",
    "    steps:",
    ...lines.map((line) => `      ${line}`),
  );

export function workflowCase(
  rule: WorkflowRule,
  {
    violating,
    says,
    missing,
    saysMissing,
    passing = [],
  }: {
    violating: TestResource[];
    says: string[];
    missing: TestResource[];
    saysMissing: string[];
    passing?: TestResource[];
  },
  policyConfig = {},
): RuleCase {
  const good = workflowFiles({ [ciPath]: ci, [releasePath]: release });
  return {
    rule,
    violating: { resources: violating, policyConfig },
    says,
    missing: { resources: missing, policyConfig },
    saysMissing,
    passing: { resources: [good, ...passing], policyConfig },
    unknown: { resources: [workflowFiles({ [ciPath]: ci, [releasePath]: unknownValue })] },
  };
}

export const managedCi = (text: string) => workflowFiles({ [ciPath]: text });
export const managedRelease = (text: string) => workflowFiles({ [releasePath]: text });
export const checkout = "uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
export const at = (path: string, line: number) => `(${path}:${line})`;
export const lineOf = (text: string, part: string) =>
  text.slice(0, text.indexOf(part)).split("\n").length;
