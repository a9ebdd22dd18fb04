import type { Command } from "commander";
import type { PreviewCommand } from "./preview.ts";
import { helpEnd } from "../terminal/help-end.ts";
import { policyPackConfigOption } from "../terminal/shared-options.ts";

export function addPreview(program: Command): void {
  program
    .command("preview")
    .description("show what an update would change, judged by the policies; writes nothing")
    .argument("[stacks...]", "names of stacks; default: the selected one")
    .option("--comment", "write it to the pull request of this workflow run, one comment per stack")
    .option("--plan <file>", "save the plan, for `pulumi up --plan <file>`")
    .option("--head <folder>", "take the fleet from the stack's file in this other checkout")
    .option("--json", "print JSON")
    .option("--markdown <file>", "write Markdown; - for standard output")
    .addOption(policyPackConfigOption)
    .addHelpText(
      "after",
      helpEnd(
        "Exit codes: 0 it can be applied, 1 failed, 2 wrong usage or configuration, or the admin token lacks rights, 3 a mandatory rule is broken or the removal rule refuses",
        "ghcr-fleet preview acme",
        "ghcr-fleet preview acme --markdown preview.md",
        "ghcr-fleet preview acme --plan plan.json && pulumi up --plan plan.json --stack acme",
      ),
    )
    .action(async (stacks: string[], options: PreviewCommand) => {
      const { preview } = await import("./preview.ts");
      await preview(stacks, options);
    });
}
