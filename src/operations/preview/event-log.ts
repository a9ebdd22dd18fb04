import type { EngineEvent, OpType, PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import { repositoryOf } from "../../stack/engine-change.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource on one side of a step; secrets are masked by the engine. */
export interface ResourceState {
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Whether it stays where it is when the stack lets go of it. */
  readonly retainOnDelete?: boolean | undefined;
}

/** What the engine says of one resource. */
export interface ResourceStep {
  readonly urn: string;
  /** "ghcr:index:WorkflowFiles" */
  readonly type: string;
  readonly operation: OpType;
  readonly before: ResourceState | undefined;
  readonly after: ResourceState | undefined;
  /** Property paths that the provider says differ. */
  readonly paths: readonly string[];
}

export interface EventLog {
  readonly onEvent: (event: EngineEvent) => void;
  /** What the refresh found, by URN: before is the state, after what is on GitHub now. */
  readonly refreshed: ReadonlyMap<string, ResourceStep>;
  /** What the program asks for, by URN. */
  readonly planned: ReadonlyMap<string, ResourceStep>;
  readonly policies: readonly PolicyEvent[];
  /** Once each, in the order in which they came. */
  readonly warnings: ReadonlySet<string>;
  readonly errors: ReadonlySet<string>;
}

/** Keeps what a preview tells of itself in its event log. */
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
        (step.operation === "refresh" ? refreshed : planned).set(step.urn, step);
      }
      if (policyEvent) policies.push(policyEvent);
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const repository = diagnosticEvent.urn && repositoryOf(diagnosticEvent.urn);
        const said = plain(diagnosticEvent.message);
        const text = repository ? `${repository}: ${said}` : said;
        if (diagnosticEvent.severity === "warning") warnings.add(text);
        // The engine's own end of the story says nothing more.
        if (diagnosticEvent.severity === "error" && said !== "preview failed") errors.add(text);
      }
    },
  };
}

type Metadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

function toStep(metadata: Metadata): ResourceStep {
  const { urn, type, op: operation, old: before, new: after, detailedDiff, diffs } = metadata;
  const paths = Object.keys(detailedDiff ?? {});
  return { urn, type, operation, before, after, paths: paths.length > 0 ? paths : (diffs ?? []) };
}

/** Without the engine's marks for colours, `<{%reset%}>`. */
export function plain(text: string): string {
  return text.replaceAll(/<\{%.*?%\}>/g, "").trim();
}
