import type { Command } from "commander";
import type { RecoverCommand } from "./recover.ts";
import { helpEnd } from "../terminal/help-end.ts";

export function addRecover(program: Command): void {
  program
    .command("recover")
    .description(
      "repair stacks after a crash: remove the lock, drop unfinished operations, refresh",
    )
    .argument("[stacks...]", "stacks of this project; default: the selected one")
    .option("--force", "remove the lock even if another machine or a running process holds it")
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration",
        "ghcr-fleet recover acme",
        "ghcr-fleet recover acme --force           # after the machine that held the lock is gone",
      ),
    )
    .action(async (stacks: string[], options: RecoverCommand) => {
      const { recover } = await import("./recover.ts");
      await recover(stacks, options);
    });
}
