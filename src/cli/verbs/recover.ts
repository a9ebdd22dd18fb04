import type { Command } from "commander";

export function addRecover(program: Command): void {
  program
    .command("recover")
    .description(
      "put stacks right after a crash: take off the lock, forget what was begun, refresh",
    )
    .argument("[stacks...]", "stacks of this project; the selected one if absent")
    .action(async (stacks: string[]) => {
      const { recover } = await import("../recover.ts");
      await recover(stacks);
    });
}
