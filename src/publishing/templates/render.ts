import { randomUUID } from "node:crypto";
import {
  assertCentralWorkflow,
  assertSharedOptions,
  assertWorkflowOptions,
} from "./assert-workflow-options.ts";
import { inlineCi, inlineRelease } from "./inline-workflows.ts";
import { callerCi, callerRelease, centralWorkflows } from "./reusable-workflows.ts";
import { buildsByRunner } from "./runners.ts";
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
  return renderAlike(options, undefined, (each) => ({
    ".github/workflows/ci.yml": printTemplate(inlineCi(each)),
    ".github/workflows/release.yml": printTemplate(inlineRelease(each)),
  }));
}

/** The same two files as thin callers of the central workflow. RangeError as above. */
export function renderCallers(options: WorkflowOptions, central: CentralWorkflow): RenderedFiles {
  assertWorkflowOptions(options);
  assertCentralWorkflow(central);
  return renderAlike(options, central, (each) => ({
    ".github/workflows/ci.yml": printTemplate(callerCi(each, central)),
    ".github/workflows/release.yml": printTemplate(callerRelease(each, central)),
  }));
}

/** By all that the files depend on, except for the image. */
const rendered = new Map<string, RenderedFiles>();

/** Takes the place of the image there; no option contains it. */
const standIn = `image-${randomUUID()}`;

/**
 * Renders once what is the same but for the image: printing YAML takes 5 ms a repository, and most repositories of a
 * fleet differ in nothing else.
 */
function renderAlike(
  options: WorkflowOptions,
  central: CentralWorkflow | undefined,
  render: (options: WorkflowOptions) => RenderedFiles,
): RenderedFiles {
  // Where several jobs build, their names and artifacts are quoted as the image needs it.
  if (options.images || buildsByRunner(options).length > 1) return render(options);
  const key = JSON.stringify([{ ...options, image: "", repository: "" }, central]);
  const files = rendered.get(key) ?? render({ ...options, image: standIn });
  rendered.set(key, files);
  const texts = Object.entries(files).map(([path, text]) => [path, text.replaceAll(standIn, options.image)]);
  return Object.fromEntries(texts) as RenderedFiles;
}

/** The workflows that the callers share, for the central repository. RangeError as above. */
export function renderCentralWorkflows(options: SharedOptions): RenderedFiles {
  assertSharedOptions(options);
  const files = Object.entries(centralWorkflows(options));
  return Object.fromEntries(
    files.map(([name, workflow]) => [`.github/workflows/${name}`, printTemplate(workflow)]),
  );
}
