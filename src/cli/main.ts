// The command `ghcr-fleet`. Each verb is a file of its own, loaded when it is asked for.
import { Command } from "commander";
import { UserError } from "../user-error.ts";
import { parsePort } from "./parse-port.ts";
import type { SimulateOptions } from "./simulate.ts";

const command = new Command("ghcr-fleet")
  .description("Publishing access to GHCR for every repository of an organisation, as code.")
  .showHelpAfterError("(see --help)")
  // 2 is for wrong usage; a command that fails ends with 1.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

command
  .command("simulate")
  .description("serve a GitHub with registry and runners on this machine, until Ctrl-C")
  .option("--port <number>", "port of the API on 127.0.0.1; 0 takes a free one", parsePort, 0)
  .option("--registry-port <number>", "port of the registry; 0 takes a free one", parsePort, 0)
  .option("--seed <file>", "YAML or JSON file that describes the organisation")
  .action(async (options: SimulateOptions) => {
    const { simulate } = await import("./simulate.ts");
    await simulate(options);
  });

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
