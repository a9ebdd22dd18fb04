import type { EngineEvent, OpType } from "@pulumi/pulumi/automation/index.js";

/** A step of the engine that changes something. */
export interface EngineChange {
  readonly urn: string;
  /** e.g. `ghcr:index:WorkflowFiles` */
  readonly type: string;
  readonly operation: OpType;
  /** The top-level properties that differ; empty for creations and deletions. */
  readonly fields: readonly string[];
  /** Its files are delivered by pull request. */
  readonly byPullRequest: boolean;
  /** Workflow files that stay as they are on the branch. */
  readonly writesNothing: boolean;
  /** The repository of the fleet; absent for resources that all repositories share. */
  readonly repository: string | undefined;
}

const component = "ghcr-fleet:index:FleetRepository";

/**
 * The repository that a resource belongs to: the resource is its component, or a child of it, whose name
 * is the repository's or begins with it and a slash.
 *
 * @param urn `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`
 */
export function repositoryOf(urn: string): string | undefined {
  const [, , type = "", name = ""] = urn.split("::");
  if (type !== component && !type.startsWith(`${component}$`)) return undefined;
  return name.split("/")[0];
}

/** The URN of a repository's component: leaving it out of a run leaves out its children too. */
export function componentUrn(stack: string, project: string, repository: string): string {
  return `urn:pulumi:${stack}::${project}::${component}::${repository}`;
}

const secretType = "ghcr:index:RegistrySecret";

export function isComponentUrn(urn: string): boolean {
  return urn.includes(`::${component}::`);
}

export function isSecretUrn(urn: string): boolean {
  return urn.includes(`${secretType}::`);
}

/** A repository leaves the fleet: its component is deleted. */
export function isDeparture({ urn, operation }: EngineChange): boolean {
  return isComponentUrn(urn) && operation === "delete";
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

/** A secret gets another value, and not only another list of repositories. */
export function isNewCredential({ type, operation, fields }: EngineChange): boolean {
  if (type !== secretType || operation === "delete") return false;
  return operation !== "update" || fields.includes("hash") || fields.includes("box");
}

/** Other files, other logins or another branch; not only a change of how they are delivered or removed. */
export function isNewFiles({ type, operation, fields, writesNothing }: EngineChange): boolean {
  if (type !== "ghcr:index:WorkflowFiles" || operation === "delete" || writesNothing) return false;
  const written = ["files", "branch", "edits", "mode"];
  return operation !== "update" || fields.some((field) => written.includes(field));
}

/** @param inputs of workflow files */
export function deliveryOf(
  inputs: Readonly<Record<string, unknown>> = {},
): Pick<EngineChange, "byPullRequest" | "writesNothing"> {
  const { delivery, mode, edits } = inputs;
  const isRight = mode === "repair" && !(Array.isArray(edits) && edits.length > 0);
  return {
    byPullRequest: delivery === "pull-request",
    writesNothing: mode === "none" || isRight,
  };
}

const unchanging: ReadonlySet<string> = new Set(["same", "read", "refresh", "read-discard"]);

export function toChange(metadata: StepMetadata): EngineChange[] {
  const { op: operation, urn, type, diffs, new: next } = metadata;
  if (unchanging.has(operation)) return [];
  const fields = (diffs ?? []).map((path) => path.split(/[.[]/)[0] ?? path);
  const delivery = deliveryOf(next?.inputs);
  return [{ urn, type, operation, fields, ...delivery, repository: repositoryOf(urn) }];
}

type StepMetadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];
