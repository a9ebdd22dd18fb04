import type { ResourceProperties } from "../../src/properties/resource-properties.ts";
import type { CheckResult } from "./check-inputs.ts";
import type { Properties } from "./property-values.ts";

export type ChangeKind = "add" | "delete" | "update" | "replace";

/** Property path (`files["a.yml"]`) to the kind of its change. Empty: nothing changes. */
export type Changes = Readonly<Record<string, ChangeKind>>;

export interface ResourceContext {
  readonly urn: string;
  /** Status next to the resource; it disappears when the step ends. */
  status(message: string): void;
  /** A warning that remains in the output. */
  warn(message: string): void;
}

export interface ReadResult {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
}

/**
 * One type of resource. Inputs come from the program (or the state); the state is the result of the
 * last write or read: the inputs and the outputs together.
 *
 * Methods throw a `UserError` for what a person can fix; nothing is written in `check`, `diff`, `read`,
 * or with `preview`.
 */
export interface ResourceType {
  readonly properties: ResourceProperties;
  /** @param olds the inputs of the last run, or those that `read` returned on refresh */
  check(olds: Properties, news: Properties, context: ResourceContext): Promise<CheckResult>;
  /** Compares the old inputs (of the last run or read) with the checked new ones. */
  diff(oldInputs: Properties, news: Properties, state: Properties): Changes | Promise<Changes>;
  /** Whether previews of `create` and `update` work with unknown inputs. */
  readonly previewsUnknown?: boolean;
  create(
    inputs: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<{ id: string; state: Properties }>;
  /** @returns `undefined` where the resource no longer exists */
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
