import type { ActionStep } from "../action/known-action.ts";
import { StepFailure } from "../action/step-failure.ts";
import { splitCsv, splitList } from "./csv.ts";
import { parseImageReference } from "./image-reference.ts";

/** Where a built image goes. */
export interface BuildOutput {
  readonly push: boolean;
  /** Names with or without a tag. */
  readonly names: readonly string[];
  /** Push under the digest only, without tags. */
  readonly byDigest: boolean;
}

/**
 * Reads `push`, `load`, `tags` and `outputs`.
 * @throws StepFailure with the words of buildx
 * @see https://docs.docker.com/build/exporters/
 */
export function readBuildOutput(step: ActionStep): BuildOutput {
  const outputs = step.lines("outputs").map((line) =>
    Object.fromEntries(
      splitCsv(line).map((field) => {
        const equals = field.indexOf("=");
        return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()] as const;
      }),
    ),
  );
  const unknown = outputs.find(
    ({ type }) => !/^(image|registry|docker|cacheonly)$/.test(type ?? ""),
  );
  if (unknown !== undefined) {
    throw new StepFailure(
      `the simulator does not know the build output ${JSON.stringify(unknown)}`,
    );
  }
  const fromOutputs = outputs.flatMap(({ name }) => (name === undefined ? [] : splitCsv(name)));
  const names = [...splitList(step.lines("tags")), ...fromOutputs];
  const pushes = outputs.some((each) => each.type === "registry" || each.push === "true");
  const push = step.flag("push") || pushes;
  for (const name of names) wrap(() => parseImageReference(name));
  if (push && names.length === 0) {
    throw new StepFailure(
      "buildx failed with: ERROR: failed to build: tag is needed when pushing to registry",
    );
  }
  return { push, names, byDigest: outputs.some((each) => each["push-by-digest"] === "true") };
}

function wrap(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new StepFailure(`buildx failed with: ERROR: failed to build: ${error.message}`, {
      cause: error,
    });
  }
}
