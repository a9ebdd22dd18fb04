import type { Command } from "commander";
import { statusChecks } from "../../operations/status/crossing.ts";
import type { StatusCommand } from "./status.ts";
import { parseChecks, parseDays, parseIds } from "../terminal/parse-options.ts";
import { helpEnd } from "../terminal/help-end.ts";

export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show the fleet's token, credentials, files, runs, images and packages")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .option(
      "--repository <names>",
      "show only these repositories, and their jobs that publish",
      parseIds,
    )
    .option("--attention", "show only repositories that need attention")
    .option("--min-days <days>", "days that the token must still be valid", parseDays, 14)
    .option("--max-age <days>", "days after which a secret is too old", parseDays)
    .option("--ignore <checks>", "checks that do not count, separated by commas", parseChecks, [])
    .option("--probe", "ask the registry whether the token may push each image")
    .addHelpText(
      "after",
      helpEnd(
        `Checks: ${statusChecks.join(", ")}\nExit codes: 0 all well, 1 failed, 2 wrong usage or configuration, 3 a threshold is crossed`,
        "ghcr-fleet status acme",
        "ghcr-fleet status acme --attention",
        "ghcr-fleet status acme --repository api,web --probe",
      ),
    )
    .action(async (stacks: string[], options: StatusCommand) => {
      const { status } = await import("./status.ts");
      await status(stacks, options);
    });
}
