// `npm test` runs the first tier, or the files and tests that the arguments choose, as `vitest run` does.
// `npm run test:all` runs everything. The last line is "<n> passed, <n> failed[, <n> skipped]".
import { randomInt } from "node:crypto";
import { parseCLI, startVitest } from "vitest/node";

/** Excluded from the first tier. */
const secondTier = ["e2e", "faults", "outside"];

const args = process.argv.slice(2);
const all = args.includes("--all");
const { filter, options } = parseCLI([
  "vitest",
  "run",
  ...args.filter((argument) => argument !== "--all"),
]);
if (!all && filter.length === 0) options.project ??= secondTier.map((name) => `!${name}`);

// Property tests draw new values at each run.
const seed = (process.env["GHCR_FLEET_SEED"] ??= String(randomInt(2 ** 31)));
const repeat = `GHCR_FLEET_SEED=${seed} draws the same values for property tests again.\n`;
process.stdout.write(repeat);

const vitest = await startVitest(filter, options);
const modules = vitest.state.getTestModules();
const states = modules.flatMap((module) =>
  [...module.children.allTests()].map((test) => test.result().state),
);
// A file that does not load has no test to fail; an error outside of all tests fails the run too.
const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
const strayErrors = vitest.state.getUnhandledErrors().length;
await vitest.close();

const count = (state: string) => states.filter((each) => each === state).length;
const failed = count("failed") + brokenFiles + strayErrors;
if (failed > 0) process.exitCode = 1;
const skipped = count("skipped");
const rest = skipped > 0 ? `, ${skipped} skipped` : "";
if (failed > 0) process.stdout.write(repeat);
process.stdout.write(`${count("passed")} passed, ${failed} failed${rest}\n`);
