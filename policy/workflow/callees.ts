import { declaredSecrets, localCallsOf, publishersOf } from "./publishers.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { Callee, WorkflowSource } from "./workflow.ts";

/** The files of one repository, each with the facts that it needs about the workflows that it calls. */
export async function withCallees(
  sources: readonly WorkflowSource[],
): Promise<readonly WorkflowSource[]> {
  const read = await Promise.all(
    sources
      .filter(({ text }) => /workflow_call|\.github\/workflows\//.test(text))
      .map(readWorkflow),
  );
  const calls = new Map(
    read.map((workflow) => [
      pathOf(workflow),
      {
        path: inRepository(workflow.path),
        publishes: publishersOf(workflow).length > 0,
        secrets: declaredSecrets(workflow),
        calls: localCallsOf(workflow).map(({ path }) => checkoutOf(workflow) + path),
      },
    ]),
  );
  // A call may pass through several files, and GitHub allows ten levels.
  const publishes = (path: string, levels = 10): boolean => {
    const known = calls.get(path);
    if (!known || levels === 0) return false;
    return known.publishes || known.calls.some((next) => publishes(next, levels - 1));
  };
  return sources.map((source) => {
    const callees = [...new Set(calls.get(pathOf(source))?.calls)].flatMap((called): Callee[] => {
      const callee = calls.get(called);
      if (!callee) return [];
      return [{ path: callee.path, publishes: publishes(called), secrets: callee.secrets }];
    });
    return callees.length > 0 ? { ...source, callees } : source;
  });
}

const withSlashes = ({ path }: WorkflowSource) => path.replaceAll("\\", "/");
const pathOf = (source: WorkflowSource) => checkoutOf(source) + inRepository(source.path);

/** The path of the checkout that contains a file: one run may judge several checkouts. */
function checkoutOf(source: WorkflowSource): string {
  const path = withSlashes(source);
  return path.slice(0, path.length - inRepository(path).length);
}

/** A path as it is written in a `uses`. */
function inRepository(path: string): string {
  const slashes = path.replaceAll("\\", "/");
  return /\.github\/workflows\/[^/]+$/.exec(slashes)?.[0] ?? slashes;
}
