import type { ActionsHost } from "../host/actions-host.ts";

/** A workflow as the REST API lists it. */
export interface WorkflowEntry {
  readonly id: number;
  readonly repositoryId: number | undefined;
  readonly owner: string;
  readonly repo: string;
  readonly path: string;
  name: string;
  state: "active" | "disabled_manually";
  readonly createdAt: Date;
  updatedAt: Date;
  runs: number;
}

export interface WorkflowIndex {
  /** The entry of a file; it is created if there is none yet. */
  entry(owner: string, repo: string, path: string, name?: string): WorkflowEntry;
  /** By number, or by file name as in `ci.yml`. */
  find(owner: string, repo: string, idOrFile: string): WorkflowEntry | undefined;
  /** All workflows of the default branch, and those that have run. */
  list(owner: string, repo: string): WorkflowEntry[];
  clear(): void;
}

const WORKFLOW_FOLDER = ".github/workflows";

/** Workflow files directly in the folder; others are ignored. */
export function workflowPaths(
  host: ActionsHost,
  owner: string,
  repo: string,
  sha: string,
): string[] {
  return host
    .listFiles(owner, repo, sha, WORKFLOW_FOLDER)
    .filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path))
    .toSorted();
}

/** Assigns workflow files their ids in the REST API. */
export function createWorkflowIndex(host: ActionsHost, nextId: () => number): WorkflowIndex {
  const entries = new Map<string, WorkflowEntry>();
  const entry: WorkflowIndex["entry"] = (owner, repo, path, name) => {
    const repositoryId = host.repository(owner, repo)?.id;
    const key = `${repositoryId} ${path}`.toLowerCase();
    const known = entries.get(key);
    if (known !== undefined) {
      if (name !== undefined && name !== known.name) {
        known.name = name;
        known.updatedAt = host.now();
      }
      return known;
    }
    const now = host.now();
    const times = { createdAt: now, updatedAt: now };
    const added: WorkflowEntry = {
      id: nextId(),
      repositoryId,
      owner,
      repo,
      path,
      name: name ?? path,
      state: "active",
      ...times,
      runs: 0,
    };
    entries.set(key, added);
    return added;
  };
  const list: WorkflowIndex["list"] = (owner, repo) => {
    const branch = host.repository(owner, repo)?.defaultBranch;
    const head = branch === undefined ? undefined : host.resolveRef(owner, repo, branch);
    const paths = head === undefined ? [] : workflowPaths(host, owner, repo, head);
    for (const path of paths) {
      const text = head === undefined ? "" : (host.readFile(owner, repo, head, path) ?? "");
      entry(owner, repo, path, /^name:\s*["']?([^"'\n#]+?)["']?\s*$/m.exec(text)?.[1]);
    }
    const id = host.repository(owner, repo)?.id;
    return [...entries.values()].filter(
      (each) => each.repositoryId === id && (each.runs > 0 || paths.includes(each.path)),
    );
  };
  return {
    entry,
    list,
    clear: () => entries.clear(),
    find: (owner, repo, idOrFile) =>
      list(owner, repo).find(
        (each) =>
          String(each.id) === idOrFile ||
          each.path === idOrFile ||
          each.path === `${WORKFLOW_FOLDER}/${idOrFile}`,
      ),
  };
}
