import { relative, resolve } from "node:path";
import { StepFailure } from "../run/step-failure.ts";
import { writeFiles } from "../run/write-files.ts";
import type { TreeFile } from "../actions-host.ts";
import type { ActionStep, KnownAction } from "./known-action.ts";
import { sparseCheckout } from "./sparse-checkout.ts";

/**
 * Puts the files of a commit into the workspace, without a `.git` folder.
 * @see https://github.com/actions/checkout
 */
export const checkout: KnownAction = {
  inputs: {
    repository: "",
    ref: "",
    token: "${{ github.token }}",
    "ssh-key": "",
    "ssh-known-hosts": "",
    "ssh-strict": "true",
    "ssh-user": "git",
    "persist-credentials": "true",
    path: "",
    clean: "true",
    filter: "",
    "sparse-checkout": "",
    "sparse-checkout-cone-mode": "true",
    "fetch-depth": "1",
    "fetch-tags": "false",
    "show-progress": "true",
    lfs: "false",
    submodules: "false",
    "set-safe-directory": "true",
    "github-server-url": "",
    "allow-unsafe-pr-checkout": "false",
  },
  run(step) {
    const { event, host, repository } = step;
    const own = `${repository.owner}/${repository.name}`;
    const [owner = "", repo = ""] = (step.input("repository") || own).split("/");
    const target = host.repository(owner, repo);
    const isOwn = `${owner}/${repo}`.toLowerCase() === own.toLowerCase();
    // A job token reaches its own repository and public ones.
    const mayRead = isOwn
      ? target?.visibility === "public" || (step.permissions.contents ?? "none") !== "none"
      : target?.visibility === "public" || step.input("token") !== step.token;
    if (target === undefined || !mayRead) {
      step.info("remote: Repository not found.");
      step.info(`fatal: repository '${host.serverUrl}/${owner}/${repo}/' not found`);
      throw new StepFailure("The process '/usr/bin/git' failed with exit code 128");
    }
    const asked = step.input("ref");
    const ref = asked || (isOwn ? event.sha : target.defaultBranch);
    const sha = host.resolveRef(owner, repo, ref) ?? (ref === event.sha ? ref : undefined);
    if (sha === undefined) {
      throw new StepFailure(
        `A branch or tag with the name '${ref.replace(/^refs\/(heads|tags)\//, "")}' could not be found`,
      );
    }
    step.info(`Syncing repository: ${owner}/${repo}`);
    const isWanted = sparseCheckout(step);
    writeTree(step, step.host.readTree(owner, repo, sha).filter(isWanted));
    step.info(`HEAD is now at ${sha.slice(0, 7)} ${firstLine(step, owner, repo, sha)}`);
    step.setOutput("ref", asked || (isOwn ? event.ref : `refs/heads/${target.defaultBranch}`));
    step.setOutput("commit", sha);
    if (step.flag("persist-credentials")) step.after(() => step.info("Removing auth"));
  },
};

function writeTree(step: ActionStep, files: readonly TreeFile[]): void {
  const { workspace } = step.folders;
  const folder = resolve(workspace, step.input("path"));
  if (relative(workspace, folder).startsWith("..")) {
    throw new StepFailure(`Repository path '${folder}' is not under '${workspace}'`);
  }
  writeFiles(folder, files);
}

function firstLine(step: ActionStep, owner: string, repo: string, sha: string): string {
  return step.host.commit(owner, repo, sha).message.split("\n")[0] ?? "";
}
