import type { Command } from "commander";
import { examples } from "../terminal/help-end.ts";
import type { FleetCommand } from "./fleet.ts";

export function addFleet(program: Command): void {
  program
    .command("fleet")
    .description("list which repositories are in the fleet, which are not, and by which entry")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON, with all settings of each repository")
    .option("--out", "list only the repositories that are not in the fleet")
    .addHelpText(
      "after",
      examples(
        "ghcr-fleet fleet acme",
        "ghcr-fleet fleet acme --out",
        "ghcr-fleet fleet acme --json",
      ),
    )
    .action(async (stacks: string[], options: FleetCommand) => {
      const { fleet } = await import("./fleet.ts");
      await fleet(stacks, options);
    });
}
