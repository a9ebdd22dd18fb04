import { isScalar, type Node, type YAMLMap } from "yaml";
import { expressionsIn, parseExpression, readsOf, type Read } from "./language/expressions.ts";
import { setsOutput } from "./language/sets-output.ts";
import { remembered } from "./remembered.ts";
import type { Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

/** The maps around an expression, the innermost first. */
type Scopes = readonly YAMLMap[];

/**
 * Whether an outsider may choose the text that an expression shows, or a part of it. Values are
 * followed through variables, the matrix, and outputs of steps and jobs.
 */
export function showsUntrusted(
  workflow: Workflow,
  expression: string,
  scopes: Scopes,
  by: Search["by"] = "anyone",
): boolean {
  return shows(workflow, expression, scopes, { by, hops: mostHops });
}

interface Search {
  /** The texts of all outsiders, or only of those who may not write to the repository. */
  readonly by: "anyone" | "strangers";
  readonly hops: number;
}

const deeper = (search: Search): Search => ({ ...search, hops: search.hops - 1 });

/** Outputs may be passed on in a circle. */
const mostHops = 10;

function shows(workflow: Workflow, expression: string, scopes: Scopes, search: Search): boolean {
  const reads = readsOf(parseExpression(expression)).filter(({ shown }) => shown);
  return (
    search.hops > 0 &&
    reads.some((read) =>
      remembered(workflow, scopes, [search.by, search.hops, ...read.path].join("."), () =>
        isUntrusted(workflow, read, scopes, deeper(search)),
      ),
    )
  );
}

function holds(
  workflow: Workflow,
  node: Node | undefined,
  scopes: Scopes,
  search: Search,
): boolean {
  if (isScalar(node))
    return expressionsIn(textOf(node) ?? "").some((each) => shows(workflow, each, scopes, search));
  const { yaml } = workflow;
  const inside = [...yaml.items(node), ...yaml.entries(node).map(({ value }) => value)];
  return inside.some((each) => holds(workflow, each, scopes, search));
}

function isUntrusted(workflow: Workflow, { path }: Read, scopes: Scopes, search: Search): boolean {
  const [context = "", name, , output] = path;
  switch (context) {
    case "github":
      return isUntrustedEvent(workflow, path, search);
    case "inputs":
      return isFreeInput(workflow, name, search);
    // A variable inserted into a script is as dangerous as the expression that it was set from.
    case "env":
      return name !== undefined && isUntrustedVariable(workflow, name, scopes, search);
    case "matrix":
      return isUntrustedMatrix(workflow, name, scopes, search);
    case "steps":
      return name === undefined || isUntrustedStep(workflow, name, output, scopes, search);
    case "needs":
      return name === undefined || isUntrustedOutput(workflow, name, output, search);
    default:
      return false;
  }
}

/**
 * Contexts other than the event whose value an outsider may choose.
 * https://docs.github.com/en/actions/concepts/security/script-injections
 */
const untrustedNames = new Set(["head_ref", "base_ref", "ref", "ref_name", "workflow_ref", "*"]);

/** The names among these that only people who may push to the repository choose. */
const writersNames = new Set(["base_ref", "ref", "ref_name", "workflow_ref"]);

/**
 * Parts of an event that only people with write access to the repository write.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
const writersParts = new Set([
  ...["base_ref", "client_payload", "deployment", "deployment_status", "description", "label"],
  ...["master_branch", "merge_group", "milestone", "package", "ref", "registry_package", "release"],
]);

/** Parts of an event that only GitHub writes, or people who may change the repository's settings. */
const trustedParts = new Set(["repository", "organization", "enterprise", "sender"]);

/** Endings of values that GitHub creates: numbers, dates, commits, states, logins, addresses. */
const trustedEndings = new RegExp(
  `^(?:${[
    ...["id", ".*_id", "number", ".*_number", "count", ".*_count", "size", "sha", ".*_sha"],
    ...["before", "after", "timestamp", ".*_at", "login", "type", "action", "state", ".*_state"],
    ...["status", "conclusion", "author_association", "full_name", "url", "html_url", "diff_url"],
    ...["patch_url", "avatar_url", "clone_url", "git_url", "ssh_url", "run_attempt", "additions"],
    ...["deletions", "changed_files", "comments", "review_comments", "merged", "mergeable"],
    ...["draft", "prerelease", "locked", "private", "public", "fork", "archived", "visibility"],
    ...["schedule", "created", "deleted", "forced", "distinct", "color", "line", "position"],
  ].join("|")})$`,
);

function isUntrustedEvent(workflow: Workflow, path: readonly string[], search: Search): boolean {
  const [, second, part, name] = path;
  if (second === undefined) return true;
  const byWriters = search.by === "anyone";
  if (second !== "event")
    return untrustedNames.has(second) && (byWriters || !writersNames.has(second));
  if (part === undefined) return true;
  if (part === "inputs") return isFreeInput(workflow, name, search);
  if (writersParts.has(part) && !byWriters) return false;
  if (trustedParts.has(part)) return name === undefined;
  // A push event lists the commits themselves here.
  if (part === "pull_request" && name === "commits") return false;
  // The sender of the event chooses all of it; the address of a release contains its tag.
  if (part === "client_payload") return true;
  const ending = path.at(-1) ?? "";
  if (part === "release" && ending === "html_url") return true;
  return !trustedEndings.test(ending);
}

/**
 * Inputs of a type with free text. Those of a manual start come from people with write access only;
 * those from a calling workflow may come from anybody.
 */
function isFreeInput(
  { kind, triggers, yaml }: Workflow,
  name: string | undefined,
  { by }: Search,
): boolean {
  if (by === "strangers" && kind === "workflow" && !triggers.has("workflow_call")) return false;
  if (name === undefined || name === "*") return true;
  const types = ["workflow_dispatch", "workflow_call"].flatMap((event) => {
    const input = yaml.find(yaml.at(triggers.get(event)?.settings, "inputs"), name);
    return input ? [textOf(yaml.at(input, "type")) ?? "string"] : [];
  });
  return types.length === 0 || types.includes("string");
}

/**
 * A step's own `env` comes before variables that earlier steps of its job wrote, and those before the
 * `env` further out. The value of a variable sees only what is further out.
 */
function isUntrustedVariable(
  workflow: Workflow,
  name: string,
  scopes: Scopes,
  search: Search,
): boolean {
  const { yaml } = workflow;
  const job = jobIndex(workflow, scopes);
  for (const [index, scope] of scopes.entries()) {
    if (index === job && isWrittenUntrusted(workflow, name, scopes, search)) return true;
    const variables = yaml.at(scope, "env");
    if (name === "*" && holds(workflow, variables, scopes.slice(index + 1), search)) return true;
    const value = yaml.find(variables, name);
    if (value) return holds(workflow, value, scopes.slice(index + 1), search);
  }
  return false;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable */
function isWrittenUntrusted(
  workflow: Workflow,
  name: string,
  scopes: Scopes,
  search: Search,
): boolean {
  const { yaml } = workflow;
  const outer = scopes.slice(jobIndex(workflow, scopes));
  const steps = yaml.items(yaml.at(outer[0], "steps")).flatMap((each) => yaml.map(each) ?? []);
  const own = steps.findIndex((step) => scopes.includes(step));
  return steps.slice(0, Math.max(0, own)).some((step) => {
    const script = textOf(yaml.at(step, "run")) ?? "";
    if (!script.includes("GITHUB_ENV")) return false;
    return passesOn(workflow, script, name, [step, ...outer], search);
  });
}

function isUntrustedMatrix(
  workflow: Workflow,
  name: string | undefined,
  scopes: Scopes,
  search: Search,
): boolean {
  const { yaml } = workflow;
  const outer = scopes.slice(jobIndex(workflow, scopes));
  const matrix = yaml.at(outer[0], "strategy", "matrix");
  if (name === undefined || name === "*" || isScalar(matrix))
    return holds(workflow, matrix, outer, search);
  const include = yaml.at(matrix, "include");
  const values = [
    yaml.find(matrix, name),
    ...yaml.items(include).map((each) => yaml.find(each, name)),
  ];
  if (isScalar(include)) values.push(include);
  return values.some((value) => holds(workflow, value, outer, search));
}

function isUntrustedStep(
  workflow: Workflow,
  id: string,
  output: string | undefined,
  scopes: Scopes,
  search: Search,
): boolean {
  const { yaml } = workflow;
  const outer = scopes.slice(jobIndex(workflow, scopes));
  const step = yaml
    .items(yaml.at(outer[0], "steps"))
    .find((each) => id === "*" || textOf(yaml.at(each, "id"))?.toLowerCase() === id);
  const own = yaml.map(step);
  if (!own) return false;
  const run = textOf(yaml.at(own, "run"));
  if (run !== undefined) return passesOn(workflow, run, output, [own, ...outer], search);
  // In a language other than the shell's, every mentioned variable may be written to an output.
  const script = asPasted(
    workflow,
    textOf(yaml.at(own, "with", "script")),
    [own, ...outer],
    search,
  );
  return untrustedVariables(workflow, script, [own, ...outer], search).length > 0;
}

/**
 * Whether a shell script writes, to an output of this name or of any name (`*`), a value that an
 * outsider may choose.
 */
function passesOn(
  workflow: Workflow,
  script: string,
  name: string | undefined,
  scopes: Scopes,
  search: Search,
): boolean {
  const pasted = asPasted(workflow, script, scopes, search);
  const variables = untrustedVariables(workflow, pasted, scopes, search);
  return setsOutput(pasted, name === "*" ? undefined : name, variables);
}

/** A placeholder for inserted values in a script. */
const pastedVariable = "PASTED_BY_GITHUB";

/** A script with a variable in place of each expression whose value an outsider may choose. */
function asPasted(workflow: Workflow, script = "", scopes: Scopes, search: Search): string {
  return expressionsIn(script)
    .filter((each) => shows(workflow, each, scopes, search))
    .reduce((text, each) => text.replaceAll(`\${{${each}}}`, `$${pastedVariable}`), script);
}

/**
 * Variables that GitHub sets in every step.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
const untrustedDefaults = [
  pastedVariable,
  "GITHUB_HEAD_REF",
  "GITHUB_BASE_REF",
  "GITHUB_REF",
  "GITHUB_REF_NAME",
  "GITHUB_WORKFLOW_REF",
];

/** The one among these that people without write access choose. */
const strangersDefaults = [pastedVariable, "GITHUB_HEAD_REF"];

/** The variables that a script mentions and whose value an outsider may choose. */
function untrustedVariables(
  workflow: Workflow,
  script: string,
  scopes: Scopes,
  search: Search,
): string[] {
  const { yaml } = workflow;
  const set = scopes.flatMap((scope) => yaml.entries(yaml.at(scope, "env")).map(({ key }) => key));
  const mentioned = [...new Set(script.match(/\w+/g) ?? [])];
  const defaults = search.by === "anyone" ? untrustedDefaults : strangersDefaults;
  return mentioned.filter(
    (name) =>
      defaults.includes(name) ||
      (set.includes(name) && isUntrustedVariable(workflow, name, scopes, search)),
  );
}

function isUntrustedOutput(
  workflow: Workflow,
  id: string,
  output: string | undefined,
  search: Search,
): boolean {
  const { yaml, root } = workflow;
  const job = yaml.map(yaml.find(yaml.at(root, "jobs"), id));
  if (!job || !root) return false;
  const outputs = yaml.at(job, "outputs");
  const known = output === undefined || output === "*" ? outputs : yaml.find(outputs, output);
  return holds(workflow, known, [job, root], search);
}

/** The index of the job among the maps around an expression. */
function jobIndex({ jobs }: Workflow, scopes: Scopes): number {
  const index = scopes.findIndex((scope) => jobs.some(({ node }) => node === scope));
  return index < 0 ? scopes.length : index;
}
