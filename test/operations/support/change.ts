import type { OpType } from "@pulumi/pulumi/automation/index.js";
import { toChange, type EngineChange } from "../../../src/stack/engine-change.ts";

const component = "ghcr-fleet:index:FleetRepository";

/** The URN of a repository's resource, or of a shared one if no repository is given. */
export function urnOf(type: string, repository: string | undefined, name = repository): string {
  const parent = repository === undefined ? "ghcr-fleet:index:RegistryAccess" : component;
  const qualified = type === component ? component : `${parent}$${type}`;
  return `urn:pulumi:test::ghcr-fleet::${qualified}::${name ?? "GHCR_PAT"}`;
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

export const types = {
  component,
  files: "ghcr:index:WorkflowFiles",
  secret: "ghcr:index:RegistrySecret",
  variable: "ghcr:index:RegistryVariable",
  environment: "ghcr:index:DeploymentEnvironment",
  settings: "ghcr:index:ActionsSettings",
} as const;
