import { z } from "zod";
import {
  BranchMoved,
  BranchProtected,
  commitFiles,
  type FileCommit,
} from "../src/github/commit-files.ts";
import { explainFailure, explaining } from "../src/github/explain-failure.ts";
import { gitBlobId } from "../src/github/git-blob-id.ts";
import type { GitHubClient } from "../src/github/github-client.ts";
import { findProposal, proposeFiles } from "../src/github/propose-files.ts";
import { readTextFiles } from "../src/github/read-text-files.ts";
import { workflowFolder, type RepositorySnapshot } from "../src/github/repository-snapshot.ts";
import { UserError } from "../src/user-error.ts";
import { keepSpelling } from "./keep-spelling.ts";
import { diffProperties } from "./property-diff.ts";
import { hasUnknown, pick, unknownValue, type Properties } from "./property-values.ts";
import type { RepositorySnapshots } from "./repository-snapshots.ts";
import type { ResourceContext, ResourceType } from "./resource-type.ts";
import { tellLeftBehind } from "./tell-left-behind.ts";
import { toFailures } from "./to-failures.ts";
import { whyUntouchable } from "./why-untouchable.ts";
import {
  blobsOf,
  isEmptyPlan,
  planFiles,
  toCommit,
  type Blobs,
  type FilePlan,
  type Files,
} from "./workflow-file-plan.ts";

const inputsSchema = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  branch: z.string().min(1),
  /** Path to text. */
  files: z.record(
    z
      .string()
      .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, `must be a YAML file in ${workflowFolder}`),
    z.string().min(1),
  ),
  /** Whether the branch may be written to directly. */
  delivery: z.enum(["commit", "pull-request"]).default("commit"),
  /** What happens to the files when the repository leaves the fleet. */
  onRemove: z.enum(["keep", "delete"]).default("keep"),
});

type Inputs = z.infer<typeof inputsSchema>;

/** What the last write left. A read keeps it, so that an edit of others can be told from ours. */
interface Written {
  readonly blobs: Blobs;
  readonly pullRequestUrl?: string;
}

const nothingWritten: Written = { blobs: {} };

/**
 * `ghcr:index:WorkflowFiles`: all managed workflow files of one repository.
 *
 * They are written in one signed commit, only if the branch has not moved since it was read, and
 * not at all where the branch already holds them.
 */
export function workflowFiles(github: GitHubClient, snapshots: RepositorySnapshots): ResourceType {
  return {
    token: "ghcr:index:WorkflowFiles",
    optionalOutputs: ["commitSha", "commitUrl", "pullRequestUrl", "replaced"],

    async check(olds, news) {
      if (hasUnknown(news)) return { inputs: news, failures: [] };
      const parsed = inputsSchema.safeParse(keepSpelling(olds, news, ["owner", "repository"]));
      if (parsed.success) return { inputs: parsed.data, failures: [] };
      return { inputs: news, failures: toFailures(parsed.error) };
    },

    diff: (olds, news) => diffProperties(olds, news, ["owner", "repository"]),

    async create(properties, preview, context) {
      const inputs = properties as Inputs;
      return {
        id: idOf(inputs),
        state: await apply(github, snapshots, inputs, nothingWritten, preview, context),
      };
    },

    async read(id, state, inputs) {
      const known = Object.keys(inputs).length > 0 ? (inputs as Inputs) : undefined;
      const found = await explaining(`read the workflow files of ${id}`, () =>
        known ? readManaged(github, snapshots, known) : readForImport(github, snapshots, id),
      );
      if (!found) return undefined;
      // A person who imports files has looked at them.
      const blobs = known ? state["blobs"] : { ...blobsOf(found.files) };
      const isMerged = known !== undefined && holdsAll(found.files, known.files);
      const kept = pick(state, isMerged ? written : [...written, "pullRequestUrl"]);
      return { id: idOf(found), state: { ...found, blobs, ...kept }, inputs: found };
    },

    async update(_id, state, properties, preview, context) {
      const before = { ...nothingWritten, ...(state as Inputs) };
      const inputs = properties as Inputs;
      await tellLeftBehind(snapshots, before, inputs.branch, context);
      const next = await apply(github, snapshots, inputs, before, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl"]), ...next };
    },

    async delete(_id, state, context) {
      const inputs = state as unknown as Inputs;
      if (inputs.onRemove !== "delete") return;
      const { repository, branch } = inputs;
      const snapshot = await snapshots.get(inputs);
      const gone = snapshot?.head ? undefined : `it has no branch ${branch}`;
      const reason = whyUntouchable(repository, snapshot) ?? gone;
      if (reason) {
        context.warn(`the workflow files of ${idOf(inputs)} are left as they are: ${reason}`);
        return;
      }
      const before = { ...nothingWritten, ...state };
      await apply(github, snapshots, { ...inputs, files: {} }, before, false, context);
    },
  };
}

async function apply(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  inputs: Inputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
): Promise<Properties> {
  const what = `write the workflow files of ${idOf(inputs)}`;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const snapshot = await explaining(what, () => look(snapshots, inputs));
    const plan = planFiles(snapshot, inputs.files, before.blobs);
    tellReplaced(plan, inputs, preview, context);
    for (const path of plan.kept) {
      context.warn(`${path} stays, for somebody else edited it; delete it where it is not wanted`);
    }
    const isForeign = Object.keys(plan.replaces).length > 0;
    const replaced = isForeign ? { ...plan.replaces } : undefined;
    const base = { ...inputs, replaced, blobs: { ...blobsOf(inputs.files) } };
    if (isEmptyPlan(plan)) return base;
    if (preview) return { ...base, ...undelivered(inputs) };
    try {
      context.status("committing");
      return {
        ...base,
        ...(await deliver(github, inputs, toCommit(inputs, plan), before, context)),
      };
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw explainFailure(error, what);
      context.status("the branch moved: reading it again");
    } finally {
      snapshots.forget(inputs);
    }
  }
  throw new UserError(`cannot ${what}: others keep pushing to ${inputs.branch}; run again later`);
}

/** What a delivery will leave, as far as a preview can say. */
function undelivered({ delivery }: Inputs): Properties {
  return delivery === "commit"
    ? { commitSha: unknownValue, commitUrl: unknownValue }
    : { pullRequestUrl: unknownValue };
}

/**
 * One signed commit, or a pull request with it where that is wished or the branch's rules forbid the
 * commit.
 */
async function deliver(
  github: GitHubClient,
  { delivery }: Inputs,
  commit: FileCommit,
  before: Written,
  context: ResourceContext,
): Promise<Properties> {
  if (delivery === "pull-request") {
    return offer(await proposeFiles(github, commit), commit, before, context);
  }
  const offered = before.pullRequestUrl && (await findProposal(github, commit));
  if (offered) return offer(offered, commit, before, context);
  try {
    const { oid, url } = await commitFiles(github, commit);
    return { commitSha: oid, commitUrl: url };
  } catch (error) {
    if (!(error instanceof BranchProtected)) throw error;
    context.status("the branch is protected: opening a pull request");
    return offer(await proposeFiles(github, commit), commit, before, context);
  }
}

/** The branch holds what it held before until somebody merges. */
function offer(
  pullRequestUrl: string,
  { branch, additions }: FileCommit,
  { blobs }: Written,
  context: ResourceContext,
): Properties {
  const aim = Object.keys(additions).length > 0 ? "bring the files in" : "take the files out";
  context.warn(`merge ${pullRequestUrl} to ${aim}; ${branch} itself was not written to`);
  return { pullRequestUrl, blobs: { ...blobs } };
}

async function look(snapshots: RepositorySnapshots, inputs: Inputs): Promise<RepositorySnapshot> {
  const snapshot = await snapshots.get(inputs);
  const where = idOf(inputs);
  if (!snapshot) throw new UserError(`${where} does not exist, or the admin token may not see it`);
  if (snapshot.archived)
    throw new UserError(`${where} is archived: unarchive it or take it out of the fleet`);
  if (!snapshot.head) {
    throw new UserError(
      snapshot.empty
        ? `${where} is empty: push a first commit, then run again`
        : `${where} has no branch ${inputs.branch}; its default branch is ${snapshot.defaultBranch}`,
    );
  }
  return snapshot;
}

/** Text of others is never replaced silently: where it is, and how to get it back. */
function tellReplaced(
  plan: FilePlan,
  inputs: Inputs,
  preview: boolean,
  context: ResourceContext,
): void {
  for (const path of Object.keys(plan.replaces)) {
    context.warn(
      `${path} was written by somebody else and ${preview ? "will be" : "is"} replaced; ` +
        `its text stays in the history: git show ${plan.head.slice(0, 12)}:${path}`,
    );
  }
}

/**
 * The managed files as the branch holds them now. A file that is gone is left out, and so is one
 * that is no text any more: both show as a change.
 */
async function readManaged(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  inputs: Inputs,
): Promise<Inputs | undefined> {
  const snapshot = await snapshots.get(inputs);
  if (!snapshot?.head) return undefined;
  const isSame = ([path, text]: [string, string]) =>
    snapshot.workflows.get(path) === gitBlobId(text);
  const managed = Object.entries(inputs.files).filter(([path]) => snapshot.workflows.has(path));
  const edited = managed.filter((file) => !isSame(file)).map(([path]) => path);
  const texts = await readTextFiles(github, { ...inputs, revision: snapshot.head }, edited);
  return { ...inputs, files: { ...Object.fromEntries(managed.filter(isSame)), ...texts } };
}

function holdsAll(present: Files, wanted: Files): boolean {
  return Object.entries(wanted).every(([path, text]) => present[path] === text);
}

/** What a write leaves besides the inputs. */
const written = ["commitSha", "commitUrl", "replaced"];

async function readForImport(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  id: string,
): Promise<Inputs | undefined> {
  const [asked, name, ...rest] = id.split("/");
  if (!asked || !name) {
    throw new UserError(`cannot import "${id}": give owner/repository, or owner/repository/branch`);
  }
  if (!snapshots.isOwner(asked)) {
    throw new UserError(
      `cannot import "${id}": this stack manages the repositories of another owner`,
    );
  }
  const branch = rest.join("/") || undefined;
  const snapshot = await snapshots.get({ owner: asked, repository: name, branch });
  if (!snapshot?.head || !snapshot.branch) return undefined;
  const { owner, name: repository } = snapshot;
  const paths = [...snapshot.workflows.keys()].filter((path) => importedFiles.test(path));
  if (paths.length === 0) return undefined;
  const files = await readTextFiles(github, { owner, repository, revision: snapshot.head }, paths);
  return {
    owner,
    repository,
    branch: snapshot.branch,
    files,
    delivery: "commit",
    onRemove: "keep",
  };
}

/** Other workflow files of a repository are its own affair. */
const importedFiles = /\/(ci|release)\.ya?ml$/;

function idOf({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}
