import { once } from "node:events";
import { delimiter } from "node:path";
import type { PulumiStack } from "../engine/pulumi-stack.ts";
import type { Platform } from "../simulator/platform/start-platform.ts";
import type { Terminal } from "./terminal.ts";

/** Keeps the simulator up and says how to go on with the stack in another shell. */
export async function untilInterrupted(
  terminal: Terminal,
  platform: Platform,
  stack: PulumiStack,
): Promise<void> {
  const { PATH = "", ...rest } = stack.shellVariables;
  const [engine = ""] = PATH.split(delimiter);
  const variables = [
    `  export PATH="${engine}:$PWD/node_modules/.bin:$PATH"`,
    ...Object.entries(rest).map(([name, value]) => `  export ${name}=${JSON.stringify(value)}`),
  ];
  const flags = `--stack ${stack.stack} --config-file ${stack.configFile} --policy-pack policy`;
  terminal.say(
    [
      `The simulator goes on at ${platform.url}, the stack lives in ${stack.folder}. In another shell, in this folder:`,
      "",
      ...variables,
      `  pulumi preview ${flags}`,
      `  pulumi up --refresh ${flags}`,
      "",
      "Change the fleet in that file between the two. Ctrl-C ends it all, and removes the stack.",
    ].join("\n"),
  );
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
