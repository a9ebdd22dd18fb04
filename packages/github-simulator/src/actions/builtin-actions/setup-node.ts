import { dirname } from "node:path";
import type { KnownAction } from "./known-action.ts";

/**
 * Provides the Node that runs the simulator, whatever version is asked for: nothing is downloaded.
 * @see https://github.com/actions/setup-node
 */
export const setupNode: KnownAction = {
  inputs: {
    "node-version": "",
    "node-version-file": "",
    architecture: "",
    "check-latest": "false",
    "registry-url": "",
    scope: "",
    token: "${{ github.token }}",
    cache: "",
    "package-manager-cache": "true",
    "cache-dependency-path": "",
    mirror: "",
    "mirror-token": "",
  },
  run(step) {
    const asked = step.input("node-version") || step.input("node-version-file");
    const { version, execPath } = process;
    step.group("Simulated: the Node that runs the simulator stands in", [
      `asked for: ${asked || "any"}`,
      `provided: ${version}`,
    ]);
    step.addPath(dirname(execPath));
    step.setOutput("node-version", version);
    step.setOutput("cache-hit", "false");
  },
};
