import { Scalar, visit, type YAMLMap } from "yaml";
import {
  copyOf,
  insertStep,
  mapOf,
  partOf,
  removeStep,
  setBefore,
  setInput,
  stepOf,
  stepsOf,
  stepUsing,
} from "./template.ts";
import type { Kind } from "./workflow-options.ts";
import { dropAttestationPermissions } from "./workflow-settings.ts";

const onPush = "github.event_name == 'push'";

/**
 * The template's job as one that builds a part of an image: it pushes without a tag, and hands the digest over.
 *
 * @see https://docs.docker.com/build/ci/github-actions/multi-platform/#distribute-build-across-multiple-runners
 */
export function digestJob(template: YAMLMap, kind: Kind): YAMLMap {
  const job = copyOf(template);
  const build = stepOf(job, "build");
  const push = kind === "ci" ? `\${{ ${onPush} }}` : "true";
  const output = `type=image,push-by-digest=true,name-canonical=true,push=${push}`;
  build.deleteIn(["with", "push"]);
  setInput(build, "tags", new Scalar("${{ env.IMAGE }}"));
  setInput(build, "outputs", new Scalar(output));
  for (const part of [partOf("digest"), partOf("upload")]) {
    if (kind === "ci") setCondition(part, onPush);
    insertStep(job, part);
  }
  if (kind === "release") {
    const commit = new Scalar("${{ steps.checkout.outputs.commit }}");
    setBefore(job, "steps", "outputs", mapOf({ commit }));
  }
  if (isAttesting(job)) {
    removeStep(job, "attest");
    dropAttestationPermissions(job);
  }
  return job;
}

/** The template's job as one that publishes under its tags what was pushed by digest. */
export function indexJob(template: YAMLMap, kind: Kind): YAMLMap {
  const job = copyOf(template);
  const { items } = stepsOf(job);
  const builders = [stepUsing(job, "actions/checkout"), stepOf(job, "qemu"), stepOf(job, "build")];
  const index = partOf("index");
  insertStep(job, index, "build");
  insertStep(job, partOf("download"), "login");
  for (const step of builders) items.splice(items.indexOf(step), 1);
  setBefore(job, "runs-on", "needs", new Scalar("build"));
  // Also after a build that failed: other images have all of theirs. A push that a later one has cancelled has
  // nothing to publish; a required check of a pull request must not be skipped.
  const condition =
    kind === "ci"
      ? "${{ !cancelled() || github.event_name != 'push' }}"
      : "${{ !cancelled() }}";
  setBefore(job, "runs-on", "if", new Scalar(condition));
  stepOf(job, "metadata").setIn(["env", "DOCKER_METADATA_ANNOTATIONS_LEVELS"], "index");
  stepOf(job, "metadata").deleteIn(["with", "labels"]);
  replaceIn(job, "steps.build.", "steps.index.");
  replaceIn(job, "steps.checkout.outputs.commit", "needs.build.outputs.commit");
  replaceIn(job, "Otherwise the build itself failed.", "Otherwise the log above says why.");
  if (kind === "ci") {
    if (items.some((step) => step.get("id") === "pull-login")) removeStep(job, "pull-login");
    const buildx = stepUsing(job, "docker/setup-buildx-action");
    for (const step of [buildx, stepOf(job, "download"), stepOf(job, "metadata"), index])
      setCondition(step, onPush);
    const builds = partOf("builds");
    builds.spaceBefore = false;
    items.unshift(builds);
  }
  return job;
}

function isAttesting(job: YAMLMap): boolean {
  return stepsOf(job).items.some((step) => step.get("id") === "attest");
}

function setCondition(step: YAMLMap, condition: string): void {
  setBefore(step, step.has("uses") ? "uses" : "env", "if", new Scalar(condition));
}

function replaceIn(job: YAMLMap, text: string, by: string): void {
  visit(job, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string")
        scalar.value = scalar.value.replaceAll(text, () => by);
    },
  });
}
