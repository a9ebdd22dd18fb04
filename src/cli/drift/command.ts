import type { Command } from "commander";
import type { DriftCommand } from "./drift.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { issueOption, policyPackConfigOption } from "../terminal/shared-options.ts";

export function addDrift(program: Command): void {
  program
    .command("drift")
    .description("show what differs from what the stack wrote, and who changed it; repair it")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .addOption(issueOption)
    .option("--fix", "repair what an update of the drifted resources can repair")
    .option("--delete-shadows", "with --fix: delete secrets that hide the fleet's, permanently")
    .addOption(policyPackConfigOption)
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 no drift, or none left; 1 failed or could not read; 2 wrong usage or configuration; 3 drift",
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
