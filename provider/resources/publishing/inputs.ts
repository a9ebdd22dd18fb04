import type { z } from "zod";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import { gitBlobId, isGitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { StateOf } from "../../../src/properties/resource-properties.ts";
import type { repositoryPublishingProperties } from "../../../src/properties/repository-publishing.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import type { StoredTexts } from "../../../src/github/contents/stored-texts.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { proposalBranch } from "../../../src/github/pull-requests/proposal.ts";
import { isMap, type Properties } from "../../protocol/property-values.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { CentralCommits } from "../../../src/github/repositories/central-commits.ts";
import { ActionNumbers } from "./reads/action-numbers.ts";
import { MissingFiles } from "./reads/missing-files.ts";
import { PullRequestStates } from "./reads/pull-request-states.ts";
import { ReleasedPins } from "./reads/released-pins.ts";
import { WorkflowTexts } from "./reads/workflow-texts.ts";

/** What the resource reads from and writes to. */
export interface BranchAccess {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  readonly github: GitHubClient;
  readonly snapshots: RepositorySnapshots;
  readonly texts: WorkflowTexts;
  /** Texts of the templates. */
  readonly stored: StoredTexts;
  /**
   * By id of the resource: the workflows for which `auto` decided on templates in this run. They are in no
   * input, because the next run would find another one, and the engine would write the state.
   */
  readonly decided: Map<string, Blobs>;
  readonly numbers: ActionNumbers;
  /** The fleet's branch from which pull requests are made. */
  readonly proposalBranch: string;
  /** The pull requests that the state knows, as GitHub shows them. */
  readonly pullRequests: PullRequestStates;
  /** Names in lower case of the repositories that are offered what a person declined. */
  readonly offerAgain: ReadonlySet<string>;
  readonly released: ReleasedPins;
  readonly missing: MissingFiles;
  readonly central: CentralCommits;
  /** Whether all callers go to the newest commit of the shared workflow in this run. */
  readonly repin: boolean;
}

/** @param fleet names of its repositories to their branches */
export function branchAccess(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  owner: string,
  fleet: Readonly<Record<string, string>>,
  others: Pick<BranchAccess, "registry" | "stored" | "offerAgain" | "repin">,
): BranchAccess {
  return {
    ...others,
    github,
    snapshots,
    texts: new WorkflowTexts(github, snapshots),
    decided: new Map(),
    numbers: new ActionNumbers(github),
    pullRequests: new PullRequestStates(github, owner, Object.keys(fleet)),
    missing: new MissingFiles(github, owner, fleet),
    released: new ReleasedPins(github),
    central: new CentralCommits(github),
    proposalBranch,
  };
}

export type PublishingArgs = z.output<typeof repositoryPublishingProperties.args>;

export type PublishingState = StateOf<typeof repositoryPublishingProperties>;

/** Path to git's blob id. */
export type Blobs = Readonly<Record<string, string>>;

/** The result of `check`: the decision and what follows from it. */
export type PublishingInputs = Pick<
  PublishingState,
  "owner" | "repository" | "branch" | "delivery" | "pullRequests" | "onRemove" | "jobToken"
> & { readonly why?: string } & (
    | {
        readonly mode?: "template";
        readonly files: Blobs;
        readonly lockfile?: "keep" | "onboard" | undefined;
        /** Present while the files are kept as they are. */
        readonly waitsFor?: string | undefined;
      }
    | ({ readonly mode: "repair" } & RepairSettings & Look)
    | { readonly mode: "none"; readonly wasRepaired?: boolean }
  );

export type TemplateInputs = Extract<PublishingInputs, { files: unknown }>;
export type RepairInputs = Extract<PublishingInputs, { mode: "repair" }>;

export interface RepairSettings {
  readonly secret: string;
  readonly replaceSecrets: string[];
  readonly formerSecrets?: string[];
  readonly deadPatFallback: boolean;
}

/** The result of the last read of the branch. */
type Look = Partial<
  Pick<PublishingState, "edits" | "unresolved" | "publishing" | "workflows" | "reader">
>;

/** The result of the last write. A read keeps it, to distinguish edits by others from the fleet's. */
export type Written = Partial<
  Pick<
    PublishingState,
    | "files"
    | "blobs"
    | "offered"
    | "pullRequestUrl"
    | "pullRequests"
    | "declined"
    | "pending"
    | "originals"
  >
>;

/**
 * What the last look found wrong around the files. It is in the inputs, for the policies; so each look judges it
 * again where it was found, or the engine would write the state once more for the inputs without it.
 */
export type Found = Partial<
  Pick<
    PublishingState,
    "lostChecks" | "checksOutsideQueue" | "missingDockerfile" | "secondPublishers" | "notStarting"
  >
>;

/** What a refresh says of the files in its inputs. */
export interface Seen {
  /** Somebody else edited them: an update has to read what they have. */
  readonly edited?: boolean;
}

/** The id of the resource. */
export function filesId({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}

/** Reads the branch, to see what is on it; a repository that is gone is reported when its files are written. */
export function lookAtBranch(
  { snapshots }: Pick<BranchAccess, "snapshots">,
  place: Pick<PublishingState, "owner" | "repository" | "branch">,
): Promise<RepositorySnapshot | undefined> {
  return explaining(`read the workflow files of ${filesId(place)}`, () => snapshots.get(place));
}

/** States of earlier versions, an import and the shared workflow have templates, and no mode. */
export function isTemplate(inputs: PublishingInputs): inputs is TemplateInputs {
  return inputs.mode === undefined || inputs.mode === "template";
}

/** The templates as the last write left the branch. */
export function writtenFiles({ files, blobs }: Written): Blobs {
  return blobs ?? files ?? {};
}

/** The files of the pull request. A state of an earlier version has them in its inputs, until a refresh found an edit. */
export function offeredIn(
  { files, edited }: TemplateInputs & Seen,
  state: Written,
): Pick<Written, "offered"> {
  const { offered, pullRequestUrl, declined } = state;
  if (pullRequestUrl == null && declined == null) return {};
  return { offered: offered ?? (edited ? undefined : files) };
}

/**
 * The templates as the fleet left the branch: with the last write, or with a merge of its pull request that the state
 * does not know yet. The content decides, because a person who merges may write another message. What a refresh found
 * does not count, because it may be somebody's edit.
 *
 * @param present what the branch has
 * @param isMerged whether the pull request is known to be merged: then what the branch no longer has was reverted
 */
export function ownFiles(before: Written, present: Blobs, isMerged = false): Blobs {
  const written = writtenFiles(before);
  const { offered } = before;
  if (!offered) return written;
  const stays = Object.entries(written).filter(([path]) => path in offered || path in present);
  const arrived = Object.entries(offered).filter(([path, id]) => isMerged || present[path] === id);
  return Object.fromEntries([...stays, ...arrived]);
}

/** States of earlier versions contain the texts of the templates. */
export function withoutTexts(properties: Properties): Properties {
  const { files } = properties;
  if (!isMap(files)) return properties;
  const ids = Object.entries(files as Record<string, string>).map(([path, file]) => [
    path,
    isGitBlobId(file) ? file : gitBlobId(file),
  ]);
  return { ...properties, files: Object.fromEntries(ids) as Properties };
}

/** Previews compare ids, as in the state, also while another input is unknown. */
export async function textIds({ stored }: BranchAccess, inputs: Properties): Promise<Properties> {
  const { files } = inputs;
  if (!isMap(files)) return inputs;
  const ids: Properties = {};
  for (const [path, file] of Object.entries(files)) {
    ids[path] = typeof file === "string" ? await stored.keep(file) : file;
  }
  return { ...inputs, files: ids };
}
