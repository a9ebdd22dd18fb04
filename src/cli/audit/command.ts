import { Option, type Command } from "commander";
import type { AuditCommand } from "./audit.ts";
import { parseCount, parseDate, parseIds } from "../terminal/parse-options.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { issueOption } from "../terminal/shared-options.ts";

export function addAudit(program: Command): void {
  program
    .command("audit")
    .description("find uses of the PAT and changes of secrets that do not come from the fleet")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .option("--sarif <file>", "write SARIF 2.1.0 for GitHub code scanning")
    .addOption(issueOption)
    .addOption(
      new Option("--acknowledge <ids...>", "remove findings from the list, by their ids, or all")
        .argParser(parseIds)
        .env("GHCR_FLEET_ACKNOWLEDGE"),
    )
    .option("--since <date>", "start at this date instead of at the last audit", parseDate)
    .option("--requests <number>", "maximum number of requests to the audit log", parseCount, 500)
    .option("--memory <folder>", "where to store what was found", ".ghcr-fleet")
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 nothing found, 1 failed or not allowed to read, 2 wrong usage or configuration, 3 findings",
        "ghcr-fleet audit acme",
        "ghcr-fleet audit acme --since 2026-05-01 --json",
        "ghcr-fleet audit acme --issue acme/fleet",
        "ghcr-fleet audit acme --acknowledge all",
      ),
    )
    .action(async (stacks: string[], options: AuditCommand) => {
      const { audit } = await import("./audit.ts");
      await audit(stacks, options);
    });
}
