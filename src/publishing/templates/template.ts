import { readFileSync } from "node:fs";
import { isMap, isScalar, Pair, parseDocument, Scalar, visit, YAMLMap } from "yaml";
import type { Document, Node, YAMLSeq } from "yaml";
import { githubCom, type GitHubHost } from "../../github-host.ts";
import { actionPins } from "./action-pins.ts";

/** Templates as they were parsed; a fleet renders each of them once a repository. */
const parsed = new Map<string, Document>();

/** Where a workflow publishes. */
export interface PublishingPlace {
  readonly host: GitHubHost;
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
}

/** A template of ./templates as a document of one's own, whose comments survive rendering. */
export function loadTemplate(name: string, place?: PublishingPlace): Document {
  const template = parsed.get(name) ?? parseTemplate(name);
  parsed.set(name, template);
  const own = template.clone();
  if (place) setPlace(own, place);
  return own;
}

/** How every rendered file begins, behind the mark of a comment. */
const templateHeader = " Managed by ghcr-fleet: its next run overwrites what is changed here.";

/** Whether a file came from a template, of whatever options and version. */
export function isFromTemplate(text: string): boolean {
  return text.startsWith(`#${templateHeader}`);
}

function parseTemplate(name: string): Document {
  const text = readFileSync(new URL(`./workflows/${name}`, import.meta.url), "utf8");
  const workflow = parseDocument(text);
  workflow.commentBefore = [
    templateHeader,
    " Change the fleet's configuration (Pulumi.<stack>.yaml), or for every repository",
    ` ghcr-fleet's template ${name}.`,
  ].join("\n");
  return workflow;
}

/** The workflow's text: no line is folded, so that a change of one value is a change of one line. */
export function printTemplate(workflow: Document): string {
  return workflow.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

/** A job of the template, by its id. */
export function jobOf(workflow: Document, id = "image"): YAMLMap {
  const job = workflow.getIn(["jobs", id]);
  if (!isMap(job)) throw new Error(`the template has no job named ${id}`);
  return job;
}

/** Another job with the same steps. */
export function copyOf(job: YAMLMap): YAMLMap {
  const copy: unknown = job.clone();
  if (!isMap(copy)) throw new Error("the copy of a map is one");
  return copy;
}

/** The step with this id in a job of the template. */
export function stepOf(job: YAMLMap, id: string): YAMLMap {
  const step = stepsOf(job).items.find((item) => item.get("id") === id);
  if (!step) throw new Error(`the template has no step with the id ${id}`);
  return step;
}

export function removeStep(job: YAMLMap, id: string): void {
  const steps = stepsOf(job);
  steps.items.splice(steps.items.indexOf(stepOf(job, id)), 1);
}

/** Puts a step before the one with this id, or at the end. */
export function insertStep(job: YAMLMap, step: YAMLMap, before?: string): void {
  const { items } = stepsOf(job);
  items.splice(before === undefined ? items.length : items.indexOf(stepOf(job, before)), 0, step);
}

/** A step that only some jobs have, from the template's parts. */
export function partOf(id: string): YAMLMap {
  const step = stepOf(jobOf(loadTemplate("parts.yml")), id);
  step.spaceBefore = true;
  return step;
}

/** Adds a job behind the others. */
export function addJob(workflow: Document, id: string, job: YAMLMap): void {
  const key = new Scalar(id);
  key.spaceBefore = true;
  (workflow.get("jobs") as YAMLMap).add(new Pair(key, job));
}

export function mapOf(entries: Readonly<Record<string, Node | undefined>>): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of Object.entries(entries)) if (value) map.set(new Scalar(key), value);
  return map;
}

/** The step that uses an action. */
export function stepUsing(job: YAMLMap, action: string): YAMLMap {
  const step = stepsOf(job).items.find((item) => item.get("uses") === action);
  if (!step) throw new Error(`the template has no step that uses ${action}`);
  return step;
}

/** Sets one entry below `with` of a step or a calling job. No value, or an empty one, removes the entry. */
export function setInput(step: YAMLMap, input: string, value: Node | undefined): void {
  if (!value || (isScalar(value) && value.value === "")) step.deleteIn(["with", input]);
  else step.setIn(["with", input], value);
}

/** Puts an entry before another one of a job or step. */
export function setBefore(map: YAMLMap, before: string, key: string, value: Node): void {
  map.delete(key);
  const at = map.items.findIndex((item) => String(item.key) === before);
  map.items.splice(at, 0, new Pair(new Scalar(key), value));
}

/** All jobs of the workflow. */
export function jobsOf(workflow: Document): YAMLMap[] {
  return (workflow.get("jobs") as YAMLMap<Scalar, YAMLMap>).items.flatMap(({ value }) => value ?? []);
}

/** The steps of a job of the template. */
export function stepsOf(job: YAMLMap): YAMLSeq<YAMLMap> {
  return job.get("steps") as YAMLSeq<YAMLMap>;
}

/** Turns every bare `uses: owner/action` into its pinned commit, with the version as comment. */
export function pinActions(workflow: Document): void {
  visit(workflow, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== "uses" || !isScalar(value)) return;
      const action = String(value.value);
      const pin = actionPins[action];
      if (!pin) throw new Error(`action-pins.ts has no pin for ${action}`);
      value.value = `${action}@${pin.sha}`;
      value.comment = ` ${pin.version}`;
    },
  });
}

/** Names the registry, and links to its host, wherever the template names those of github.com. */
function setPlace(workflow: Document, { host, registry }: PublishingPlace): void {
  if (registry === "ghcr.io" && host.web === githubCom.web) return;
  const named = (text: string) =>
    text
      .replaceAll(/\bghcr\.io\b/g, () => registry)
      .replaceAll("https://github.com/", () => `${host.web}/`);
  visit(workflow, {
    Node(_, node) {
      if (isScalar(node) && typeof node.value === "string") node.value = named(node.value);
      if (node.comment) node.comment = named(node.comment);
      if (node.commentBefore) node.commentBefore = named(node.commentBefore);
    },
  });
}

/** Writes the secret's name wherever the template says GHCR_PAT. */
export function renameSecret(workflow: Document, secretName: string): void {
  visit(workflow, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string")
        scalar.value = scalar.value.replaceAll("GHCR_PAT", () => secretName);
    },
  });
}
