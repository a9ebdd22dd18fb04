import type { Command } from "commander";
import type { CheckCommand } from "./check.ts";
import { parseRepository } from "../terminal/parse-options.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { policyPackConfigOption, registryOption } from "../terminal/shared-options.ts";

export function addCheck(program: Command): void {
  program
    .command("check")
    .description("judge workflow files, or the fleet of a stack, by the policy rules, offline")
    .argument(
      "[paths...]",
      "files, folders of workflow files, checkouts, patterns, or - for standard input; default: this checkout",
    )
    .option("--stack <name>", "judge the fleet that Pulumi.<name>.yaml in this folder describes")
    .option("--sarif <file>", "write SARIF 2.1.0 for GitHub code scanning")
    .option("--json", "print JSON")
    .option(
      "--repository <owner/name>",
      "repository of the files, for its exceptions",
      parseRepository,
    )
    .addOption(registryOption)
    .option(
      "--stdin-filename <path>",
      "path to show for standard input, such as .github/workflows/ci.yml",
    )
    .addOption(policyPackConfigOption)
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 no mandatory rule is broken, 1 failed, 2 wrong usage or configuration, 3 a mandatory rule is broken",
        "ghcr-fleet check                          # the workflows of this checkout",
        "ghcr-fleet check --stack acme             # the fleet of a stack",
        "ghcr-fleet check '../*' --sarif check.sarif",
        "cat ci.yml | ghcr-fleet check - --stdin-filename .github/workflows/ci.yml",
      ),
    )
    .action(async (paths: string[], options: CheckCommand) => {
      const { check } = await import("./check.ts");
      await check(paths, options);
    });
}
