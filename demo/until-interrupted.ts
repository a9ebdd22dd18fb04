import { constants } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { once } from "node:events";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { PulumiStack } from "../tools/pulumi-stack.ts";
import type { Simulator } from "github-simulator";
import type { Terminal } from "./terminal.ts";

/** A copy of the stack's configuration, so that every command in this folder finds it. */
export const keptFile = fileURLToPath(new URL("../Pulumi.demo.yaml", import.meta.url));

/** Keeps the simulator running and shows how to continue with the stack in another shell. */
export async function untilInterrupted(
  terminal: Terminal,
  platform: Simulator,
  stack: PulumiStack,
): Promise<void> {
  const { PATH = "", ...rest } = stack.shellVariables;
  // Node and the engine come first.
  const first = PATH.split(delimiter).slice(0, 2).join(delimiter);
  const variables = Object.entries({ ...rest, PULUMI_STACK: stack.stack });
  await copyFile(stack.configFile, keptFile, constants.COPYFILE_EXCL);
  terminal.say(
    [
      `The simulator continues at ${platform.url},`,
      `and the stack in ${stack.folder}. In another shell, in this folder:`,
      "",
      `  export PATH="${first}:$PATH"`,
      ...variables.map(([name, value]) => `  export ${name}=${JSON.stringify(value)}`),
      "",
      "  npx --no-install ghcr-fleet status",
      "  $EDITOR Pulumi.demo.yaml",
      "  npx --no-install ghcr-fleet preview",
      "  pulumi up --refresh --policy-pack policy",
      "",
      `Continue with step 3 of docs/guide.md, with ${stack.stack} instead of acme;`,
      "in this clone, its node_modules/ghcr-fleet/policy is policy.",
      "Ctrl-C here ends the simulator and removes the stack.",
    ].join("\n"),
  );
  try {
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  } finally {
    await rm(keptFile, { force: true });
  }
}
