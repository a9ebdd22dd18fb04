import { readFileSync } from "node:fs";
import { Command } from "commander";
import { wrapLines } from "./terminal/wrap-lines.ts";
import { addAudit } from "./audit/command.ts";
import { addCheck } from "./check/command.ts";
import { addCompletion } from "./completion/command.ts";
import { addDoctor } from "./doctor/command.ts";
import { addDrift } from "./drift/command.ts";
import { addFleet } from "./fleet/command.ts";
import { addInit } from "./init/command.ts";
import { addPreview } from "./preview/command.ts";
import { addPulumi } from "./pulumi/command.ts";
import { addRecover } from "./recover/command.ts";
import { addRepair } from "./repair/command.ts";
import { addReport } from "./report/command.ts";
import { addRollout } from "./rollout/command.ts";
import { addRotate } from "./rotate/command.ts";
import { addSimulate } from "./simulate/command.ts";
import { addStatus } from "./status/command.ts";
import { addWorkflows } from "./workflows/command.ts";

const packageText = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

/** The command line: each verb has a folder, and its code is loaded when the verb is used. */
export const program = new Command("ghcr-fleet")
  .description("Publishing access to GHCR for every repository of an organisation, as code.")
  .version((JSON.parse(packageText) as { version: string }).version)
  .showHelpAfterError("(see --help)")
  // The options after `pulumi` are not ours.
  .enablePositionalOptions()
  .addHelpText(
    "after",
    "\nEach verb explains its options with --help; docs/guide.md shows them step by step." +
      "\nColours are used on terminals only: FORCE_COLOR=1 forces them, NO_COLOR=1 turns them off. With CI=1, no line is redrawn.",
  )
  .configureOutput({ writeOut: (text) => process.stdout.write(wrapHelp(text)) })
  // 2 stands for wrong usage, 1 for a command that failed.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

addAudit(program);
addCheck(program);
addCompletion(program);
addDoctor(program);
addDrift(program);
addFleet(program);
addInit(program);
addPreview(program);
addPulumi(program);
addRecover(program);
addRepair(program);
addReport(program);
addRollout(program);
addRotate(program);
addSimulate(program);
addStatus(program);
addWorkflows(program);

/** Commander wraps the options only. Examples stay whole, so that they can be copied. */
function wrapHelp(help: string): string {
  const [text = "", ...commands] = help.split(/^(?=Examples:$)/m);
  return [wrapLines(text, process.stdout.columns), ...commands].join("");
}
