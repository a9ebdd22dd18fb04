import { readFileSync } from "node:fs";
import { isScalar, parseDocument, visit } from "yaml";
import type { Document, Scalar, YAMLMap, YAMLSeq } from "yaml";
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
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

/** The step with this id in the template's only job, `image`. */
export function stepOf(workflow: Document, id: string): YAMLMap {
  const step = stepsOf(workflow).items.find((item) => item.get("id") === id);
  if (!step) throw new Error(`the template has no step with the id ${id}`);
  return step;
}

export function removeStep(workflow: Document, id: string): void {
  const steps = stepsOf(workflow);
  steps.items.splice(steps.items.indexOf(stepOf(workflow, id)), 1);
}

/** Sets one entry below `with` of a step or a calling job. An empty value removes the entry. */
export function setInput(step: YAMLMap, input: string, value: Scalar<string>): void {
  if (value.value === "") step.deleteIn(["with", input]);
  else step.setIn(["with", input], value);
}

function stepsOf(workflow: Document): YAMLSeq<YAMLMap> {
  return workflow.getIn(["jobs", "image", "steps"]) as YAMLSeq<YAMLMap>;
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
