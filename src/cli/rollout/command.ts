import { Option, type Command } from "commander";
import type { RolloutCommand } from "./rollout.ts";
import { parseAtLeastOne, parseCount } from "../terminal/parse-options.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { policyPackConfigOption } from "../terminal/shared-options.ts";

export function addRollout(program: Command): void {
  program
    .command("rollout")
    .description(
      "show what changes and ask, then apply wave by wave; stop when images stop arriving",
    )
    .argument("[stacks...]", "stacks of this project; default: the selected one")
    .addOption(new Option("--resume", "continue the rollout that stopped").conflicts("restart"))
    .option("--restart", "discard the rollout that stopped, and start again")
    .addOption(
      new Option("--plan", "show what changes, waves and budget; write nothing").conflicts(
        "restart",
      ),
    )
    .option("--yes", "write without asking, for scripts")
    .option("--refresh", "read GitHub first, and repair what was changed by hand")
    .option("--no-health-gate", "do not wait for images between the waves")
    .option(
      "--allow-removals <count>",
      "number of repositories, and of secrets, that this run may remove",
      parseCount,
      0,
    )
    .option("--no-wait-for-merges", "do not wait until the pull requests of a wave are merged")
    .option(
      "--offer-again <repository>",
      "offer what a person declined there; may be repeated",
      (name: string, names: readonly string[]) => [...names, name],
      [],
    )
    .option("--repin", "move all callers to the newest commit of the shared workflow")
    .option("--concurrency <count>", "number of stacks at once", parseAtLeastOne, 4)
    .addOption(policyPackConfigOption)
    .option("--json", "print one event per line, as JSON")
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 done, or nothing to do; 1 failed, interrupted, not confirmed, or repositories within the budget failed;\n2 wrong usage or configuration, or --yes, --resume or --restart is needed; 3 refused by a policy, or stopped by the health gate",
        "ghcr-fleet rollout acme --plan            # what changes, waves and budget; nothing is written",
        "ghcr-fleet rollout acme                   # shows the same, and asks",
        "ghcr-fleet rollout acme --yes             # in a script",
        "ghcr-fleet rollout acme --resume",
        "ghcr-fleet rollout acme --offer-again api # a pull request that somebody declined",
        "ghcr-fleet rollout acme --repin           # all callers to the newest shared workflow",
      ),
    )
    .action(async (stacks: string[], options: RolloutCommand) => {
      const { rollout } = await import("./rollout.ts");
      await rollout(stacks, options);
    });
}
