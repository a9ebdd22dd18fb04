// The command `ghcr-fleet`.
import { UsageError } from "../user-error.ts";
import { program } from "./program.ts";
import { explainError, explainSystemError } from "./terminal/explain-error.ts";

// The reader of a pipe may have ended, as with `| head`: the command still finishes its work.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`${explainSystemError(error, "standard output") ?? error.message}\n`);
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${await explainError(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
