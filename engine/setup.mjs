// `npm run setup` runs all steps, `npm run setup:<step>` one; each says what it found or did.
import { runSetup, steps } from "./steps/set-up.mjs";
import { SetupError } from "./steps/setup-error.mjs";

await runSetup(async (settings) => {
  const names = process.argv.slice(2).filter((argument) => argument !== "--verbose");
  const verbose = settings.verbose || process.argv.includes("--verbose");
  const known = Object.entries(steps);
  const unknown = names.find((name) => !(name in steps));
  if (unknown !== undefined) {
    throw new SetupError(
      `There is no step "${unknown}"; the steps are ${Object.keys(steps).join(", ")}.`,
    );
  }
  for (const [name, step] of known) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`✓ ${await step({ ...settings, verbose })}\n`);
  }
});
