/** `owner/repo/path@ref` of a `uses:`. */
export interface ActionReference {
  readonly owner: string;
  readonly repo: string;
  /** Folder inside the repository, or empty. */
  readonly path: string;
  readonly ref: string;
}

/** @returns `undefined` for local actions (`./…`) and container images (`docker://…`) */
export function parseActionReference(uses: string): ActionReference | undefined {
  const match = /^([\w.-]+)\/([\w.-]+)((?:\/[^@]+)?)@(.+)$/.exec(uses);
  if (match === null || uses.startsWith(".")) return undefined;
  const [, owner = "", repo = "", path = "", ref = ""] = match;
  return { owner, repo, path: path.slice(1), ref };
}
