import { parse } from "yaml";
import { z } from "zod";
import { parseActionReference } from "../action/action-policy.ts";
import { literalText } from "../language/scalars.ts";
import type { WorkflowFile, WorkflowSource } from "../language/workflow-file.ts";

const lockPath = ".github/workflows/actions.lock";
const lockVersion = "v0.0.2";

const lockSchema = z.object({
  workflows: z.record(z.string(), z.array(z.string())).nullish(),
  dependencies: z
    .record(z.string(), z.object({ commit: z.string(), uses: z.array(z.string()).nullish() }))
    .nullish(),
});

/**
 * Why the lockfile of a repository does not let a workflow start: a workflow that it lists needs an entry
 * for each of its actions, and for those that these use. Reusable workflows are locked where they are.
 * A lockfile that is not valid is ignored, as seen on GitHub.
 *
 * @see https://docs.github.com/en/actions/concepts/security/workflow-dependency-lockfiles
 * @see https://github.com/github/gh-actions-lock/issues/125
 */
export function lockRefusal(host: WorkflowSource, workflow: WorkflowFile): string | undefined {
  const { owner, repo, sha, path } = workflow.place;
  const text = host.readFile(owner, repo, sha, lockPath);
  const value = text === undefined ? undefined : parsed(text);
  const { success, data } = lockSchema.safeParse(value);
  const listed = success ? data.workflows?.[path] : undefined;
  if (!success || listed === undefined) return undefined;
  const { version } = value as { version?: unknown };
  if (version !== lockVersion) {
    return `the simulator knows lockfiles of ${lockVersion} only, and ${lockPath} is of ${String(version)}`;
  }
  const dependencies = data.dependencies ?? {};
  const used = usedBy(workflow);
  const missing = used.filter((pin) => !listed.includes(pin) || !(pin in dependencies));
  const open = [...used];
  const seen = new Set<string>();
  for (let pin = open.pop(); pin !== undefined; pin = open.pop()) {
    if (seen.has(pin)) continue;
    seen.add(pin);
    const needs = dependencies[pin]?.uses ?? [];
    missing.push(...needs.filter((each) => !(each in dependencies)));
    open.push(...needs);
  }
  if (missing.length === 0) return undefined;
  return `The workflow ${path} is locked, and ${lockPath} has no entry for ${[...new Set(missing)].join(", ")}.`;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** `docker/login-action@v4`, without the folder inside the repository. */
function usedBy({ jobs }: WorkflowFile): string[] {
  return jobs.flatMap((job) =>
    job.kind === "call"
      ? []
      : job.steps.flatMap(({ token }) => {
          const reference = parseActionReference(literalText(token.find("uses")) ?? "");
          if (reference === undefined) return [];
          const { owner, repo, ref } = reference;
          return [`${owner}/${repo}`.toLowerCase() + `@${ref}`];
        }),
  );
}
