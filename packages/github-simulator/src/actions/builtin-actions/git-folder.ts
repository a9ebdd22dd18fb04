import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constants, deflateSync } from "node:zlib";
import type { GitHistory } from "../host/actions-host.ts";
import { type ActionStep, StepFailure } from "../action/known-action.ts";

export interface CheckedOut {
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  /** The requested branch, tag or full ref; empty, or a commit's id, if there is none. */
  readonly ref: string;
  readonly history: GitHistory;
}

/**
 * Turns a folder of files into a working copy, as `git fetch` and `git checkout` would. Its remote
 * is the simulator's, so that a job can push.
 * @returns `false` where the runner has no git
 * @throws StepFailure if git refuses
 */
export async function createGitFolder(
  step: ActionStep,
  folder: string,
  checkedOut: CheckedOut,
): Promise<boolean> {
  const git = join(folder, ".git");
  rmSync(git, { recursive: true, force: true });
  const write = (path: string, content: string | Uint8Array): void => {
    const file = join(git, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const { sha, history } = checkedOut;
  const branch = branchOf(checkedOut);
  mkdirSync(join(git, "refs"), { recursive: true });
  write("HEAD", branch === undefined ? `${sha}\n` : `ref: refs/heads/${branch}\n`);
  write("packed-refs", packedRefs(checkedOut, branch));
  write("config", configOf(step, checkedOut, branch));
  if (history.shallow.length > 0) write("shallow", `${history.shallow.join("\n")}\n`);
  for (const [oid, { type, body }] of history.objects) {
    const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const packed = deflateSync(bytes, { level: constants.Z_BEST_SPEED });
    write(`objects/${oid.slice(0, 2)}/${oid.slice(2)}`, packed);
  }
  const exitCode = await step.execute(["git", "reset", "--quiet"], folder);
  if (exitCode === undefined) rmSync(git, { recursive: true });
  else if (exitCode !== 0) {
    throw new StepFailure(`The process '/usr/bin/git' failed with exit code ${exitCode}`);
  }
  return exitCode !== undefined;
}

/** A branch is checked out as a branch; for tags, commits and pull requests the head is detached. */
function branchOf({ ref, history }: CheckedOut): string | undefined {
  const name = ref.replace(/^refs\/heads\//, "");
  if (ref.startsWith("refs/") && name === ref) return undefined;
  return history.refs.has(`refs/heads/${name}`) ? name : undefined;
}

function packedRefs({ sha, history }: CheckedOut, branch: string | undefined): string {
  const fetched = Array.from(history.refs, ([ref, oid]) => {
    const local = ref
      .replace(/^refs\/heads\//, "refs/remotes/origin/")
      .replace(/^refs\/pull\//, "refs/remotes/pull/");
    return `${oid} ${local}`;
  });
  const own = branch === undefined ? [] : [`${sha} refs/heads/${branch}`];
  return [...fetched, ...own].map((line) => `${line}\n`).join("");
}

function configOf(
  step: ActionStep,
  { owner, repo }: CheckedOut,
  branch: string | undefined,
): string {
  const { serverUrl, apiUrl } = step.host;
  const credentials = Buffer.from(`x-access-token:${step.input("token")}`).toString("base64");
  const sections: [string, ...string[]][] = [
    ["core", "repositoryformatversion = 0", "filemode = true", "bare = false"],
    [
      `remote "origin"`,
      `url = ${serverUrl}/${owner}/${repo}`,
      "fetch = +refs/heads/*:refs/remotes/origin/*",
    ],
    // Git and the API have the same address.
    [`url "${apiUrl}/"`, `insteadOf = ${serverUrl}/`],
  ];
  if (branch !== undefined) {
    sections.push([`branch "${branch}"`, "remote = origin", `merge = refs/heads/${branch}`]);
  }
  if (step.flag("persist-credentials")) {
    sections.push([`http "${apiUrl}/"`, `extraheader = AUTHORIZATION: basic ${credentials}`]);
  }
  return sections
    .map(([name, ...lines]) => `[${name}]\n${lines.map((line) => `\t${line}\n`).join("")}`)
    .join("");
}
