import type { Command } from "commander";
import type { RepairCommand } from "./repair.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { registryOption } from "../terminal/shared-options.ts";

export function addRepair(program: Command): void {
  program
    .command("repair")
    .description(
      "make the workflows of a checkout publish to its registry with the wanted credential",
    )
    .argument(
      "[paths...]",
      "workflow files, folders of them, or checkouts; this checkout if absent",
    )
    .option("--write", "change the files; without it, the changes are shown only")
    .option("--json", "print JSON")
    .option("--secret <name>", "secret that holds the token", "GHCR_PAT")
    .option(
      "--replace-secret <name>",
      "a secret of the repository whose place it takes, such as CR_PAT; may be given several times",
      (name: string, before: string[]) => [...before, name],
      [],
    )
    .option(
      "--dead-pat-fallback",
      "where docker/login-action fails, log in again with the job's own token",
    )
    .addOption(registryOption)
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 all is right or was made right, 1 failed, 2 wrong usage, " +
          "3 something is left for you, or would change without --write",
        "ghcr-fleet repair                         # show what would change in this checkout",
        "ghcr-fleet repair --write",
        "ghcr-fleet repair ../api ../web --replace-secret CR_PAT",
      ),
    )
    .action(async (paths: string[], options: RepairCommand) => {
      const { repair } = await import("./repair.ts");
      await repair(paths, options);
    });
}
