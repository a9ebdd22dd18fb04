import type { Command } from "commander";
import { examples } from "../terminal/help-end.ts";

export function addWorkflows(program: Command): void {
  program
    .command("workflows")
    .description("write the stack's own minute into the schedule of .github/workflows/watch.yml")
    .argument("[stack]", "name of a stack; default: the selected one")
    .addHelpText("after", examples("ghcr-fleet workflows acme"))
    .action(async (stack: string | undefined) => {
      const { workflows } = await import("./workflows.ts");
      await workflows(stack);
    });
}
