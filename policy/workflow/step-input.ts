import type { YAMLMap } from "yaml";
import type { Step, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

/** An input of a step for its action; names of inputs are case-insensitive. */
export function inputOf({ yaml }: Workflow, { node }: Step, name: string): string | undefined {
  return textOf(yaml.find(yaml.at(node, "with"), name));
}

/** Whether an input of a step is on; not if it is absent, empty or false. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(?:false)?$/i.test(value.trim());
}

/** The value that the nearest `env` gives a variable. */
export function variableOf(
  { yaml }: Workflow,
  scopes: readonly (YAMLMap | undefined)[],
  name: string,
): string | undefined {
  const values = scopes.map((scope) => textOf(yaml.find(yaml.at(scope, "env"), name)));
  return values.find((value) => value !== undefined);
}
