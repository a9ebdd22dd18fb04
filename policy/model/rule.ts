import type { EnforcementLevel, PolicyConfigSchema, Severity } from "@pulumi/policy";
import type { Workflow, WorkflowFinding } from "../workflow/workflow.ts";

/** A resource's properties as the engine reports them: nothing about them is certain. */
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

/** What rules know besides the resources. */
export interface PolicyContext {
  readonly now: Date;
  /** Whether this is a preview, in which outputs may be open. */
  readonly preview: boolean;
  /** The stack's configuration: full key, such as "ghcr-fleet:pat", to base64 SHA-256 of its value. */
  readonly configHashes: ReadonlyMap<string, string>;
  /** Whether resources are declared that this update does not create (`--target`). */
  readonly leavesOut?: boolean;
  /** Whether this is a preview without the publishing token's value (GHCR_FLEET_WITHOUT_PAT). */
  readonly patWithheld: boolean;
  /** The login that the fleet's configuration says the token belongs to. */
  readonly declaredOwner: string | undefined;
  /** The name that the fleet's configuration gives the publishing secret. */
  readonly declaredSecret: string | undefined;
  /** The exceptions that the policy configuration makes, by rule. */
  readonly exceptions: ReadonlyMap<string, readonly Exception[]>;
}

/** The description of a rule. */
interface RuleCard {
  /** Its name in the engine's output and in a policy configuration: "pat-expiry-max". */
  readonly id: string;
  readonly level: Extract<EnforcementLevel, "mandatory" | "advisory">;
  readonly severity: Severity;
  /** What must hold, in one sentence. */
  readonly description: string;
  /** What a person does about a violation. */
  readonly remediation: string;
  /** Public page that the rule rests on. */
  readonly source: string;
  /** What it judges by, and what it therefore cannot see. */
  readonly sees: string;
  /** Thresholds that a policy configuration may change, each with its default. */
  readonly thresholds?: PolicyConfigSchema;
  /** Knows the publishing secret by the name that the fleet's configuration gives it, too. */
  readonly learnsSecretName?: boolean;
}

/** A rule about single resources. */
export interface ResourceRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "resource";
  /** Types of the resources that it judges, or all of them. */
  readonly resourceTypes: readonly string[] | "all";
  /** Leaves resources alone that this update does not register (`--target`). */
  readonly registeredOnly?: boolean;
  /**
   * What the resource violates, each completing the sentence "<resource> must …", without the full
   * stop. No text may quote a property that could hold a secret.
   *
   * A missing property is a violation. Reading one that is not known yet throws the engine's own
   * error, so findings that do not need it are yielded first.
   */
  judge(resource: Resource, thresholds: Thresholds, context: PolicyContext): Iterable<string>;
}

/** A rule about how resources fit together, judged on what the whole stack will be. */
export interface StackRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "stack";
  /** Judges what a refresh found, of which nothing is known without a state. */
  readonly judgesRefreshed?: boolean;
  judge(
    resources: readonly Resource[],
    thresholds: Thresholds,
    context: PolicyContext,
  ): Iterable<StackFinding>;
}

export interface StackFinding {
  /** The resource at fault; none where the stack as a whole is. */
  readonly resource?: Resource;
  readonly must: string;
}

/**
 * A rule about the text of workflow files, managed or not. It looks at the repository's name in
 * its thresholds only, and at no more of an image's name than the registry: files that differ in
 * nothing else share a verdict.
 */
export interface WorkflowRule<Thresholds extends object = object> extends RuleCard {
  readonly kind: "workflow";
  /** What it depends on besides the text. It waits for that where preview does not know it. */
  readonly asks?: "owner" | "branch";
  /** A matter of style: of files that people write, a finding is advice. */
  readonly isStyle?: boolean;
  judge(workflow: Workflow, thresholds: Thresholds): Iterable<WorkflowFinding>;
  /** Edits the document so that it passes, as far as that can be done without asking. */
  remediate?(workflow: Workflow, thresholds: Thresholds): void;
}

/** One rule of the pack: data and a pure function, so it can be judged without an engine. */
export type Rule = ResourceRule | StackRule | WorkflowRule;

/** A permission from the policy configuration to break one rule in one place until a date. */
export interface Exception {
  /** A repository's name, or a resource's logical name. */
  readonly for?: string;
  /** Who answers for it. */
  readonly owner?: string;
  readonly reason?: string;
  /** ISO-8601 date: the last day it counts. */
  readonly until?: string;
}
