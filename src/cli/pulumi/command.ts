import type { Command } from "commander";

/** The options are those of `pulumi`, which reads them. */
export function addPulumi(program: Command): void {
  program
    .command("pulumi")
    .description("run pulumi: the one on PATH, or one that is set up at the first use")
    .argument("[arguments...]", "those of pulumi: see ghcr-fleet pulumi --help")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { runPulumi } = await import("./run-pulumi.ts");
      await runPulumi(args);
    });
}
