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
import { proposeFiles } from "../src/github/propose-files.ts";
import { readTextFiles } from "../src/github/read-text-files.ts";
import { workflowFolder, type RepositorySnapshot } from "../src/github/repository-snapshot.ts";
import { UserError } from "../src/user-error.ts";
import { keepSpelling } from "./keep-spelling.ts";
import { diffProperties } from "./property-diff.ts";
import { hasUnknown, pick, unknownValue, type Properties } from "./property-values.ts";
import type { RepositorySnapshots } from "./repository-snapshots.ts";
import type { ResourceContext, ResourceType } from "./resource-type.ts";
import { toFailures } from "./to-failures.ts";
import { whyUntouchable } from "./why-untouchable.ts";
import {
  isEmptyPlan,
  planFiles,
  toCommit,
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
  /** What happens to the files when the repository leaves the fleet. */
  onRemove: z.enum(["keep", "delete"]).default("keep"),
});

type Inputs = z.infer<typeof inputsSchema>;

/** What the last write or read left. */
interface Written {
  readonly files: Files;
  readonly pullRequestUrl?: string;
}

const nothingWritten: Written = { files: {} };

/**
 * `ghcr:index:WorkflowFiles`: all managed workflow files of one repository.
 *
 * They are written in one signed commit, only if the branch has not moved since it was read, and
 * not at all where the branch already holds them.
 */
export function workflowFiles(github: GitHubClient, snapshots: RepositorySnapshots): ResourceType {
  return {
    token: "ghcr:index:WorkflowFiles",

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
      const kept = pick(state, ["commitSha", "commitUrl", "pullRequestUrl", "replaced"]);
      return { id: idOf(found), state: { ...found, ...kept }, inputs: found };
    },

    async update(_id, state, properties, preview, context) {
      const before = { files: {}, ...state } as Written;
      const next = await apply(github, snapshots, properties as Inputs, before, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl", "pullRequestUrl"]), ...next };
    },

    async delete(_id, state, context) {
      const inputs = state as unknown as Inputs;
      if (inputs.onRemove !== "delete") return;
      const { repository, branch } = inputs;
      const reason = whyUntouchable(repository, await snapshots.get(repository, branch));
      if (reason) {
        context.warn(`the workflow files of ${idOf(inputs)} are left as they are: ${reason}`);
        return;
      }
      await apply(github, snapshots, { ...inputs, files: {} }, inputs, false, context);
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
    const plan = planFiles(snapshot, inputs.files, before.files);
    tellReplaced(plan, inputs, preview, context);
    const isForeign = Object.keys(plan.replaces).length > 0;
    const base = { ...inputs, replaced: isForeign ? { ...plan.replaces } : undefined };
    if (isEmptyPlan(plan)) return base;
    if (preview) return { ...base, commitSha: unknownValue, commitUrl: unknownValue };
    try {
      context.status("committing");
      return { ...base, ...(await deliver(github, toCommit(inputs, plan), before, context)) };
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw explainFailure(error, what);
      context.status("the branch moved: reading it again");
    } finally {
      snapshots.forget(inputs.repository, inputs.branch);
    }
  }
  throw new UserError(`cannot ${what}: others keep pushing to ${inputs.branch}; run again later`);
}

/** One signed commit, or a pull request with it where the branch's rules forbid the commit. */
async function deliver(
  github: GitHubClient,
  commit: FileCommit,
  { pullRequestUrl: proposed }: Written,
  context: ResourceContext,
): Promise<Properties> {
  try {
    if (proposed) throw new BranchProtected(`${proposed} was needed before`);
    const { oid, url } = await commitFiles(github, commit);
    return { commitSha: oid, commitUrl: url };
  } catch (error) {
    if (!(error instanceof BranchProtected)) throw error;
    context.status("the branch is protected: looking for a pull request");
    const pullRequestUrl = await proposeFiles(github, commit);
    context.warn(`${commit.branch} is protected; merge ${pullRequestUrl} to bring the files in`);
    return { pullRequestUrl };
  }
}

async function look(snapshots: RepositorySnapshots, inputs: Inputs): Promise<RepositorySnapshot> {
  const snapshot = await snapshots.get(inputs.repository, inputs.branch);
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

/** The managed files as the branch holds them now; a file that is gone is left out. */
async function readManaged(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  inputs: Inputs,
): Promise<Inputs | undefined> {
  const snapshot = await snapshots.get(inputs.repository, inputs.branch);
  if (!snapshot?.head) return undefined;
  const present = Object.keys(inputs.files).filter((path) => snapshot.workflows.has(path));
  const edited = present.filter(
    (path) => snapshot.workflows.get(path) !== gitBlobId(inputs.files[path] ?? ""),
  );
  const texts = await readTextFiles(github, { ...inputs, revision: snapshot.head }, edited);
  const files = present.map((path) => [path, texts[path] ?? inputs.files[path] ?? ""]);
  return { ...inputs, files: Object.fromEntries(files) as Files };
}

async function readForImport(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  id: string,
): Promise<Inputs | undefined> {
  const [asked, name, ...rest] = id.split("/");
  if (!asked || !name) {
    throw new UserError(`cannot import "${id}": give owner/repository, or owner/repository/branch`);
  }
  const snapshot = await snapshots.get(name, rest.join("/") || undefined);
  if (!snapshot?.head || !snapshot.branch) return undefined;
  const { owner, name: repository } = snapshot;
  if (asked.toLowerCase() !== owner.toLowerCase()) {
    throw new UserError(`cannot import "${id}": this stack manages the repositories of ${owner}`);
  }
  const paths = [...snapshot.workflows.keys()].filter((path) => importedFiles.test(path));
  if (paths.length === 0) return undefined;
  const files = await readTextFiles(github, { owner, repository, revision: snapshot.head }, paths);
  return { owner, repository, branch: snapshot.branch, files, onRemove: "keep" };
}

/** Other workflow files of a repository are its own affair. */
const importedFiles = /\/(ci|release)\.ya?ml$/;

function idOf({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}
