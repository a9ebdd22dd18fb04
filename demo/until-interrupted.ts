import { once } from "node:events";
import type { PulumiStack } from "../engine/pulumi-stack.ts";
import type { Platform } from "../simulator/platform/start-platform.ts";
import type { Terminal } from "./terminal.ts";

/** Keeps the simulator up and says how to go on with the stack in another shell. */
export async function untilInterrupted(
  terminal: Terminal,
  platform: Platform,
  stack: PulumiStack,
): Promise<void> {
  const variables = Object.entries(stack.shellVariables).map(
    ([name, value]) => `  export ${name}=${JSON.stringify(value)}`,
  );
  terminal.say(
    [
      `The simulator goes on at ${platform.url}, the stack lives in ${stack.folder}. In another shell:`,
      "",
      ...variables,
      `  pulumi preview --stack ${stack.stack} --config-file ${stack.configFile} --policy-pack policy`,
      "",
      "Change the fleet in that file and run `pulumi up` with the same flags. Ctrl-C ends it all.",
    ].join("\n"),
  );
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
