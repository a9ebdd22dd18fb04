import type { Command } from "commander";
import { helpEnd } from "../terminal/help-end.ts";

/** The options are those of `pulumi`, which reads them. */
export function addPulumi(program: Command): void {
  program
    .command("pulumi")
    .description("run pulumi: the one on PATH, or one that is set up at the first use")
    .argument("[arguments...]", "those of pulumi: see ghcr-fleet pulumi help")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      "after",
      helpEnd(
        "The engine runs with this Node, and keeps what Node compiled. Options that log tokens in clear are refused." +
          "\nExit codes: those of pulumi; 1 without an engine, 2 refused",
        "ghcr-fleet pulumi stack init acme",
        "ghcr-fleet pulumi up --refresh --policy-pack node_modules/ghcr-fleet/policy",
        "ghcr-fleet pulumi help        # all commands of pulumi; up --help: options of one",
      ),
    )
    .action(async (args: string[]) => {
      const { runPulumi } = await import("./run-pulumi.ts");
      await runPulumi(args);
    });
}
