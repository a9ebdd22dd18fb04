import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import picomatch from "picomatch";
import { type ActionStep, inputs, type KnownAction, StepFailure } from "../action/known-action.ts";
import type { TreeFile } from "../host/actions-host.ts";
import { writeFiles } from "../action/write-files.ts";
import { createGitFolder } from "./git-folder.ts";
import { subjectsOf } from "../host/actions-event.ts";

/**
 * Writes the files of a commit into the workspace, with as much history as requested.
 * @see https://github.com/actions/checkout
 */
export const checkout: KnownAction = {
  inputs: {
    ...inputs(
      "repository ref ssh-key ssh-known-hosts path filter sparse-checkout github-server-url",
    ),
    token: "${{ github.token }}",
    "ssh-strict": "true",
    "ssh-user": "git",
    "persist-credentials": "true",
    clean: "true",
    "sparse-checkout-cone-mode": "true",
    "fetch-depth": "1",
    "fetch-tags": "false",
    "show-progress": "true",
    lfs: "false",
    submodules: "false",
    "set-safe-directory": "true",
    "allow-unsafe-pr-checkout": "false",
  },
  async run(step) {
    const { event, host, repository } = step;
    const own = `${repository.owner}/${repository.name}`;
    const named = step.input("repository") || own;
    const [, owner, repo] = /^([^/]+)\/([^/]+)$/.exec(named) ?? [];
    if (owner === undefined || repo === undefined) {
      throw new StepFailure(`Invalid repository '${named}'. Expected format {owner}/{repo}.`);
    }
    const target = host.repository(owner, repo);
    const isOwn = `${owner}/${repo}`.toLowerCase() === own.toLowerCase();
    const token = step.required("token");
    if (step.input("ssh-key") !== "") {
      throw new StepFailure("the simulator serves git over HTTP only, and takes no ssh-key");
    }
    assertSafe(step, named);
    const url = `${host.serverUrl}/${owner}/${repo}`;
    const answer = host.mayRead(owner, repo, token);
    if (target === undefined || answer !== "yes") {
      const lines =
        answer === "bad-credentials"
          ? ["remote: Invalid username or token.", `fatal: Authentication failed for '${url}/'`]
          : ["remote: Repository not found.", `fatal: repository '${url}/' not found`];
      for (const line of lines) step.info(line);
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
    const folder = folderOf(step);
    const files = host.readTree(owner, repo, sha);
    assertSimple(step, files);
    writeFiles(folder, files.filter(isWanted));
    const depth = depthOf(step);
    const history = host.history?.(owner, repo, sha, { depth, tags: step.flag("fetch-tags") });
    const shown = asked || (isOwn ? event.ref : `refs/heads/${target.defaultBranch}`);
    if (history !== undefined) {
      const checkedOut = { owner: target.owner, repo: target.name, sha, ref: shown, history };
      if (!(await createGitFolder(step, folder, checkedOut))) {
        step.info(
          "The repository was downloaded without its history, for there is no git in PATH.",
        );
      } else {
        const left = files.filter((file) => !isWanted(file)).map(({ path }) => path);
        if (left.length > 0)
          await step.execute(["git", "update-index", "--skip-worktree", "--", ...left], folder);
      }
    }
    step.info(`HEAD is now at ${sha.slice(0, 7)} ${firstLine(step, owner, repo, sha)}`);
    step.setOutput("ref", shown);
    step.setOutput("commit", sha);
    if (step.flag("persist-credentials")) {
      step.after(async () => {
        step.info("Removing auth");
        const key = `http.${host.apiUrl}/.extraheader`;
        await step.execute(["git", "config", "--local", "--unset-all", key], folder);
      });
    }
  },
};

/**
 * Runs of the base branch do not check out the code of a fork, unless their workflow asks for it.
 * @see https://github.com/actions/checkout/blob/main/src/unsafe-pr-checkout-helper.ts
 */
function assertSafe(step: ActionStep, repository: string): void {
  const { name } = step.event;
  if (name !== "pull_request_target" || step.flag("allow-unsafe-pr-checkout")) return;
  const { head, merge_commit_sha: merged } = subjectsOf(step.event).pull_request ?? {};
  const fork = head?.repo?.full_name?.toLowerCase();
  if (fork === undefined || fork === `${step.event.owner}/${step.event.repo}`.toLowerCase()) return;
  const ref = step.input("ref");
  const isOfFork =
    repository.toLowerCase() === fork ||
    /^refs\/pull\/\d+\/(head|merge)$/.test(ref) ||
    (ref !== "" && [head?.sha, merged].includes(ref));
  if (isOfFork) {
    throw new StepFailure(
      `Refusing to check out fork pull request code from a '${name}' workflow. To opt in, set 'allow-unsafe-pr-checkout: true' on the actions/checkout step.`,
    );
  }
}

/** Parts of a checkout that the simulator does not support. */
function assertSimple(step: ActionStep, files: readonly TreeFile[]): void {
  const has = (path: string, text: string) =>
    files.some((file) => file.path === path && Buffer.from(file.content).includes(text));
  if (step.flag("lfs") && has(".gitattributes", "filter=lfs")) {
    throw new StepFailure("the simulator keeps no files of Git LFS");
  }
  if (/^(true|recursive)$/i.test(step.input("submodules")) && has(".gitmodules", "[submodule")) {
    throw new StepFailure("the simulator checks out no submodules");
  }
}

/**
 * Which files a checkout writes. In cone mode the lines name folders, and files at the root are included;
 * else they are patterns as in .gitignore; negated patterns are not supported here.
 * @see https://git-scm.com/docs/git-sparse-checkout
 */
function sparseCheckout(step: ActionStep): (file: TreeFile) => boolean {
  const lines = step.lines("sparse-checkout").map((line) => line.replace(/\/$/, ""));
  if (lines.length === 0) return () => true;
  if (step.flag("sparse-checkout-cone-mode")) {
    const folders = lines.map((line) => `${line.replace(/^\//, "")}/`);
    return ({ path }) => !path.includes("/") || folders.some((folder) => path.startsWith(folder));
  }
  const matchers = lines.map((line) =>
    line.includes("/")
      ? picomatch([line.replace(/^\//, ""), `${line.replace(/^\//, "")}/**`], { dot: true })
      : picomatch(line, { dot: true, basename: true }),
  );
  return ({ path }) => matchers.some((matches) => matches(path));
}

/**
 * The folder that `path` names. It is emptied if it is not a working copy yet, or if `clean` is
 * set.
 * @see https://github.com/actions/checkout/blob/main/src/git-directory-helper.ts
 */
function folderOf(step: ActionStep): string {
  const { workspace } = step.folders;
  const folder = resolve(workspace, step.input("path"));
  if (relative(workspace, folder).startsWith("..")) {
    throw new StepFailure(`Repository path '${folder}' is not under '${workspace}'`);
  }
  mkdirSync(folder, { recursive: true });
  if (step.flag("clean") || !existsSync(join(folder, ".git"))) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
  return folder;
}

function depthOf(step: ActionStep): number {
  const depth = Math.floor(Number(step.input("fetch-depth")));
  return Number.isNaN(depth) || depth < 0 ? 0 : depth;
}

function firstLine(step: ActionStep, owner: string, repo: string, sha: string): string {
  return step.host.commit(owner, repo, sha).message.split("\n")[0] ?? "";
}
