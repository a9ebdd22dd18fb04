import { Option, type Command } from "commander";
import type { RotateCommand } from "./rotate.ts";

export function addRotate(program: Command): void {
  program
    .command("rotate")
    .description("give the fleet a new PAT: the first wave tries it, then everybody gets it")
    .argument("[stacks...]", "stacks of this project; the selected one if absent")
    .addOption(
      new Option(
        "--from-command <command>",
        "a secret store's command that prints the PAT; else it is asked for, or read from standard input",
      ).conflicts(["resume", "abort", "revokeOnly"]),
    )
    .addOption(
      new Option("--resume", "go on with the rotation that stopped").conflicts([
        "abort",
        "revokeOnly",
      ]),
    )
    .addOption(
      new Option("--abort", "take back a trial that stopped").conflicts(["revoke", "revokeOnly"]),
    )
    .option("--revoke", "end the old PAT when every repository has the new one; for good")
    .option("--revoke-only", "end the PAT that the last rotation replaced, and nothing else")
    .option("--no-health-gate", "do not wait for images")
    .option("--policy-pack-config <file>", "thresholds and exceptions, as `pulumi` takes them")
    .option("--json", "print one event a line, as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 done; 1 failed, interrupted, or repositories within the budget failed;\n2 wrong usage or configuration; 3 refused, or stopped by the health gate",
    )
    .action(async (stacks: string[], options: RotateCommand) => {
      const { rotate } = await import("./rotate.ts");
      await rotate(stacks, options);
    });
}
