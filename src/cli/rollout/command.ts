import { Option, type Command } from "commander";
import { parseAtLeastOne } from "../parse-at-least-one.ts";
import { parseCount } from "../parse-count.ts";
import type { RolloutCommand } from "./rollout.ts";

export function addRollout(program: Command): void {
  program
    .command("rollout")
    .description("preview, then apply wave by wave, as long as images keep arriving")
    .argument("[stacks...]", "stacks of this project; the selected one if absent")
    .addOption(new Option("--resume", "go on with the rollout that stopped").conflicts("restart"))
    .option("--restart", "forget the rollout that stopped, and begin anew")
    .addOption(
      new Option("--plan", "show waves and budget, and write nothing").conflicts("restart"),
    )
    .option("--refresh", "look at GitHub first, and repair what was changed by hand")
    .option("--no-health-gate", "do not wait for images between the waves")
    .option(
      "--allow-removals <count>",
      "so many repositories, and secrets, may go in this one run",
      parseCount,
      0,
    )
    .option("--concurrency <count>", "so many stacks at once", parseAtLeastOne, 4)
    .option("--policy-pack-config <file>", "thresholds and exceptions, as `pulumi` takes them")
    .option("--json", "print one event a line, as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, or nothing to do; 1 failed, interrupted, or repositories within the budget failed;\n2 wrong usage or configuration, or say --resume or --restart; 3 refused by a policy, or stopped by the health gate",
    )
    .action(async (stacks: string[], options: RolloutCommand) => {
      const { rollout } = await import("./rollout.ts");
      await rollout(stacks, options);
    });
}
