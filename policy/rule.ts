import type { EnforcementLevel, PolicyConfigSchema } from "@pulumi/policy";

/** A resource's properties as the engine reports them: nothing about them is certain. */
export type Properties = Readonly<Record<string, unknown>>;

/**
 * One rule of the pack: what must hold for every resource of one type.
 *
 * A rule is data and a pure function, so it can be judged without an engine.
 */
export type Rule<Thresholds extends object = object> = {
  /** Its name in the engine's output and in a policy configuration: "pat-expiry-max". */
  readonly id: string;
  readonly level: EnforcementLevel;
  /** What must hold, in one sentence. */
  readonly description: string;
  /** What a person does about a violation. */
  readonly remediation: string;
  /** Public page that the rule rests on. */
  readonly source: string;
  /** Type of the resources it judges: "ghcr:index:RegistryToken". */
  readonly resourceType: string;
  /** Thresholds that a policy configuration may change, each with its default. */
  readonly thresholds?: PolicyConfigSchema;
  /**
   * What the resource violates, each completing the sentence "<resource> must …", without the full
   * stop. No text may quote a property that could hold a secret.
   *
   * A missing property is a violation. Reading one that is not known yet throws the engine's own
   * error, so whatever can be judged without it is yielded before.
   */
  judge(properties: Properties, thresholds: Thresholds): Iterable<string>;
};
