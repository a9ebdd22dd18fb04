import type { EngineEvent, OpType, PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import { repositoryOf } from "../../stack/engine-change.ts";
import { plain } from "../../stack/engine-errors.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource before or after a step; the engine masks its secrets. */
export interface ResourceState {
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Whether it stays on GitHub when the stack removes it. */
  readonly retainOnDelete?: boolean | undefined;
}

/** A step of the engine for one resource. */
export interface ResourceStep {
  readonly urn: string;
  /** "ghcr:index:RegistrySecret" */
  readonly type: string;
  readonly operation: OpType;
  readonly before: ResourceState | undefined;
  readonly after: ResourceState | undefined;
  /** Paths of the properties that differ, from the provider. */
  readonly paths: readonly string[];
}

export interface EventLog {
  readonly onEvent: (event: EngineEvent) => void;
  /** Results of the refresh, by URN: before is the state, after is what GitHub has now. */
  readonly refreshed: ReadonlyMap<string, ResourceStep>;
  /** What the program declares, by URN. */
  readonly planned: ReadonlyMap<string, ResourceStep>;
  readonly policies: readonly PolicyEvent[];
  /** Without repetitions, in order. */
  readonly warnings: ReadonlySet<string>;
  readonly errors: ReadonlySet<string>;
}

/** Collects the events of a preview. */
export function createEventLog(): EventLog {
  const refreshed = new Map<string, ResourceStep>();
  const planned = new Map<string, ResourceStep>();
  const policies: PolicyEvent[] = [];
  const [warnings, errors] = [new Set<string>(), new Set<string>()];
  return {
    refreshed,
    planned,
    policies,
    warnings,
    errors,
    onEvent({ resOutputsEvent, policyEvent, diagnosticEvent }) {
      if (resOutputsEvent) {
        const step = toStep(resOutputsEvent.metadata);
        const steps = step.operation === "refresh" ? refreshed : planned;
        // Of a replacement, the new resource is shown, not the deletion of the former one.
        if (step.operation !== "delete-replaced" || !steps.has(step.urn)) steps.set(step.urn, step);
      }
      if (policyEvent) policies.push(policyEvent);
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const repository = diagnosticEvent.urn && repositoryOf(diagnosticEvent.urn);
        const message = plain(diagnosticEvent.message);
        const text = repository ? `${repository}: ${message}` : message;
        if (diagnosticEvent.severity === "warning") warnings.add(text);
        // The engine's last message only says that there were errors.
        if (diagnosticEvent.severity === "error" && message !== "preview failed") errors.add(text);
      }
    },
  };
}

type Metadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

function toStep(metadata: Metadata): ResourceStep {
  const { urn, type, op: operation, detailedDiff, diffs } = metadata;
  // The engine reports what does not exist as null.
  const [before, after] = [metadata.old ?? undefined, metadata.new ?? undefined];
  const paths = Object.keys(detailedDiff ?? {});
  return { urn, type, operation, before, after, paths: paths.length > 0 ? paths : (diffs ?? []) };
}
