import { parse } from "yaml";
import { z } from "zod";
import { parseUses } from "./language/uses.ts";
import { safeToPrint } from "./safe-to-print.ts";
import type { Workflow, WorkflowFinding } from "./workflow.ts";

/** Next to the workflows of a repository. */
export const lockName = "actions.lock";

/** The format changes until it is final; others are not judged, and that is said. */
const lockVersion = "v0.0.2";

const lockSchema = z.object({
  workflows: z.record(z.string(), z.array(z.string())).nullish(),
  dependencies: z
    .record(z.string(), z.object({ commit: z.string(), uses: z.array(z.string()).optional() }))
    .nullish(),
});

/**
 * What a lockfile lacks for a workflow that it lists: then its runs end at their start, with no job and no log.
 *
 * @param lock text of the lockfile
 * @see https://docs.github.com/en/actions/concepts/security/workflow-dependency-lockfiles
 */
export function findUnlocked(workflow: Workflow, lock: string): WorkflowFinding[] {
  const name = /[^\\/]+$/.exec(workflow.path)?.[0] ?? "";
  const path = `.github/workflows/${name}`;
  if (!lock.includes(path)) return [];
  const read = readLock(lock);
  if (typeof read === "string") return [{ line: 1, must: read }];
  const listed = read.workflows?.[path];
  if (listed === undefined) return [];
  const dependencies = read.dependencies ?? {};
  const used = workflow.jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  return used.flatMap((scalar): WorkflowFinding[] => {
    const uses = parseUses(scalar.value);
    if (uses.kind !== "action") return [];
    const pin = `${uses.repository.toLowerCase()}@${uses.ref}`;
    const missing = [...reachedFrom(pin, dependencies)].filter((each) => !(each in dependencies));
    if (!listed.includes(pin)) missing.unshift(pin);
    return [...new Set(missing)].map((each) => ({
      line: workflow.lineOf(scalar),
      must: `have ${nameOf(each)} in the lockfile that lists this workflow`,
    }));
  });
}

/** Without its commit, which could be a token. */
function nameOf(pin: string): string {
  return safeToPrint(pin) ?? safeToPrint(pin.split("@", 1)[0]) ?? "this action";
}

function readLock(text: string): z.output<typeof lockSchema> | string {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return "have a lockfile that is YAML";
  }
  if ((value as { version?: unknown } | null)?.version !== lockVersion)
    return `have a lockfile of ${lockVersion}, the only format that can be judged`;
  const { success, data } = lockSchema.safeParse(value);
  return success ? data : `have a lockfile of the form of ${lockVersion}`;
}

/** An action, those that it uses, and so on. */
function reachedFrom(
  pin: string,
  dependencies: Readonly<Record<string, { readonly uses?: readonly string[] | undefined }>>,
): ReadonlySet<string> {
  const reached = new Set([pin]);
  // A set also iterates over what is added meanwhile.
  for (const each of reached) for (const next of dependencies[each]?.uses ?? []) reached.add(next);
  return reached;
}
