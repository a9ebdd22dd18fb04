import { Option, type Command } from "commander";
import type { RotateCommand } from "./rotate.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { policyPackConfigOption } from "../terminal/shared-options.ts";

export function addRotate(program: Command): void {
  program
    .command("rotate")
    .description("give the fleet a new PAT: the first wave tries it, then all repositories get it")
    .argument("[stacks...]", "stacks of this project; default: the selected one")
    .addOption(
      new Option(
        "--from-command <command>",
        "a secret store's command that prints the new PAT; without --from-...: a prompt, or standard input, only for stacks with ghcr-fleet:pat",
      ).conflicts(["fromEnv", "fromFile", "resume", "abort", "revokeOnly"]),
    )
    .addOption(
      new Option("--from-env <variable>", "an environment variable that holds it").conflicts([
        "fromFile",
        "resume",
        "abort",
        "revokeOnly",
      ]),
    )
    .addOption(
      new Option("--from-file <file>", "a file that holds it, by its absolute path").conflicts([
        "resume",
        "abort",
        "revokeOnly",
      ]),
    )
    .addOption(
      new Option("--resume", "continue the rotation that stopped").conflicts([
        "abort",
        "revokeOnly",
      ]),
    )
    .addOption(
      new Option("--abort", "undo a rotation that stopped, while the old PAT is valid").conflicts([
        "revoke",
        "revokeOnly",
      ]),
    )
    .option("--yes", "write without asking, for scripts")
    .option("--revoke", "revoke the old PAT, permanently, when every repository has the new one")
    .option("--revoke-only", "only revoke the PAT that the last rotation replaced")
    .option("--no-health-gate", "do not wait for images")
    .addOption(policyPackConfigOption)
    .option("--json", "print one event per line, as JSON")
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 done; 1 failed, interrupted, not confirmed, or repositories within the budget failed;\n2 wrong usage or configuration, or --yes is needed; 3 refused, or stopped by the health gate",
        "ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT_B   # shows the steps, and asks",
        'ghcr-fleet rotate acme --from-command "vault kv get -field=pat secret/ghcr" --revoke --yes',
        "ghcr-fleet rotate acme --abort",
      ),
    )
    .action(async (stacks: string[], options: RotateCommand) => {
      const { rotate } = await import("./rotate.ts");
      await rotate(stacks, options);
    });
}
