import type { Document, YAMLMap } from "yaml";
import { digestJob, indexJob } from "./index-job.ts";
import { inertScalar } from "./inert-scalar.ts";
import { buildRow, setBuild, setBuilds } from "./build-job.ts";
import { runnerNode, setMatrix, type Row } from "./matrix.ts";
import { buildsByRunner, type Build } from "./runners.ts";
import { addJob, jobOf } from "./template.ts";
import type { ImageOptions, Kind, WorkflowOptions } from "./workflow-options.ts";
import { imageAddress } from "../../image-address.ts";

/** An image, what builds it, and the name of the job that publishes it. */
interface Plan {
  readonly image: ImageOptions;
  readonly builds: readonly Build[];
  readonly name: string;
}

/**
 * Writes the jobs of a file: one for one image on one runner. Several images are a matrix with a job each. An image
 * whose platforms have several runners is built by a job each, and published by one that makes their index.
 */
export function setJobs(workflow: Document, options: WorkflowOptions, kind: Kind): void {
  const job = jobOf(workflow);
  const plans = planImages(options, kind, String(job.get("name")));
  const whole = plans.filter(({ builds }) => builds.length === 1);
  const divided = plans.filter(({ builds }) => builds.length > 1);
  if (!options.images && whole[0]) {
    setOneJob(workflow, options, whole[0]);
    return;
  }
  removeVariable(workflow, "IMAGE");
  if (divided.length > 0) {
    const images = divided.map(({ image }) => image);
    const builds = divided.flatMap((plan) => divisionRows(options, plan));
    const indexes = divided.map((plan) => indexRow(options, plan));
    addJob(workflow, "build", setBuilds(digestJob(job, kind), builds, images));
    addJob(workflow, "index", setMatrix(indexJob(job, kind), indexes));
  }
  if (whole.length === 0) workflow.deleteIn(["jobs", "image"]);
  else {
    const rows = whole.map((plan) => imageRow(options, plan));
    const images = whole.map(({ image }) => image);
    setBuilds(job, rows, images);
  }
}

function planImages(options: WorkflowOptions, kind: Kind, name: string): Plan[] {
  const { images, jobName } = options;
  const onlyName = kind === "ci" ? (jobName ?? name) : name;
  return (images ?? [options]).map((image) => ({
    image,
    builds: buildsByRunner(image),
    name: images ? nameOf(image, kind, jobName) : onlyName,
  }));
}

/** Stable for an image, whichever others there are: a branch may require the check of this name. */
function nameOf({ image }: ImageOptions, kind: Kind, jobName: string | undefined): string {
  if (kind === "release") return `Build and publish ${image}`;
  // As GitHub names the jobs of a matrix.
  return jobName === undefined ? `Build ${image}, publish it on push` : `${jobName} (${image})`;
}

function setOneJob(workflow: Document, options: WorkflowOptions, { image, builds, name }: Plan) {
  const job = jobOf(workflow);
  workflow.setIn(["env", "IMAGE"], imageAddress(options, image.image));
  if (job.get("name") !== name) job.set("name", inertScalar(name));
  setBuild(job, buildRow(image, builds[0] as Build), [image]);
}

/** The job of an image that one runner builds. */
function imageRow(options: WorkflowOptions, { image, builds, name }: Plan): Row {
  return {
    name: inertScalar(name),
    image: inertScalar(imageAddress(options, image.image)),
    scope: inertScalar(image.image),
    ...buildRow(image, builds[0] as Build),
  };
}

/** The jobs of an image that several runners build. */
function divisionRows(options: WorkflowOptions, { image, builds }: Plan): Row[] {
  return builds.map((build) => ({
    name: inertScalar(`Build ${image.image} for ${build.platforms.join(", ")}`),
    image: inertScalar(imageAddress(options, image.image)),
    build: inertScalar(keyOf(build)),
    artifact: inertScalar(`${artifactOf(image)}@${keyOf(build)}`),
    scope: inertScalar(`${image.image}@${keyOf(build)}`),
    ...buildRow(image, build),
  }));
}

/** The job that publishes them under one name. */
function indexRow(options: WorkflowOptions, { image, builds, name }: Plan): Row {
  return {
    name: inertScalar(name),
    image: inertScalar(imageAddress(options, image.image)),
    artifacts: inertScalar(`${artifactOf(image)}@*`),
    builds: inertScalar(builds.map(keyOf).join(" ")),
    runner: runnerNode(image.runner),
  };
}

/** "linux-arm64": a name of a file. */
function keyOf({ platforms }: Build): string {
  return platforms.join("-").replaceAll("/", "-");
}

/** Names of artifacts have no slash, and names of images no `+`. */
function artifactOf({ image }: ImageOptions): string {
  return image.replaceAll("/", "+");
}

/** Each job of the matrix has its own. */
function removeVariable(workflow: Document, name: string): void {
  workflow.deleteIn(["env", name]);
  if ((workflow.get("env") as YAMLMap).items.length === 0) workflow.delete("env");
}
