import type { StoredTexts } from "../workflow/stored-text.ts";
import type { EnforcementLevel, PolicyConfigSchema, Severity } from "@pulumi/policy";
import type { PublishingHost } from "./publishing-host.ts";
import type { Workflow, WorkflowFinding } from "../workflow/workflow.ts";

/**
 * A resource's properties as the engine reports them; any of them may be missing or have another type.
 */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource: its inputs when it is judged alone, its outputs when it is judged with the stack. */
export interface Resource {
  /** "ghcr:index:RegistryToken" */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  readonly props: Properties;
}

/** What rules know in addition to the resources. */
export interface PolicyContext {
  readonly now: Date;
  /** Whether this is a preview, in which outputs may be open. */
  readonly preview: boolean;
  /** The stack's configuration: full key, such as "ghcr-fleet:pat", to base64 SHA-256 of its value. */
  readonly configHashes: ReadonlyMap<string, string>;
  /** Whether resources are declared that this update does not create (`--target`). */
  readonly leavesOut?: boolean;
  /** The urns that the program registered. After a refresh, the engine also shows resources that it then deletes. */
  readonly registered?: ReadonlySet<string>;
  /** Whether this is a preview without the publishing token's value (GHCR_FLEET_WITHOUT_PAT). */
  readonly patWithheld: boolean;
  /** The token's owner in the fleet's configuration. */
  readonly declaredOwner: string | undefined;
  /** The publishing secret's name in the fleet's configuration. */
  readonly declaredSecret: string | undefined;
  /** The exceptions of the policy configuration, by rule. */
  readonly exceptions: ReadonlyMap<string, readonly Exception[]>;
  /** Where the fleet publishes; github.com if absent. */
  readonly host?: PublishingHost;
  /** Where workflow files are that resources name by git blob id; absent offline, where none are. */
  readonly texts?: StoredTexts;
}

/** The description of a rule. */
interface RuleCard {
  /** The rule's name in the engine's output and in a policy configuration: "pat-expiry-max". */
  readonly id: string;
  readonly level: Extract<EnforcementLevel, "mandatory" | "advisory">;
  readonly severity: Severity;
  /** The requirement, in one sentence. */
  readonly description: string;
  /** How a person fixes a violation. */
  readonly remediation: string;
  /** A public page that explains the requirement. */
  readonly source: string;
  /** What it judges, and therefore cannot see. */
  readonly sees: string;
  /** Thresholds that a policy configuration may change, each with its default. */
  readonly thresholds?: PolicyConfigSchema;
  /** Whether it also uses the publishing secret's name from the fleet's configuration. */
  readonly learnsSecretName?: boolean;
}

/** A rule about single resources. */
export interface ResourceRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "resource";
  /** Types of the resources that it judges; all if absent. */
  readonly resourceTypes: readonly string[] | "all";
  /** Whether it skips resources that this update does not register (`--target`). */
  readonly registeredOnly?: boolean;
  /**
   * The violations of the resource; each text completes the sentence "<resource> must …", without the
   * full stop. No text may quote a property that could contain a secret.
   *
   * A missing property is a violation. Reading an unknown one throws the engine's own error, so
   * findings that do not need it are yielded first.
   */
  judge(resource: Resource, thresholds: Thresholds, context: PolicyContext): Iterable<string>;
}

/** A rule about several resources, judged on the whole stack after the update. */
export interface StackRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "stack";
  /** Whether it judges the result of a refresh, which is unknown without a state. */
  readonly judgesRefreshed?: boolean;
  judge(
    resources: readonly Resource[],
    thresholds: Thresholds,
    context: PolicyContext,
  ): Iterable<StackFinding>;
}

export interface StackFinding {
  /** The resource with the problem; absent for the whole stack. */
  readonly resource?: Resource;
  readonly must: string;
}

/**
 * A rule about the text of workflow files, managed or not. It uses the repository's name only for its
 * thresholds, and only the registry of an image's name: files that differ only in these names share a
 * verdict.
 */
export interface WorkflowRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "workflow";
  /** What it depends on in addition to the text. If preview does not know that yet, the rule waits. */
  readonly asks?: "owner" | "branch";
  /** Whether it is about style: in files that people write, its findings are advisory. */
  readonly isStyle?: boolean;
  judge(workflow: Workflow, thresholds: Thresholds): Iterable<WorkflowFinding>;
  /** Edits the document so that it passes, as far as that needs no decision by a person. */
  remediate?(workflow: Workflow, thresholds: Thresholds): void;
}

/** One rule of the pack: data and a pure function, so it can be judged without an engine. */
export type Rule = ResourceRule | StackRule | WorkflowRule;

/** A permission in the policy configuration to break one rule in one place until a date. */
export interface Exception {
  /** A repository's name, or a resource's logical name. */
  readonly for?: string;
  /** The person or team that is responsible for it. */
  readonly owner?: string;
  readonly reason?: string;
  /** ISO-8601 date: the last day on which it is valid. */
  readonly until?: string;
}
