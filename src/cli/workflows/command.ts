import type { Command } from "commander";

export function addWorkflows(program: Command): void {
  program
    .command("workflows")
    .description("put the stack's own minute into the schedule of .github/workflows/watch.yml")
    .argument("[stack]", "name of a stack; the selected one if absent")
    .action(async (stack: string | undefined) => {
      const { workflows } = await import("./workflows.ts");
      await workflows(stack);
    });
}
