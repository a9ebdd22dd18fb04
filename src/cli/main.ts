// The command `ghcr-fleet`. Each verb is a file of its own, loaded when it is asked for.
import "./start-fast.ts";
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { UsageError } from "../user-error.ts";
import { explainEnd } from "./explain-end.ts";
import { addAudit } from "./verbs/audit.ts";
import { addCheck } from "./verbs/check.ts";
import { addDrift } from "./verbs/drift.ts";
import { addPreview } from "./verbs/preview.ts";
import { addRecover } from "./verbs/recover.ts";
import { addRepair } from "./verbs/repair.ts";
import { addReport } from "./verbs/report.ts";
import { addRollout } from "./verbs/rollout.ts";
import { addRotate } from "./verbs/rotate.ts";
import { addSimulate } from "./verbs/simulate.ts";
import { addStatus } from "./verbs/status.ts";
import { addWorkflows } from "./verbs/workflows.ts";

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
