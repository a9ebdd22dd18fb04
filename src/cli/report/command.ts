import type { Command } from "commander";
import type { ReportCommand } from "./report.ts";
import { parseChecks, parseDays } from "../terminal/parse-options.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { policyPackConfigOption } from "../terminal/shared-options.ts";

export function addReport(program: Command): void {
  program
    .command("report")
    .description("write the state of the fleet as a page, as Markdown or as JSON")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--html <file>", "write one self-contained page; - for standard output")
    .option("--markdown <file>", "write Markdown; - for standard output")
    .option("--json <file>", "write JSON; - for standard output")
    .option(
      "--from <file>",
      "render the output of status --json or report --json; GitHub is not asked",
    )
    .option("--min-days <days>", "days that the token must still be valid", parseDays, 14)
    .option("--max-age <days>", "days after which a secret is too old", parseDays)
    .option("--ignore <checks>", "checks that do not count, separated by commas", parseChecks, [])
    .option("--probe", "ask the registry whether the token may push each image")
    .addOption(policyPackConfigOption)
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 written, 1 failed, 2 wrong usage or configuration",
        "ghcr-fleet report acme --html fleet.html",
        "ghcr-fleet status acme --json > status.json && ghcr-fleet report --from status.json --markdown fleet.md",
      ),
    )
    .action(async (stacks: string[], options: ReportCommand) => {
      const { report } = await import("./report.ts");
      await report(stacks, options);
    });
}
