import type { Command } from "commander";
import type { DriftCommand } from "./drift.ts";
import { parseRepository } from "../terminal/parse-options.ts";
import { examples } from "../terminal/examples.ts";

export function addDrift(program: Command): void {
  program
    .command("drift")
    .description("show what differs from what the stack wrote, and who changed it; repair it")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .option(
      "--issue [owner/name]",
      "open or update an issue in this repository; default: GITHUB_REPOSITORY",
      parseRepository,
    )
    .option("--fix", "repair what an update of the drifted resources can repair")
    .option("--delete-shadows", "with --fix: delete secrets that hide the fleet's, permanently")
    .option(
      "--policy-pack-config <file>",
      "thresholds and exceptions, in the format that `pulumi` takes",
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 no drift, or none left; 1 failed or could not read; 2 wrong usage or configuration; 3 drift",
    )
    .addHelpText(
      "after",
      examples(
        "ghcr-fleet drift acme",
        "ghcr-fleet drift acme --fix",
        "ghcr-fleet drift acme --issue acme/fleet",
      ),
    )
    .action(async (stacks: string[], options: DriftCommand) => {
      const { drift } = await import("./drift.ts");
      await drift(stacks, options);
    });
}
