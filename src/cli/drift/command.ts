import type { Command } from "commander";
import type { DriftCommand } from "./drift.ts";
import { parseRepository } from "../parse-repository.ts";

export function addDrift(program: Command): void {
  program
    .command("drift")
    .description("show what is otherwise than the stack left it, and who did it; set it right")
    .argument("[stacks...]", "names of stacks; the selected one if absent")
    .option("--json", "print JSON")
    .option(
      "--issue [owner/name]",
      "keep an issue about it in this repository; GITHUB_REPOSITORY's if absent",
      parseRepository,
    )
    .option("--fix", "set right what an update of the drifted resources can")
    .option("--delete-shadows", "with --fix: delete secrets that hide the fleet's, for good")
    .option("--policy-pack-config <file>", "thresholds and exceptions, as `pulumi` takes them")
    .addHelpText(
      "after",
      "\nExit codes: 0 no drift, or none left; 1 failed or could not read; 2 wrong usage or configuration; 3 drift",
    )
    .action(async (stacks: string[], options: DriftCommand) => {
      const { drift } = await import("./drift.ts");
      await drift(stacks, options);
    });
}
