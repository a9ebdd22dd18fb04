// `npm test`: runs every test project, or what the arguments choose, as `vitest run` does.
// Its last line is "<n> passed, <n> failed".
import { parseCLI, startVitest } from "vitest/node";

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
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
process.stdout.write(`${count("passed")} passed, ${failed} failed${rest}\n`);
