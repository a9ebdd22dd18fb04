import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ActionStep, inputs, type KnownAction } from "../action/known-action.ts";
import { downloadArtifact, uploadArtifact } from "./artifacts.ts";
import { attest, attestBuildProvenance } from "./attest.ts";
import { buildPush } from "./build-push.ts";
import { cache, restoreCache, saveCache } from "./cache.ts";
import { checkout } from "./checkout.ts";
import { login } from "./login.ts";
import { metadata } from "./metadata/metadata.ts";
import { setupGo, setupNode, setupPython } from "./set-up-tool.ts";

/** The actions that the simulator can run, by `owner/name` or `owner/name/path` in lower case. */
export const knownActions: Readonly<Record<string, KnownAction>> = {
  "actions/attest": attest,
  "actions/attest-build-provenance": attestBuildProvenance,
  "actions/cache": cache,
  "actions/cache/restore": restoreCache,
  "actions/cache/save": saveCache,
  "actions/checkout": checkout,
  "actions/download-artifact": downloadArtifact,
  "actions/setup-go": setupGo,
  "actions/setup-node": setupNode,
  "actions/setup-python": setupPython,
  "actions/upload-artifact": uploadArtifact,
  "docker/build-push-action": buildPush,
  "docker/login-action": login,
  "docker/metadata-action": metadata,
  "docker/setup-buildx-action": setUp(
    inputs(
      "version driver driver-opts buildkitd-flags buildkitd-config buildkitd-config-inline install use name endpoint platforms append cache-binary cleanup keep-state",
    ),
    { name: "builder", driver: "docker-container", platforms: "linux/amd64,linux/arm64" },
    addDocker,
  ),
  "docker/setup-qemu-action": setUp(inputs("image platforms reset cache-image"), {
    platforms: "linux/amd64,linux/arm64",
  }),
};

/** An action that prepares a runner; everything is there already, so it only prints that. */
function setUp(
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>> = {},
  prepare?: (step: ActionStep) => void,
): KnownAction {
  return {
    inputs,
    run(step) {
      const given = Object.keys(inputs)
        .filter((name) => step.input(name) !== "")
        .map((name) => `${name}: ${step.input(name)}`);
      step.group("Simulated: nothing was installed", given);
      for (const [name, value] of Object.entries(outputs)) step.setOutput(name, value);
      prepare?.(step);
    },
  };
}

/** Built, this file ends with `.js`, like the program. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const program = fileURLToPath(new URL(`../docker/bin.${extension}`, import.meta.url));

/**
 * Gives the steps that follow a `docker` whose `buildx imagetools` uses the simulator's registry.
 *
 * @see https://github.com/docker/setup-buildx-action
 */
function addDocker({ folders, host, addPath }: ActionStep): void {
  const folder = mkdtempSync(join(folders.toolCache, "docker-"));
  const file = join(folder, "docker");
  const { registryName, registryUrl } = host;
  const words = [process.execPath, program, registryName, registryUrl, folder];
  writeFileSync(file, `#!/bin/sh\nexec ${words.map(quoted).join(" ")} "$@"\n`);
  chmodSync(file, 0o755);
  addPath(folder);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
