import type { ResourceProperties } from "../../src/properties/resource-properties.ts";
import type { CheckResult } from "./check-inputs.ts";
import type { Properties } from "./property-values.ts";

export type ChangeKind = "add" | "delete" | "update" | "replace";

/** Property path (`files["a.yml"]`) to what happens to it. Empty: nothing changes. */
export type Changes = Readonly<Record<string, ChangeKind>>;

export interface ResourceContext {
  readonly urn: string;
  /** Status beside the resource, gone when the step ends. */
  status(message: string): void;
  /** A warning that stays. */
  warn(message: string): void;
}

export interface ReadResult {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
}

/**
 * One kind of resource. Inputs are what the program (or state) says, state is what the last write
 * or read found: the inputs and the outputs together.
 *
 * Methods throw a `UserError` for what a person can fix; nothing is written in `check`, `diff`,
 * `read`, or with `preview`.
 */
export interface ResourceType {
  readonly properties: ResourceProperties;
  /** @param olds the inputs of the last run, or those that `read` returned on refresh */
  check(olds: Properties, news: Properties, context: ResourceContext): Promise<CheckResult>;
  /** Compares the last inputs (as run or as read) with the checked new ones. */
  diff(oldInputs: Properties, news: Properties, state: Properties): Changes;
  /** Whether a preview of `create` can do with inputs that are not known yet. */
  readonly previewsUnknown?: boolean;
  create(
    inputs: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<{ id: string; state: Properties }>;
  /** @returns `undefined` where the resource is gone */
  read(
    id: string,
    state: Properties,
    inputs: Properties,
    context: ResourceContext,
  ): Promise<ReadResult | undefined>;
  update(
    id: string,
    state: Properties,
    inputs: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties>;
  delete(id: string, state: Properties, context: ResourceContext): Promise<void>;
}
