import type { Command } from "commander";
import type * as Simulator from "github-simulator";
import { UserError } from "../../user-error.ts";
import { examples } from "../terminal/help-end.ts";

/** The options are those of the simulator's own command, which reads them. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description("serve a simulated GitHub with registry and runners on this machine, until Ctrl-C")
    .argument("[options...]", "those of github-simulator: see ghcr-fleet simulate --help")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { runCommandLine } = await loadSimulator();
      process.exitCode = await runCommandLine({
        name: "ghcr-fleet simulate",
        args,
        env: process.env,
        print: (line) => process.stdout.write(`${line}\n`),
        log: (line) => process.stderr.write(`${line}\n`),
      });
      if (args.includes("--help")) {
        const shown = examples(
          "ghcr-fleet simulate --port 4010 --registry-port 4011",
          "ghcr-fleet simulate --seed seed.yaml --scripts off --clock 2026-05-01T08:30:00Z",
        );
        process.stdout.write(`${shown}\n`);
      }
    });
}

/** It is a package of its own, which only rehearsals need. */
async function loadSimulator(): Promise<typeof Simulator> {
  try {
    return await import("github-simulator");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"))
      throw error;
    throw new UserError(
      "the simulator is not installed: docs/guide.md, step 0, says how; before its first release, do not install it from npm by its name",
    );
  }
}
