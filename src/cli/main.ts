// The command `ghcr-fleet`. Each verb is a file of its own, loaded when it is asked for.
import { Command } from "commander";
import { UserError } from "../user-error.ts";
import type { CheckCommand } from "./check.ts";
import { parsePort } from "./parse-port.ts";
import { parseRepository } from "./parse-repository.ts";
import type { SimulateOptions } from "./simulate.ts";
import { UsageError } from "./usage-error.ts";

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

command
  .command("check")
  .description("judge workflow files by the policy rules, without engine and network")
  .argument("[paths...]", "files, folders of workflow files, or checkouts; this folder if absent")
  .option("--sarif <file>", "write SARIF 2.1.0 for GitHub code scanning")
  .option("--json", "print JSON")
  .option(
    "--repository <owner/name>",
    "repository of the files, for its exceptions",
    parseRepository,
  )
  .option("--policy-pack-config <file>", "thresholds and exceptions, as `pulumi` takes them")
  .action(async (paths: string[], options: CheckCommand) => {
    const { check } = await import("./check.ts");
    await check(paths, options);
  });

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
