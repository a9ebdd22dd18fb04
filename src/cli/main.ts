// The command `ghcr-fleet`. Each verb is a file of its own, loaded when it is asked for.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { UsageError } from "../user-error.ts";
import { explainEnd } from "./explain-end.ts";
import { addAudit } from "./audit/command.ts";
import { addCheck } from "./check/command.ts";
import { addDrift } from "./drift/command.ts";
import { addPreview } from "./preview/command.ts";
import { addRecover } from "./recover/command.ts";
import { addRepair } from "./repair/command.ts";
import { addReport } from "./report/command.ts";
import { addRollout } from "./rollout/command.ts";
import { addRotate } from "./rotate/command.ts";
import { addSimulate } from "./simulate/command.ts";
import { addStatus } from "./status/command.ts";
import { addWorkflows } from "./workflows/command.ts";

const packageText = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

const program = new Command("ghcr-fleet")
  .description("Publishing access to GHCR for every repository of an organisation, as code.")
  .version((JSON.parse(packageText) as { version: string }).version)
  .showHelpAfterError("(see --help)")
  .addHelpText(
    "after",
    "\nEach verb says more with --help, and docs/guide.md goes through them step by step." +
      "\nColour is for terminals: FORCE_COLOR=1 asks for it elsewhere, NO_COLOR=1 does without.",
  )
  // 2 is for wrong usage; a command that fails ends with 1.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

addAudit(program);
addCheck(program);
addDrift(program);
addPreview(program);
addRecover(program);
addRepair(program);
addReport(program);
addRollout(program);
addRotate(program);
addSimulate(program);
addStatus(program);
addWorkflows(program);

// Who reads may be gone, as with `| head`: what was begun is still brought to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${await explainEnd(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
