import { isMap, isScalar, type Node } from "yaml";
import { fallbackLoginStep } from "../fallback-steps.ts";
import type { Login } from "../read/logins.ts";
import type { Step } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import { textOf } from "../read/yaml-reader.ts";
import type { Change, Edit } from "./edit.ts";
import { columnOf, endOfEntries, insertEntry, newlineAt } from "./insert-entry.ts";

const action = "docker/login-action";

/**
 * A second login, with the job's own token, that runs only where the first one failed: a token that has
 * expired still exists, so an expression does not fall back from it. Needs a first login
 * that may fail, and that the second one can name.
 */
export function addFallbackLogin({ step, tool, registry }: Login): Change[] {
  if (tool !== action || registry !== "sure" || step.caller) return [];
  const { file, node } = step;
  const { yaml } = file;
  const id = textOf(yaml.at(node, "id"));
  if (id !== undefined && hasFallback(step, id)) return [];
  const mayFail = textOf(yaml.at(node, "continue-on-error"));
  const end = node.flow ? undefined : endOfEntries(file, node);
  if (end === undefined || (mayFail !== undefined && mayFail !== "true")) return [report(step)];
  const name = id ?? freeId(step);
  const edits = [
    id === undefined ? insertEntry(file, node, { key: "id", value: name }, "uses") : [],
    mayFail === undefined
      ? insertEntry(file, node, { key: "continue-on-error", value: "true" }, "uses")
      : [],
    secondLogin(step, name, end),
  ];
  if (edits.includes(undefined)) return [report(step)];
  return edits
    .flat()
    .flatMap((splice): { edit: Edit }[] =>
      splice ? [{ edit: { file, kind: "fallback", ...splice, node, claimant: step } }] : [],
    );
}

function secondLogin(step: Step, id: string, end: number) {
  const { file, node } = step;
  const { yaml, text } = file;
  const inputs = yaml.entry(node, "with")?.value;
  const key = node.items[0]?.key as Node | undefined;
  if (!isMap(inputs) || !key?.range) return undefined;
  const copied = copyOf(file, inputs, "${{ secrets.GITHUB_TOKEN }}");
  // The inputs may read it.
  const variables = yaml.entry(node, "env");
  const env = variables ? copyOf(file, variables.value) : [];
  if (!copied || !env) return undefined;
  const lines = [
    `- name: ${fallbackLoginStep}`,
    `  if: steps.${id}.outcome == 'failure'`,
    // With the comment that says which version a commit is.
    `  uses: ${text.slice(step.uses?.range?.[0]).split(/\r?\n/, 1)[0] ?? ""}`,
    ...(env.length > 0 ? ["  env:", ...env] : []),
    "  with:",
    ...copied,
  ];
  const [indent] =
    /^ *(?=- +$)/.exec(text.slice(key.range[0] - columnOf(text, key.range[0]), key.range[0])) ?? [];
  if (indent === undefined) return undefined;
  const newline = newlineAt(text, end);
  const added = lines.map((line) => `${newline}${indent}${line}`).join("");
  return { start: end, end, text: added };
}

/** The lines of a map whose values each stand in one line. */
function copyOf(
  { yaml, text }: SourceFile,
  map: Node | undefined,
  password?: string,
): string[] | undefined {
  if (!isMap(map)) return undefined;
  const lines = yaml.entries(map).map(({ key, value }) => {
    const raw = value?.range ? text.slice(value.range[0], value.range[1]) : "";
    const copied = (key.toLowerCase() === "password" && password) || raw;
    return isScalar(value) && !copied.includes("\n") ? `    ${key}: ${copied}` : undefined;
  });
  const known = lines.filter((line) => line !== undefined);
  return known.length === lines.length ? known : undefined;
}

function hasFallback(step: Step, id: string): boolean {
  return step.job.steps.some(({ file, node }) => {
    const condition = textOf(file.yaml.at(node, "if")) ?? "";
    return condition.toLowerCase().includes(`steps.${id.toLowerCase()}.outcome`);
  });
}

/** An id that no step of the job has. */
function freeId({ job }: Step): string {
  const taken = job.steps.map(({ file, node }) => textOf(file.yaml.at(node, "id"))?.toLowerCase());
  const ids = ["ghcr-login", ...job.steps.map((_step, index) => `ghcr-login-${index + 2}`)];
  return ids.find((id) => !taken.includes(id)) ?? "ghcr-login";
}

function report({ file, line }: Step): Change {
  return {
    unresolved: {
      file,
      line,
      reason: "a second login, for a token that has expired, cannot be added behind this one",
      fix: [
        "in this step:",
        "id: ghcr-login",
        "continue-on-error: true",
        "and a step behind it, with the same registry and username:",
        "if: steps.ghcr-login.outcome == 'failure'",
        "password: ${{ secrets.GITHUB_TOKEN }}",
      ].join("\n"),
    },
  };
}
