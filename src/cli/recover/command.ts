import type { Command } from "commander";
import type { RecoverCommand } from "./recover.ts";

export function addRecover(program: Command): void {
  program
    .command("recover")
    .description(
      "put stacks right after a crash: take off the lock, forget what was begun, refresh",
    )
    .argument("[stacks...]", "stacks of this project; the selected one if absent")
    .option("--force", "take the lock off even if another machine, or a living process, holds it")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration")
    .action(async (stacks: string[], options: RecoverCommand) => {
      const { recover } = await import("./recover.ts");
      await recover(stacks, options);
    });
}
