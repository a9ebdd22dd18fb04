import type { Command } from "commander";
import type { AuditCommand } from "./audit.ts";
import { parseCount } from "../parse-count.ts";
import { parseIds } from "../parse-ids.ts";
import { parseMoment } from "../parse-moment.ts";
import { parseRepository } from "../parse-repository.ts";

export function addAudit(program: Command): void {
  program
    .command("audit")
    .description("look for uses of the PAT and changes of secrets that are not the fleet's own")
    .argument("[stacks...]", "names of stacks; the selected one if absent")
    .option("--json", "print JSON")
    .option("--sarif <file>", "write SARIF 2.1.0 for GitHub code scanning")
    .option(
      "--issue [owner/name]",
      "keep an issue about it in this repository; GITHUB_REPOSITORY's if absent",
      parseRepository,
    )
    .option("--acknowledge <ids...>", "take findings off the list, by their ids, or all", parseIds)
    .option("--since <date>", "look back to here, instead of to the last audit", parseMoment)
    .option("--requests <number>", "requests of the audit log to spend at most", parseCount, 500)
    .option("--memory <folder>", "where to remember what was seen", ".ghcr-fleet")
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing found, 1 failed or not allowed to look, 2 wrong usage or configuration, 3 findings",
    )
    .action(async (stacks: string[], options: AuditCommand) => {
      const { audit } = await import("./audit.ts");
      await audit(stacks, options);
    });
}
