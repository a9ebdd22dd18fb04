import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import { globFiles } from "../action/glob-files.ts";
import { type ActionStep, inputs, type KnownAction, StepFailure } from "../action/known-action.ts";
import type { Artifact } from "../records/run-record.ts";
import { zipArtifact } from "../records/serialize-run.ts";

const DAY = 24 * 60 * 60 * 1000;

/** https://github.com/actions/upload-artifact */
export const uploadArtifact: KnownAction = {
  inputs: {
    ...inputs("path retention-days"),
    name: "artifact",
    "if-no-files-found": "warn",
    "compression-level": "6",
    overwrite: "false",
    "include-hidden-files": "false",
    archive: "true",
  },
  run(step) {
    const { run, folders, host, repository } = step;
    const name = step.input("name");
    const [bad] = /["<>|*?:\r\n\\/]/.exec(name) ?? [];
    if (bad !== undefined) {
      throw new StepFailure(
        `The artifact name is not valid: ${name}. Contains the following character: ${bad}`,
      );
    }
    step.required("path");
    if (!step.flag("archive")) {
      throw new StepFailure(
        "the simulator uploads archives only, and does not know archive: false",
      );
    }
    const { files, root } = findArtifactFiles(
      folders.workspace,
      step.lines("path"),
      step.flag("include-hidden-files"),
    );
    if (files.length === 0) {
      reportMissing(step);
      return;
    }
    const taken = run.artifacts.findIndex(
      (artifact) => artifact.name === name && artifact.attempt === run.attempt,
    );
    if (taken >= 0) {
      if (!step.flag("overwrite")) {
        throw new StepFailure(
          "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run",
        );
      }
      run.artifacts.splice(taken, 1);
    }
    const now = host.now();
    const artifact: Artifact = {
      id: 1 + Math.max(run.id * 100, ...run.artifacts.map(({ id }) => id)),
      name,
      attempt: run.attempt,
      files: Object.fromEntries(
        files.map((file) => [relative(root, file), new Uint8Array(readFileSync(file))]),
      ),
      createdAt: now,
      expiresAt: new Date(now.getTime() + Number(step.input("retention-days") || 90) * DAY),
    };
    run.artifacts.push(artifact);
    step.info(`Artifact ${name} has been successfully uploaded! ${files.length} file(s)`);
    const page = `${host.serverUrl}/${repository.owner}/${repository.name}/actions/runs/${run.id}`;
    step.setOutput("artifact-id", String(artifact.id));
    step.setOutput(
      "artifact-digest",
      createHash("sha256").update(zipArtifact(artifact)).digest("hex"),
    );
    step.setOutput("artifact-url", `${page}/artifacts/${artifact.id}`);
  },
};

/** https://github.com/actions/download-artifact: artifacts of the same run. */
export const downloadArtifact: KnownAction = {
  inputs: {
    ...inputs("name path pattern github-token run-id repository artifact-ids"),
    "merge-multiple": "false",
    "skip-decompress": "false",
    "digest-mismatch": "error",
  },
  run(step) {
    step.refuseInputs("run-id", "repository", "artifact-ids");
    if (step.flag("skip-decompress")) {
      throw new StepFailure("the simulator does not know the input skip-decompress");
    }
    const wanted = step.input("name");
    const isMerged = wanted !== "" || step.flag("merge-multiple");
    const matches = picomatch(step.input("pattern") || "*", { dot: true });
    const folder = resolve(step.folders.workspace, step.input("path"));
    // If there were several attempts, the last one counts.
    const newest = new Map(step.run.artifacts.map((artifact) => [artifact.name, artifact]));
    const found = [...newest.values()].filter(({ name }) =>
      wanted === "" ? matches(name) : name === wanted,
    );
    if (wanted !== "" && found.length === 0) {
      throw new StepFailure(
        `Unable to download artifact(s): Artifact not found for name: ${wanted}`,
      );
    }
    for (const artifact of found) {
      const target = isMerged ? folder : join(folder, artifact.name);
      for (const [path, content] of Object.entries(artifact.files)) {
        mkdirSync(dirname(join(target, path)), { recursive: true });
        writeFileSync(join(target, path), content);
      }
      step.info(`Artifact download completed: ${artifact.name}`);
    }
    step.setOutput("download-path", folder);
  },
};

function reportMissing(step: ActionStep): void {
  const message = `No files were found with the provided path: ${step.input("path")}. No artifacts will be uploaded.`;
  switch (step.input("if-no-files-found")) {
    case "error":
      throw new StepFailure(message);
    case "warn":
      return step.warning(message);
    case "ignore":
      return step.info(message);
    default:
      throw new StepFailure(
        `Unrecognized if-no-files-found input. Provided: ${step.input("if-no-files-found")}. Available options: warn,error,ignore`,
      );
  }
}

/** Files to upload, and the folder at which their paths inside the artifact start. */
interface ArtifactFiles {
  readonly files: readonly string[];
  readonly root: string;
}

/**
 * Finds what the input `path` of actions/upload-artifact names.
 * @see https://github.com/actions/upload-artifact/blob/main/src/shared/search.ts
 */
function findArtifactFiles(
  workspace: string,
  patterns: readonly string[],
  hidden: boolean,
): ArtifactFiles {
  const { files, searchPaths } = globFiles(workspace, patterns);
  const isHidden = (file: string): boolean =>
    relative(workspace, file)
      .split(sep)
      .some((part) => part.startsWith(".") && part !== "..");
  const shown = files.filter((file) => hidden || !isHidden(file));
  return { files: shown, root: rootOf(searchPaths, shown) };
}

/** Several places share their common parent folder; a single named file keeps only its name. */
function rootOf([first = sep, ...others]: readonly string[], files: readonly string[]): string {
  if (others.length > 0) return commonFolder([first, ...others]);
  return files.length === 1 && files[0] === first ? dirname(first) : first;
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map((path) => path.split(sep));
  const length = first.findIndex((part, index) => rest.some((other) => other[index] !== part));
  return first.slice(0, length < 0 ? first.length : length).join(sep) || sep;
}
