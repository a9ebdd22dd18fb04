// `npm run setup` runs all steps, `npm run setup:<step>` one; each says what it found or did.
import { ensureDependencies } from "./steps/ensure-dependencies.mjs";
import { describeEngine, ensureEngine } from "./steps/ensure-engine.mjs";
import { ensureNode } from "./steps/ensure-node.mjs";
import { runSetup } from "./steps/run-setup.mjs";
import { SetupError } from "./steps/setup-error.mjs";

/** @typedef {import("./steps/settings.mjs").Settings} Settings */

/**
 * The steps in their order; each returns one line that says what it found or did.
 *
 * @type {[name: string, step: (settings: Settings) => Promise<string>][]}
 */
const steps = [
  [
    "dependencies",
    async (settings) => {
      const { packages, installed } = await ensureDependencies(settings);
      return `npm packages: ${packages} ${installed ? "installed" : "already there"}`;
    },
  ],
  [
    "node",
    async (settings) => {
      const { program, version, installed } = await ensureNode(settings);
      return `Node ${version}: ${program}${installed ? ", fetched now" : ""}`;
    },
  ],
  ["engine", async (settings) => describeEngine(await ensureEngine(settings))],
];

const verboseFlag = "--verbose";

await runSetup(async (settings) => {
  const wanted = process.argv.slice(2).filter((argument) => argument !== verboseFlag);
  const known = steps.map(([name]) => name);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new SetupError(`There is no step "${unknown}"; the steps are ${known.join(", ")}.`);
  }
  const verbose = settings.verbose || process.argv.includes(verboseFlag);
  for (const [name, step] of steps) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stdout.write(`✓ ${await step({ ...settings, verbose })}\n`);
  }
});
