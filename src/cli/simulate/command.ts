import type { Command } from "commander";

/** The options are those of the simulator's own command, which reads them. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description("serve a simulated GitHub with registry and runners on this machine, until Ctrl-C")
    .argument("[options...]", "those of github-simulator: see ghcr-fleet simulate --help")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { runCommandLine } = await import("github-simulator");
      process.exitCode = await runCommandLine({
        name: "ghcr-fleet simulate",
        args,
        env: process.env,
        print: (line) => process.stdout.write(`${line}\n`),
        log: (line) => process.stderr.write(`${line}\n`),
      });
    });
}
