import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { buildImage, describe, type Image } from "../image/build-image.ts";
import { buildLayer, listContext, parseDockerIgnore } from "../image/build-layer.ts";
import { readAnnotations, readAttestations, readLabels } from "../image/build-inputs.ts";
import { readBuildOutput } from "../image/build-output.ts";
import { pairsOf, readLines, splitList } from "../image/csv.ts";
import { mountSecrets } from "../image/build-secrets.ts";
import { contextSources, executedFor, findStage, parseDockerfile } from "../image/dockerfile.ts";
import { pushImage } from "../image/push-image.ts";
import {
  type ActionStep,
  inputs,
  type KnownAction,
  prefixed,
  StepFailure,
} from "../action/known-action.ts";
import { writeFiles } from "../action/write-files.ts";

/** How the action words that buildx ended with an error, and buildx that BuildKit did. */
const FAILED = "buildx failed with: ERROR: failed to build: ";
const UNSOLVED = "failed to solve: ";

/**
 * Builds a real, tiny image out of the build context (nothing of the Dockerfile is executed) and
 * pushes it with the OCI distribution protocol.
 * @see https://github.com/docker/build-push-action
 */
export const buildPush: KnownAction = {
  inputs: {
    ...inputs(
      "add-hosts allow annotations attests build-args build-contexts builder cache-from cache-to call cgroup-parent context file labels network no-cache-filters outputs platforms provenance sbom secrets secret-envs secret-files shm-size ssh tags target ulimit",
    ),
    load: "false",
    "no-cache": "false",
    pull: "false",
    push: "false",
    "github-token": "${{ github.token }}",
  },
  async run(step) {
    if (!/^(build)?$/.test(step.input("call"))) {
      throw new StepFailure(`the simulator does not know call=${step.input("call")}`);
    }
    const output = await prefixed(FAILED, () => readBuildOutput(step));
    for (const name of ["cache-from", "cache-to"]) {
      for (const line of step.lines(name)) {
        step.info(`${name}: ${line} is left out: the simulator builds without a cache`);
      }
    }
    const image = await prefixed(FAILED, async () => {
      const context = contextOf(step);
      // Of flags that it cannot read, buildx complains before BuildKit solves anything.
      const flags = flagsOf(step, output.push);
      return prefixed(UNSOLVED, () => build(step, context, flags));
    });
    step.group("ImageID", [image.imageId]);
    step.setOutput("imageid", image.imageId);
    if (output.push) {
      await prefixed(`${FAILED}${UNSOLVED}`, () => pushImage(step, image, output));
    }
    const { digest } = image.root;
    step.group("Digest", [digest]);
    step.setOutput("digest", digest);
    const metadata = JSON.stringify(
      {
        "containerimage.config.digest": image.imageId,
        "containerimage.descriptor": describe(image.root),
        "containerimage.digest": digest,
        "image.name": output.names.join(","),
      },
      null,
      2,
    );
    step.group("Metadata", metadata.split("\n"));
    step.setOutput("metadata", metadata);
  },
};

async function build(
  step: ActionStep,
  { root, folder }: ReturnType<typeof contextOf>,
  { platforms, labels, ...flags }: ReturnType<typeof flagsOf>,
): Promise<Image> {
  const dockerfile = resolve(root, step.input("file") || join(folder, "Dockerfile"));
  if (!existsSync(dockerfile)) {
    throw new StepFailure(
      `failed to read dockerfile: open ${basename(dockerfile)}: no such file or directory`,
    );
  }
  const instructions = parseDockerfile(readFileSync(dockerfile, "utf8"));
  const stage = findStage(instructions, step.input("target"));
  const ignoreFile = [`${dockerfile}.dockerignore`, join(folder, ".dockerignore")].find(existsSync);
  const keep = parseDockerIgnore(ignoreFile === undefined ? "" : readFileSync(ignoreFile, "utf8"));
  const paths = listContext(folder, keep);
  assertSources(instructions, paths, folder);
  step.info(`#1 [internal] load build definition from ${basename(dockerfile)}`);
  step.info(`#2 [internal] load build context: ${paths.length} files`);
  mountSecrets(step, executedFor(stage, instructions));
  return buildImage({
    layer: await buildLayer(folder, paths),
    platforms: platforms.length === 0 ? ["linux/amd64"] : platforms,
    labels: { ...readLabels(stage), ...labels },
    stage,
    ...flags,
  });
}

function flagsOf(step: ActionStep, push: boolean) {
  return {
    platforms: splitList(step.lines("platforms")),
    labels: pairsOf(readLines(step.input("labels"))),
    annotations: readAnnotations(readLines(step.input("annotations"))),
    attestations: readAttestations(step, push),
  };
}

/**
 * A folder of the workspace; without the input, of the commit itself.
 * @see https://github.com/docker/build-push-action#git-context
 */
function contextOf(step: ActionStep): { root: string; folder: string } {
  const [, git, asked = "."] =
    /^(\{\{\s*defaultContext\s*\}\}:?)?(.+)?$/.exec(
      step.input("context") || "{{defaultContext}}",
    ) ?? [];
  if (/^https?:|^git@/.test(asked)) {
    throw new StepFailure(`the simulator does not know build contexts like ${asked}`);
  }
  const root = git === undefined ? step.folders.workspace : checkOut(step);
  const folder = resolve(root, asked);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new StepFailure(`unable to prepare context: path "${asked}" not found`);
  }
  return { root: git === undefined ? root : folder, folder };
}

/** The commit of the run, as BuildKit fetches it from Git. */
function checkOut({ host, event, folders, input }: ActionStep): string {
  const { owner, repo, sha } = event;
  if (host.mayRead(owner, repo, input("github-token")) !== "yes") {
    throw new StepFailure(
      `failed to solve: failed to read dockerfile: failed to load cache key: repository '${host.serverUrl}/${owner}/${repo}.git/' not found`,
    );
  }
  const folder = mkdtempSync(join(folders.temp, "git-context-"));
  writeFiles(folder, host.readTree(owner, repo, sha));
  return folder;
}

/** The sources of `COPY` must exist in the context. */
function assertSources(
  instructions: ReturnType<typeof parseDockerfile>,
  paths: readonly string[],
  folder: string,
): void {
  for (const { value } of contextSources(instructions)) {
    const source = value.replace(/^\.?\//, "").replace(/\/$/, "");
    if (source === "" || source === "." || /[*?[]/.test(source)) continue;
    const isThere = paths.some((path) => path === source || path.startsWith(`${source}/`));
    const isEmptyFolder = !isThere && existsSync(join(folder, source)) && paths.length === 0;
    if (isThere || isEmptyFolder) continue;
    throw new StepFailure(
      `failed to compute cache key: failed to calculate checksum of ref: "/${source}": not found`,
    );
  }
}
