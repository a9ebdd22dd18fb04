import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

export interface Remote {
  readonly owner: string;
  readonly name: string;
}

/**
 * The repositories on github.com that the remotes of a checkout name: its own, and those that it was
 * forked from; none where nothing says.
 *
 * @param root folder that holds `.git`
 */
export async function readRemotes(root: string): Promise<Remote[]> {
  const config = await readText(join(await gitFolder(root), "config"));
  const urls = [...config.matchAll(/^\s*url\s*=\s*(\S+)\s*$/gm)].map(([, url = ""]) => url);
  return urls.flatMap((url) => remoteAt(url) ?? []);
}

/** https://git-scm.com/docs/git-clone#_git_urls */
function remoteAt(url: string): Remote | undefined {
  const pattern =
    /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]+@)?(?:ssh\.)?github\.com(?::\d+\/|[:/])\/*([\w-]+)\/([\w.-]*?)(?:\.git)?\/*$/i;
  const [, owner, name] = pattern.exec(url) ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}

/** A worktree has a file in place of the folder, and its configuration lies in the main checkout. */
async function gitFolder(root: string): Promise<string> {
  const own = join(root, ".git");
  const [, linked] = /^gitdir: (.+)$/m.exec(await readText(own)) ?? [];
  if (linked === undefined) return own;
  const folder = resolve(root, linked.trim());
  const common = (await readText(join(folder, "commondir"))).trim();
  return common === "" ? folder : resolve(folder, common);
}

/** Empty where there is no such file. */
async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
