import type { Command } from "commander";
import { helpEnd } from "../terminal/help-end.ts";
import type { DoctorCommand } from "./doctor.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check versions, back end, rights of the tokens and registry; nothing is written")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 nothing prevents an update, 1 something does, 2 wrong usage",
        "ghcr-fleet doctor acme",
        "ghcr-fleet doctor acme --json",
      ),
    )
    .action(async (stacks: string[], options: DoctorCommand) => {
      const { doctor } = await import("./doctor.ts");
      await doctor(stacks, options);
    });
}
