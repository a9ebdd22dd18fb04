import type { OpType } from "@pulumi/pulumi/automation/index.js";
import { toChange, type EngineChange } from "../../../src/stack/engine-change.ts";

export const types = {
  publishing: "ghcr:index:RepositoryPublishing",
  shared: "ghcr:index:SharedWorkflow",
  secret: "ghcr:index:RegistrySecret",
  variable: "ghcr:index:RegistryVariable",
  environment: "ghcr:index:DeploymentEnvironment",
  settings: "ghcr:index:ActionsSettings",
} as const;

/** The URN of a repository's resource, or of a shared one if no repository is given. */
export function urnOf(type: string, repository?: string): string {
  const place = "urn:pulumi:test::ghcr-fleet::";
  if (repository === undefined) return `${place}ghcr-fleet:index:RegistryAccess$${type}::GHCR_PAT`;
  const name = type === types.publishing ? repository : `${repository}/${type.split(":").at(-1)}`;
  return `${place}${type}::${name}`;
}

/** A step of the engine. */
export function change(
  op: OpType,
  type: string,
  repository?: string,
  diffs: string[] = [],
): EngineChange {
  const urn = urnOf(type, repository);
  const found = toChange({ op, type, urn, diffs, provider: "" })[0];
  if (!found) throw new Error(`${op} changes nothing`);
  return found;
}
