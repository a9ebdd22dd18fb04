import { gitBlobId } from "../../github/contents/git-blob-id.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readTextFiles } from "../../github/contents/read-text-files.ts";
import { readRepositories } from "../../github/repositories/repository-snapshot.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import { textsOf, type Texts } from "./diff-files.ts";
import type { EventLog } from "./event-log.ts";

interface NewFiles {
  readonly repository: string;
  readonly owner: string;
  readonly branch: string;
  readonly files: Texts;
}

/**
 * The texts on the branches where the stack would write files for the first time, by repository. Only
 * files that differ are fetched; an equal file is returned from the declaration.
 */
export async function readBranchTexts(
  github: GitHubClient,
  { planned }: Pick<EventLog, "planned">,
): Promise<Map<string, Texts>> {
  const wanted = newFiles({ planned });
  const [first] = wanted;
  if (!first) return new Map();
  const requests = wanted.map(({ repository, branch }) => ({ name: repository, branch }));
  const snapshots = await readRepositories(github, first.owner, requests);
  const texts = new Map<string, Texts>();
  for (const [index, { owner, repository, files }] of wanted.entries()) {
    const { head, workflows = new Map<string, string>() } = snapshots[index] ?? {};
    const present = Object.entries(files).filter(([path]) => workflows.has(path));
    const equal = present.filter(([path, text]) => workflows.get(path) === gitBlobId(text));
    const others = present.filter((entry) => !equal.includes(entry)).map(([path]) => path);
    const found =
      head === undefined
        ? {}
        : await readTextFiles(github, { owner, repository, revision: head }, others);
    texts.set(repository, { ...Object.fromEntries(equal), ...found });
  }
  return texts;
}

function newFiles({ planned }: Pick<EventLog, "planned">): NewFiles[] {
  return [...planned.values()].flatMap(({ type, operation, urn, after }) => {
    const repository = repositoryOf(urn);
    if (type !== "ghcr:index:WorkflowFiles" || operation !== "create" || !after || !repository)
      return [];
    const { owner, branch, files } = after.inputs;
    // Without templates, there is nothing to compare with.
    if (typeof owner !== "string" || typeof branch !== "string" || !files) return [];
    return [{ repository, owner, branch, files: textsOf(files) }];
  });
}
