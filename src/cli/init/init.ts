import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { OwnerKind } from "../../account.ts";
import { gitHubHost } from "../../github-host.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { loadConnection } from "../../github/client/load-connection.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { UsageError, UserError } from "../../user-error.ts";
import type { Remote } from "../git/read-remotes.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { completeAnswers, type InitOptions } from "./answers.ts";
import { readCheckout } from "./read-checkout.ts";
import { readVersions } from "./read-versions.ts";
import { stackFiles, workflowPaths } from "./stack-files.ts";

/** The template of `pulumi new`, whose workflows depend on no answer. */
const template = new URL("../../../templates/stack/", import.meta.url);

/**
 * `ghcr-fleet init`: writes a stack repository. In the checkout of a repository that has code, it is a folder of it.
 *
 * @param asked the folder; absent where none was named
 * @throws {UsageError} an answer is missing, or a file exists; nothing is written then
 */
export async function init(asked: string | undefined, options: InitOptions): Promise<void> {
  const checkout = await readCheckout(resolve(asked ?? "."));
  const own = checkout?.hasCode ? relative(".", join(checkout.root, "fleet")) : ".";
  const place = asked ?? own;
  const folder = resolve(place);
  const remote = checkout?.remote;
  if (checkout?.hasCode && remote) {
    const { host, owner, name } = remote;
    printNote(`${checkout.root} is ${owner}/${name} on ${new URL(host.web).host}, by its remote`);
  }
  const answers = await completeAnswers(options, {
    owner: remote?.owner,
    repository: checkout?.hasCode ? remote?.name : undefined,
    ownerKind: (owner) => readOwnerKind(owner, remote, process.env),
  });
  // GitHub runs workflows of a repository's root only.
  const hasWorkflows = checkout === undefined || checkout.root === folder;
  const files = stackFiles({
    ...answers,
    project: "ghcr-fleet",
    description: `Publishing access to GHCR for repositories of ${answers.owner}.`,
    host: remote?.host,
    repository: remote && `${remote.owner}/${remote.name}`,
    hasWorkflows,
    versions: await readVersions(),
  });
  for (const path of hasWorkflows ? workflowPaths : [])
    files.set(path, await readFile(new URL(path, template), "utf8"));
  assertAbsent(folder, [...files.keys()]);
  for (const [path, text] of files) {
    const file = join(folder, path);
    await createFolder(dirname(file));
    await writeFile(file, text, { flag: "wx" });
    process.stdout.write(`${join(place, path)}\n`);
  }
  process.stdout.write(`\nWritten. ${join(place, "README.md")} says what to do next.\n`);
}

/** With its parents. Node's `recursive` never ends where a parent exists and the folder is refused with ENOENT, as in /proc. */
async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await createFolder(dirname(path));
    await mkdir(path);
  }
}

/**
 * Asks GitHub whether an owner is a user, with the token of the environment.
 *
 * @returns nothing without a token, or where GitHub does not answer
 */
async function readOwnerKind(
  owner: string,
  remote: Remote | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<OwnerKind | undefined> {
  if (!environment["GITHUB_TOKEN"]) return undefined;
  const get = (key: string) => (key === "owner" ? owner : undefined);
  try {
    const connection = loadConnection({ get }, environment);
    // A token is never sent to a host that only a checkout names.
    if (remote && remote.host.web !== gitHubHost(connection.baseUrl).web) return undefined;
    const github = createGitHubClient(connection);
    const account = await withProgress(`asking GitHub who ${owner} is`, () =>
      readAccount(github, owner),
    );
    return account.ownerKind;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    printNote(`whether ${owner} is a user account is not known: ${error.message}`);
    return undefined;
  }
}

function assertAbsent(folder: string, paths: readonly string[]): void {
  const existing = paths.filter((path) => existsSync(join(folder, path)));
  if (existing.length === 0) return;
  throw new UsageError(
    `${folder} contains ${existing.join(", ")}, and init overwrites nothing: move what is there, or name another folder, as in ghcr-fleet init fleet`,
  );
}
