import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/**
 * The owners of a checkout's repository and of those that it was forked from, as its remotes on
 * github.com name them; none where nothing says.
 *
 * @param root folder that holds `.git`
 */
export async function readOwners(root: string): Promise<string[]> {
  const config = await readText(join(await gitFolder(root), "config"));
  const urls = [...config.matchAll(/^\s*url\s*=\s*(\S+)\s*$/gm)].map(([, url = ""]) => url);
  return [...new Set(urls.flatMap((url) => ownerIn(url) ?? []))];
}

/** https://git-scm.com/docs/git-clone#_git_urls */
function ownerIn(url: string): string | undefined {
  return /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]+@)?(?:ssh\.)?github\.com(?::\d+\/|[:/])\/*([\w-]+)\//i.exec(
    url,
  )?.[1];
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
