import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const processors = availableParallelism();

// Programs that the tests start write plain text, whatever this terminal or CI prefers.
delete process.env["FORCE_COLOR"];
delete process.env["NO_COLOR"];

/** Folders of test/ with needs of their own; all others are the project `unit`. */
const ownProjects = ["component", "policy", "outside", "faults", "e2e"];
const story = "test/e2e/story.test.ts";
const simulator = "packages/github-simulator/test";

const secondTier: Needs = {
  // Engines need the processors for themselves.
  sequence: { groupOrder: 1 },
  // They wait now and then: a third one fills two processors, and a fourth makes nothing faster.
  maxWorkers: Math.ceil(processors * 1.5),
};

/**
 * Folders and files of the second tier that start first, in this order. The others start by their size, which says
 * little about their time, and the last ones should be short: one long file alone would leave processors idle.
 */
const startsFirst = [
  "test/outside/",
  "test/faults/",
  "test/e2e/commands/preview-workflows.test.ts",
  "test/e2e/rollout/",
  "test/e2e/rotation/",
  "test/e2e/backends/",
  "test/e2e/commands/demo.test.ts",
  "test/e2e/commands/first-hour.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = startsFirst.findIndex((name) => moduleId.includes(`/${name}`));
      return at === -1 ? startsFirst.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  // The inlined packages name source maps whose sources they do not ship: a hundred warnings.
  logLevel: "error",
  test: {
    // @actions/workflow-parser imports JSON without an import attribute, which Node refuses.
    server: { deps: { inline: ["@actions/workflow-parser", "@actions/expressions"] } },
    setupFiles: ["test/support/property-seed.ts"],
    // A few files wait for the pace that GitHub asks for, and compute nothing meanwhile.
    maxWorkers: processors + 3,
    // A worker loads shared modules once, and not for each file: a third of the unit tests' time.
    // A file that changes something global changes it back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Long enough for a busy machine; what hangs still ends.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      project("unit", ["test/**/*.test.ts"], {
        exclude: [...configDefaults.exclude, ...ownProjects.map((folder) => `test/${folder}/**`)],
      }),
      // Pulumi's mocks are global to a process, and must not meet each other or the Automation API.
      project("component", ["test/component/**/*.test.ts"], { isolate: true }),
      project("policy", ["test/policy/**/*.test.ts"]),
      project("simulator", [`${simulator}/**/*.test.ts`], {
        exclude: [...configDefaults.exclude, `${simulator}/outside/**`],
      }),
      project("story", [story], { globalSetup: ["test/support/ensure-engine.ts"] }),
      // Programs by others: linters, a browser, clients of GitHub and of registries.
      project(
        "outside",
        ["test/outside/**/*.test.ts", `${simulator}/outside/**/*.test.ts`],
        secondTier,
      ),
      // Each file has its own fleet, and shares it between many faults.
      project("faults", ["test/faults/**/*.test.ts"], {
        ...secondTier,
        globalSetup: ["test/support/ensure-engine.ts"],
      }),
      project("e2e", ["test/e2e/**/*.test.ts"], {
        ...secondTier,
        exclude: [...configDefaults.exclude, story],
        globalSetup: ["test/support/ensure-engine.ts"],
      }),
    ],
  },
});

interface Needs {
  readonly exclude?: string[];
  readonly globalSetup?: string[];
  readonly isolate?: boolean;
  readonly maxWorkers?: number;
  readonly sequence?: { groupOrder: number };
}

function project(name: string, include: string[], needs: Needs = {}) {
  return { extends: true as const, test: { name, include, ...needs } };
}
