import type { EngineEvent, OpType } from "@pulumi/pulumi/automation/index.js";
import { ghcrType } from "./resource-types.ts";

/** A step of the engine that changes something. */
export interface EngineChange {
  readonly urn: string;
  /** e.g. `ghcr:index:RegistrySecret` */
  readonly type: string;
  readonly operation: OpType;
  /** The top-level properties that differ; empty for creations and deletions. */
  readonly fields: readonly string[];
  /** Its files are delivered by pull request. */
  readonly byPullRequest: boolean;
  /** A record of files is deleted, and a commit takes them back: see {@link takesBack}. */
  readonly takesBack: boolean;
  /** Workflow files that stay as they are on the branch. */
  readonly writesNothing: boolean;
  /** Its commits get tags, which callers name. */
  readonly isTagged: boolean;
  /** What has to be merged before its files can call the shared workflow. */
  readonly waitsFor: string | undefined;
  /** The repository of the fleet; absent for resources that all repositories share. */
  readonly repository: string | undefined;
}

/** In states of earlier versions. */
const formerComponent = "ghcr-fleet:index:FleetRepository";

/**
 * The repository that a resource belongs to: the name of the resource about its publishing is the
 * repository's, and names of its other resources begin with it and a slash.
 *
 * @param urn `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`
 */
export function repositoryOf(urn: string): string | undefined {
  const [, , types = "", name = ""] = urn.split("::");
  const type = types.split("$").at(-1) ?? types;
  const isOwn = type.startsWith("ghcr:index:") && name.includes("/");
  if (type !== ghcrType.publishing && !isOwn && !types.startsWith(formerComponent))
    return undefined;
  return name.split("/")[0];
}

/** Whether it is the resource that each repository of the fleet has. */
export function isPublishingUrn(urn: string): boolean {
  return urn.includes(`${ghcrType.publishing}::`);
}

/** Whether an earlier version of this program wrote the record. */
export function isFormerUrn(urn: string): boolean {
  return urn.includes(`::${formerComponent}`);
}

export function isTokenUrn(urn: string): boolean {
  return urn.includes(`${ghcrType.token}::`);
}

/** Whether it is the token that only the trial of a rotation has. */
export function isNextTokenUrn(urn: string): boolean {
  return urn.endsWith(`${ghcrType.token}::next-publisher`);
}

export function isSecretUrn(urn: string): boolean {
  return urn.includes(`${ghcrType.secret}::`);
}

/** What to do about such records. */
export const formerState =
  "an earlier version of ghcr-fleet wrote the stack's state: run `pulumi up` once, which changes nothing on GitHub, then run again";

/** Whether it writes workflow files: those of a repository, or the workflow that all share. */
export function holdsFiles(type: string): boolean {
  return type === ghcrType.publishing || type === ghcrType.shared;
}

/** The shared workflow, which callers come after, gets another text. */
export function isSharedWorkflow({ type, operation }: EngineChange): boolean {
  return type === ghcrType.shared && operation !== "delete";
}

/** A repository leaves the fleet. */
export function isDeparture({ urn, operation }: EngineChange): boolean {
  return isPublishingUrn(urn) && operation === "delete";
}

/**
 * Something is deleted that a repository of the fleet may still use: what repositories share, or what
 * belongs to one that stays.
 */
export function removesInUse(changes: readonly EngineChange[]): boolean {
  const leaving = new Set(changes.filter(isDeparture).map(({ repository }) => repository));
  return changes.some(
    ({ operation, repository }) => operation === "delete" && !leaving.has(repository),
  );
}

export function isSecretRemoval({ urn, operation }: EngineChange): boolean {
  return isSecretUrn(urn) && operation === "delete";
}

/**
 * A secret gets another value, and not only another list of repositories; or a repository begins or ends to
 * publish with the job's own token.
 */
export function isNewCredential({ type, operation, fields }: EngineChange): boolean {
  if (type === ghcrType.publishing) return operation === "update" && fields.includes("jobToken");
  if (type !== ghcrType.secret || operation === "delete") return false;
  return operation !== "update" || fields.includes("hash") || fields.includes("box");
}

/** Other files, other logins or another branch; not only a change of how they are delivered or removed. */
export function isNewFiles({ type, operation, fields, writesNothing }: EngineChange): boolean {
  if (!holdsFiles(type) || operation === "delete" || writesNothing) return false;
  // Where `declined` differs, the files are offered again; where `lockfile` does, it gets their actions, without which no run starts.
  const written = ["files", "branch", "edits", "mode", "declined", "lockfile"];
  return operation !== "update" || fields.some((field) => written.includes(field));
}

/**
 * Whether the provider takes back what it wrote when a record of files is deleted: the files of templates, or
 * the repaired places, which get their former text (`onRemove`).
 *
 * @param before the record in the state
 */
export function takesBack(before: RecordedState | null | undefined): boolean {
  const { mode = "template", onRemove } = before?.inputs ?? {};
  if (mode === "template") return onRemove === "delete";
  const originals = before?.outputs["originals"];
  return onRemove === "restore" && Array.isArray(originals) && originals.length > 0;
}

interface RecordedState {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @param inputs of what holds files */
function deliveryOf(
  inputs: Readonly<Record<string, unknown>> = {},
): Pick<EngineChange, "byPullRequest" | "writesNothing" | "isTagged" | "waitsFor"> {
  const { delivery, mode, edits, ref, waitsFor } = inputs;
  const isRight = mode === "repair" && !(Array.isArray(edits) && edits.length > 0);
  return {
    byPullRequest: delivery === "pull-request",
    writesNothing: mode === "none" || isRight,
    isTagged: ref === "tag",
    waitsFor: typeof waitsFor === "string" ? waitsFor : undefined,
  };
}

const unchanging: ReadonlySet<string> = new Set(["same", "read", "refresh", "read-discard"]);

/** Whether an operation of the engine changes something. */
export function isChanging(operation: OpType): boolean {
  return !unchanging.has(operation);
}

export function toChange(metadata: StepMetadata): EngineChange[] {
  const { op: operation, urn, type, diffs, old: before, new: after } = metadata;
  if (!isChanging(operation)) return [];
  return [changeOf({ urn, type, operation, before, after, paths: diffs ?? [] })];
}

/** @param step with the paths of the properties that differ: `files["ci.yml"]` */
export function changeOf({
  urn,
  type,
  operation,
  before,
  after,
  paths,
}: Pick<EngineChange, "urn" | "type" | "operation"> & {
  readonly before?: RecordedState | null | undefined;
  readonly after?: { readonly inputs: Readonly<Record<string, unknown>> } | null | undefined;
  readonly paths: readonly string[];
}): EngineChange {
  const fields = paths.map((path) => path.split(/[.[]/)[0] ?? path);
  const isTakenBack = operation === "delete" && holdsFiles(type) && takesBack(before);
  const delivery = deliveryOf(isTakenBack ? before?.inputs : after?.inputs);
  const repository = repositoryOf(urn);
  return { urn, type, operation, fields, ...delivery, takesBack: isTakenBack, repository };
}

type StepMetadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];
