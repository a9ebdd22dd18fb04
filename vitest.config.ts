import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

/**
 * test/ mirrors the tree. A folder that needs its own surroundings is a project of its own; all
 * others are the project `unit`.
 */
const ownProjects = ["component", "policy", "outside", "e2e"];

const processors = availableParallelism();

// What the tests start writes plain text, whatever this terminal or CI prefers.
delete process.env["FORCE_COLOR"];
delete process.env["NO_COLOR"];

export default defineConfig({
  // The inlined packages name source maps whose sources they do not ship: a hundred warnings.
  logLevel: "error",
  test: {
    // @actions/workflow-parser imports JSON without an import attribute, which Node refuses.
    server: { deps: { inline: ["@actions/workflow-parser", "@actions/expressions"] } },
    // A few files wait for the pace that GitHub asks for, and compute nothing meanwhile.
    maxWorkers: processors + 3,
    // A worker loads what the tests share once, and not for each file: a third of the unit tests' time.
    // What a file puts over the world it takes off again.
    isolate: false,
    // Long enough for a busy machine; what hangs still ends.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...ownProjects.map((folder) => `test/${folder}/**`)],
        },
      },
      // Pulumi's mocks are global to a process, and must not meet each other or the Automation API.
      project("component", { isolate: true }),
      project("policy"),
      {
        extends: true,
        test: { name: "simulator", include: ["packages/github-simulator/test/**/*.test.ts"] },
      },
      project("outside"),
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          // Real engines, when all else is done.
          sequence: { groupOrder: 1 },
          // Those wait now and then: a third one fills two processors.
          maxWorkers: Math.ceil(processors * 1.5),
        },
      },
    ],
  },
});

function project(folder: string, own: { isolate?: boolean } = {}) {
  return {
    extends: true as const,
    test: { name: folder, include: [`test/${folder}/**/*.test.ts`], ...own },
  };
}
