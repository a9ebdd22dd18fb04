import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ActionStep,
  inputs,
  type KnownAction,
  StepFailure,
} from "../../action/known-action.ts";
import { pairsOf, readLines } from "../../image/csv.ts";
import type { Json } from "../../language/expression.ts";
import { parseFlavor, parseImages } from "./metadata-inputs.ts";
import { resolveTags } from "./metadata-tags.ts";
import { renderTemplate, type TagSource, under } from "./metadata-template.ts";
import { subjectsOf } from "../../host/actions-event.ts";

/**
 * Tags, labels and annotations of an image, from the event.
 * @see https://github.com/docker/metadata-action
 */
export const metadata: KnownAction = {
  inputs: {
    ...inputs("images tags flavor labels annotations sep-tags sep-labels sep-annotations"),
    context: "workflow",
    "bake-target": "docker-metadata-action",
    "github-token": "${{ github.token }}",
  },
  run(step) {
    const source = readTagSource(step);
    const list = (name: string): string[] => readLines(step.input(name), { comments: true });
    const images = parseImages(list("images"));
    const names = resolveTags(list("tags"), parseFlavor(list("flavor")), source, step.warning);
    const [version = ""] = names;
    const tags = tagImages(images, names);
    if (version === "") {
      step.warning("No Docker image version has been generated. Check tags input.");
    }
    if (tags.length === 0) step.warning("No Docker tag has been generated. Check tags input.");
    const labels = describeImage(step, source, version, list("labels"));
    const annotations = atLevels(step, describeImage(step, source, version, list("annotations")));
    step.group("Docker tags", tags);
    step.group("Docker labels", labels);
    const join = (name: string, values: readonly string[]): string =>
      values.join(step.untrimmed(`sep-${name}`) || "\n");
    setOutputs(step, {
      version,
      tags: join("tags", tags),
      "tag-names": join("tags", names),
      labels: join("labels", labels),
      annotations: join("annotations", annotations),
      json: JSON.stringify({ tags, "tag-names": names, labels: pairs(labels), annotations }),
      ...bakeFiles(step, { tags, images, version, labels: pairs(labels), annotations }),
    });
  },
};

function tagImages(images: readonly string[], names: readonly string[]): string[] {
  if (images.length === 0) return [...names];
  return images.flatMap((image) => names.map((tag) => `${image}:${tag}`));
}

function atLevels(step: ActionStep, annotations: readonly string[]): string[] {
  const levels = (step.env.DOCKER_METADATA_ANNOTATIONS_LEVELS || "manifest").split(",");
  return levels.flatMap((level) => annotations.map((each) => `${level}:${each}`));
}

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
function describeImage(
  step: ActionStep,
  source: TagSource,
  version: string,
  own: readonly string[],
): string[] {
  const { repository, host } = step;
  const url = `${host.serverUrl}/${repository.owner}/${repository.name}`;
  const standard = {
    title: repository.name,
    description: repository.description,
    url,
    source: url,
    version,
    created: source.now.toISOString(),
    revision: source.sha,
    licenses: repository.license,
  };
  const all = {
    ...Object.fromEntries(
      Object.entries(standard).map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
    ),
    ...pairs(own.map((line) => renderTemplate(line, source))),
  };
  return Object.entries(all)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key}=${value}`);
}

/** A line without `=` is not a label. */
function pairs(lines: readonly string[]): Record<string, string> {
  return pairsOf(lines.filter((line) => line.includes("=")));
}

/** https://github.com/docker/metadata-action#bake-definition */
function bakeFiles(
  step: ActionStep,
  made: {
    tags: readonly string[];
    images: readonly string[];
    version: string;
    labels: Record<string, string>;
    annotations: readonly string[];
  },
): Record<string, string> {
  const folder = mkdtempSync(join(step.folders.temp, "docker-actions-toolkit-"));
  const { tags, labels, annotations } = made;
  const args = {
    DOCKER_META_IMAGES: made.images.join(","),
    ...(made.version !== "" && { DOCKER_META_VERSION: made.version }),
  };
  const write = (suffix: string, definition: Json): string => {
    const file = join(folder, `docker-metadata-action-bake${suffix}.json`);
    const target = { [step.input("bake-target") || "docker-metadata-action"]: definition };
    writeFileSync(file, JSON.stringify({ target }, null, 2));
    return file;
  };
  return {
    "bake-file-tags": write("-tags", { tags, args }),
    "bake-file-labels": write("-labels", { labels }),
    "bake-file-annotations": write("-annotations", { annotations }),
    "bake-file": write("", { tags, labels, args }),
  };
}

/** Outputs are also variables of later steps, unless `DOCKER_METADATA_SET_OUTPUT_ENV` is off. */
function setOutputs(step: ActionStep, outputs: Readonly<Record<string, string>>): void {
  const exported = !/^(0|f|false)$/i.test(step.env.DOCKER_METADATA_SET_OUTPUT_ENV ?? "");
  for (const [name, value] of Object.entries(outputs)) {
    step.setOutput(name, value);
    const variable = `DOCKER_METADATA_OUTPUT_${name.replaceAll(/\W/g, "_").toUpperCase()}`;
    if (exported) step.exportVariable(variable, value);
  }
}

/** What docker/metadata-action reads from the event. @throws StepFailure */
function readTagSource(step: ActionStep): TagSource {
  const { event, env, repository } = step;
  assertContext(step.input("context") || "workflow");
  const { number, pull_request: pull } = subjectsOf(event);
  const ofHead = /true/i.test(env.DOCKER_METADATA_PR_HEAD_SHA ?? "") ? pull?.head?.sha : undefined;
  // Its runs are on the base branch, but are about the pull request.
  const ref = event.name === "pull_request_target" ? `refs/pull/${number}/merge` : event.ref;
  const commit = step.host.commit(event.owner, event.repo, event.sha);
  return {
    ref,
    sha: ofHead ?? event.sha,
    eventName: event.name,
    defaultBranch: repository.defaultBranch,
    now: step.host.now(),
    commitDate: commit.date,
    baseRef: baseRefOf(ref, event.payload.base_ref, pull?.base?.ref),
    shortShaLength: env.DOCKER_METADATA_SHORT_SHA_LENGTH || "7",
  };
}

function assertContext(context: string): void {
  if (context === "workflow") return;
  if (context !== "git") throw new StepFailure(`Invalid context source: ${context}`);
  throw new StepFailure(`the simulator does not know context=${context}`);
}

/** A tag's branch, if the push names it, or the branch that a pull request targets. */
function baseRefOf(ref: string, pushed: unknown, base: string | undefined): string {
  if (under("refs/tags/", ref) !== undefined && typeof pushed === "string") {
    return pushed.replace(/^refs\/heads\//, "");
  }
  return under("refs/pull/", ref) === undefined ? "" : (base ?? "");
}
