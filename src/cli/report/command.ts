import type { Command } from "commander";
import { parseChecks } from "../parse-checks.ts";
import { parseDays } from "../parse-days.ts";
import type { ReportCommand } from "./report.ts";

export function addReport(program: Command): void {
  program
    .command("report")
    .description("write how the fleet is as a page, as Markdown or as JSON")
    .argument("[stacks...]", "names of stacks; the selected one if absent")
    .option("--html <file>", "write one page that needs nothing else")
    .option("--markdown <file>", "write Markdown")
    .option("--json <file>", "write JSON")
    .option("--from <file>", "draw what status --json or report --json wrote, and ask nobody")
    .option("--min-days <days>", "days that the token must have left", parseDays, 14)
    .option("--max-age <days>", "days after which a secret is too old", parseDays)
    .option("--ignore <checks>", "checks that do not count, with commas between", parseChecks, [])
    .option("--probe", "ask the registry whether the token may push each image")
    .addHelpText("after", "\nExit codes: 0 written, 1 failed, 2 wrong usage or configuration")
    .action(async (stacks: string[], options: ReportCommand) => {
      const { report } = await import("./report.ts");
      await report(stacks, options);
    });
}
