import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type ActionReference, parseActionReference } from "../action/action-policy.ts";
import type { ActiveJob } from "../job/active-job.ts";
import { StepFailure } from "../action/known-action.ts";
import { writeFiles } from "../action/write-files.ts";

/** An action in a folder of the runner. */
export interface FoundAction {
  /** The path of its manifest, for errors. */
  readonly name: string;
  /** The text of its `action.yml`. */
  readonly manifest: string;
  /** `github.action_path` */
  readonly folder: string;
  /** Its repository; nothing for an action in the workspace. */
  readonly reference: ActionReference | undefined;
}

/**
 * Finds an action in the workspace (`./…`, after a checkout), or in another repository of
 * the simulated GitHub.
 * @throws StepFailure if there is none
 */
export function findAction(job: ActiveJob, uses: string): FoundAction {
  if (uses.startsWith("./")) {
    const folder = resolve(job.folders.workspace, uses);
    const found = manifestIn(folder);
    if (found === undefined || relative(job.folders.workspace, folder).startsWith("..")) {
      throw new StepFailure(
        `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
      );
    }
    return { ...found, name: join(uses, found.name), folder, reference: undefined };
  }
  const reference = parseActionReference(uses);
  const found = reference && download(job, reference);
  if (found === undefined) throw new StepFailure(`the simulator does not know the action ${uses}`);
  return found;
}

function download(job: ActiveJob, reference: ActionReference): FoundAction | undefined {
  const { host, folders, run } = job;
  const { owner, repo, path, ref } = reference;
  if (host.repository(owner, repo) === undefined) return undefined;
  // Actions are shared like reusable workflows:
  // https://docs.github.com/en/actions/how-tos/reuse-automations/share-across-private-repositories
  const caller = { owner: run.event.owner, repo: run.event.repo };
  const sha = host.resolveRef(owner, repo, ref);
  if (sha === undefined || !host.mayCallWorkflowsOf({ owner, repo }, caller)) return undefined;
  const root = join(folders.actions, owner, repo, encodeURIComponent(ref));
  if (!existsSync(root)) writeFiles(root, host.readTree(owner, repo, sha));
  const folder = resolve(root, path);
  const found = manifestIn(folder);
  if (found === undefined) {
    throw new StepFailure(
      `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action '${owner}/${repo}${path && `/${path}`}@${ref}'.`,
    );
  }
  return { ...found, name: join(owner, repo, path, found.name), folder, reference };
}

function manifestIn(folder: string): Pick<FoundAction, "name" | "manifest"> | undefined {
  const name = ["action.yml", "action.yaml"].find((each) => existsSync(join(folder, each)));
  if (name !== undefined) return { name, manifest: readFileSync(join(folder, name), "utf8") };
  if (!existsSync(join(folder, "Dockerfile"))) return undefined;
  return { name: "Dockerfile", manifest: "runs: { using: docker, image: Dockerfile }" };
}
