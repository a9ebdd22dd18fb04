import type { KnownAction } from "./known-action.ts";

/** An action that prepares a runner; here everything is in place already, so it only says so. */
export function setUp(
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>> = {},
): KnownAction {
  return {
    inputs,
    run(step) {
      const given = Object.keys(inputs)
        .filter((name) => step.input(name) !== "")
        .map((name) => `${name}: ${step.input(name)}`);
      step.group("Simulated: nothing was installed", given);
      for (const [name, value] of Object.entries(outputs)) step.setOutput(name, value);
    },
  };
}
