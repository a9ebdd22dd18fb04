import {
  assertCentralWorkflow,
  assertSharedOptions,
  assertWorkflowOptions,
} from "./assert-workflow-options.ts";
import { inlineCi, inlineRelease } from "./inline-workflows.ts";
import { callerCi, callerRelease, centralWorkflows } from "./reusable-workflows.ts";
import { printTemplate } from "./template.ts";
import type { CentralWorkflow, SharedOptions, WorkflowOptions } from "./workflow-options.ts";

export type { CentralWorkflow, WorkflowOptions } from "./workflow-options.ts";

/** Text of each file by its path in the repository. Every text ends with a newline. */
export type RenderedFiles = Readonly<Record<string, string>>;

/**
 * The two workflow files of one repository, each complete.
 *
 * Every option value reads back from the YAML as it went in. One that GitHub Actions would evaluate
 * is refused: RangeError, listing all problems.
 */
export function renderWorkflows(options: WorkflowOptions): RenderedFiles {
  assertWorkflowOptions(options);
  return {
    ".github/workflows/ci.yml": printTemplate(inlineCi(options)),
    ".github/workflows/release.yml": printTemplate(inlineRelease(options)),
  };
}

/** The same two files as thin callers of the central workflow. RangeError as above. */
export function renderCallers(options: WorkflowOptions, central: CentralWorkflow): RenderedFiles {
  assertWorkflowOptions(options);
  assertCentralWorkflow(central);
  return {
    ".github/workflows/ci.yml": printTemplate(callerCi(options, central)),
    ".github/workflows/release.yml": printTemplate(callerRelease(options, central)),
  };
}

/** The workflows that the callers share, for the central repository. RangeError as above. */
export function renderCentralWorkflows(options: SharedOptions): RenderedFiles {
  assertSharedOptions(options);
  const files = Object.entries(centralWorkflows(options));
  return Object.fromEntries(
    files.map(([name, workflow]) => [`.github/workflows/${name}`, printTemplate(workflow)]),
  );
}
