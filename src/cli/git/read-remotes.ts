import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { githubCom, gitHubHost, registryOf, type GitHubHost } from "../../github-host.ts";
import { printNote } from "../terminal/print-note.ts";

export interface Remote {
  readonly host: GitHubHost;
  readonly owner: string;
  readonly name: string;
}

/** The folder that holds `.git`: this one, or the nearest above it; nothing outside of a checkout. */
export function findCheckout(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : findCheckout(above);
}

/**
 * The repositories that the remotes of a checkout name: its own (`origin`) first, then those that it was forked
 * from; none where there are no remotes. An unknown host is taken for an Enterprise Server.
 *
 * @param root folder that holds `.git`
 */
export async function readRemotes(root: string): Promise<Remote[]> {
  const config = await readText(join(await gitFolder(root), "config"));
  // Submodules have addresses, too.
  const sections = config.split(/^(?=\s*\[)/m).filter((text) => /^\s*\[remote "/.test(text));
  const isOrigin = (text: string) => /^\s*\[remote "origin"\]/.test(text);
  return [...sections.filter(isOrigin), ...sections.filter((text) => !isOrigin(text))].flatMap(
    (section) => {
      const [, url] = /^\s*url\s*=\s*(\S+)\s*$/m.exec(section) ?? [];
      return (url !== undefined && remoteAt(url)) || [];
    },
  );
}

/** Public hosts that are not GitHub. */
const others = /^(?:[\w-]+\.)*(?:gitlab\.com|bitbucket\.org|codeberg\.org|azure\.com)$/i;

/**
 * The registry of a checkout's host; ghcr.io where one of its remotes is on github.com, or there are none.
 *
 * @param asked `--registry`
 */
export function registryOfRemotes(remotes: readonly Remote[], asked: string | undefined): string {
  if (asked !== undefined) return asked;
  const hosts = remotes.map(({ host }) => host);
  const host = hosts.find(({ kind }) => kind === "github.com") ?? hosts[0] ?? githubCom;
  if (host.kind === "github.com") return registryOf(host);
  const registry = registryOf(host);
  printNote(
    `${new URL(host.web).host}: its registry is taken to be ${registry}; --registry names another`,
  );
  return registry;
}

/** https://git-scm.com/docs/git-clone#_git_urls */
function remoteAt(url: string): Remote | undefined {
  const pattern =
    /^(?:(https?|ssh|git):\/\/)?(?:[^@/]+@)?(?:ssh\.(?=github\.com))?([\w-]+(?:\.[\w-]+)+)(?::(\d+)\/|[:/])\/*([\w-]+)\/([\w.-]*?)(?:\.git)?\/*$/i;
  const [, scheme = "", host, port, owner, name] = pattern.exec(url) ?? [];
  if (host === undefined || owner === undefined || name === undefined) return undefined;
  if (others.test(host)) return undefined;
  // The port of SSH is not the one of the pages.
  const place = port !== undefined && scheme.startsWith("http") ? `${host}:${port}` : host;
  return { host: gitHubHost(`https://${place.toLowerCase()}`), owner, name };
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
