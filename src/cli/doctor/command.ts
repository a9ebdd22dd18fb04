import type { Command } from "commander";
import { examples } from "../terminal/examples.ts";
import type { DoctorCommand } from "./doctor.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check versions, back end, rights of the tokens and registry; nothing is written")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing prevents an update, 1 something does, 2 wrong usage",
    )
    .addHelpText("after", examples("ghcr-fleet doctor acme", "ghcr-fleet doctor acme --json"))
    .action(async (stacks: string[], options: DoctorCommand) => {
      const { doctor } = await import("./doctor.ts");
      await doctor(stacks, options);
    });
}
