import { gitBlobId, gitBlobIds, isSameFiles } from "../../github/contents/git-blob-id.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import type { CentralCommits } from "../../github/repositories/central-commits.ts";
import { readTagCommits } from "../../github/repositories/read-tag-commits.ts";
import { parsePin, withoutNewerPins, withPins } from "../../publishing/newer-pins.ts";
import { commitsCalled, withCommit, workflowsCalled } from "../../publishing/shared-pins.ts";
import type { FilesRecord, SharedWorkflowRecord } from "../../stack/stack-record.ts";

type Texts = Readonly<Record<string, string>>;

/** Where pins are looked up. */
export interface PinSource {
  readonly github: GitHubClient;
  /** For each request. */
  readonly pace: ReadPace;
  readonly commits: CentralCommits;
}

/** Files as the last update left them: path to git blob id. */
export type PinnedFiles = Pick<FilesRecord, "owner" | "files" | "newerPins"> & {
  readonly pin?: string | undefined;
};

/**
 * The files that differ from the fleet's only by pins that Dependabot or a person brought, and that the next update
 * keeps: later versions of actions that are released, or a later commit of the shared workflow.
 *
 * @param texts what the branch has of them
 * @param central the shared workflow that they may call
 */
export async function broughtPins(
  source: PinSource,
  wanted: PinnedFiles,
  texts: Texts,
  central: SharedWorkflowRecord | undefined,
): Promise<ReadonlySet<string>> {
  const paths = Object.keys(wanted.files).filter((path) => path in texts);
  if (central && (await hasLaterCommit(source, wanted, texts, central))) return new Set(paths);
  const kept = paths.map(async (path) =>
    (await hasOnlyNewerPins(source, wanted, path, texts[path] ?? "")) ? [path] : [],
  );
  return new Set((await Promise.all(kept)).flat());
}

/** The same rule as in an update: all files call one commit, which is right for callers. */
async function hasLaterCommit(
  { pace, commits }: PinSource,
  { owner, files, pin: former }: PinnedFiles,
  texts: Texts,
  { repository, branch, commit, versions }: SharedWorkflowRecord,
): Promise<boolean> {
  const place = `${owner}/${repository}`;
  const [pin, ...others] = commitsCalled(texts, place);
  if (former === undefined || pin === undefined || others.length > 0) return false;
  if (!isSameFiles(gitBlobIds(withCommit(texts, place, former)), files)) return false;
  const central = { repository: place, branch, commit, versions };
  return pace(() => commits.mayPin(central, workflowsCalled(texts, place), pin, former));
}

async function hasOnlyNewerPins(
  { github, pace }: PinSource,
  { files, newerPins }: PinnedFiles,
  path: string,
  text: string,
): Promise<boolean> {
  if (newerPins === undefined) return false;
  const before = withoutNewerPins(path, text);
  if (!before) return false;
  const known = withPins({ [path]: before.text }, newerPins.flatMap(parsePin));
  if (gitBlobId(known[path] ?? "") !== files[path]) return false;
  const tags = before.pins.map(({ action, version }) => ({ repository: action, tag: version }));
  const commits = await pace(() => readTagCommits(github, tags));
  return before.pins.every(({ sha }, index) => commits[index] === sha);
}
