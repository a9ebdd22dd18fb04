import { parse } from "yaml";
import { z } from "zod";

/**
 * Where GitHub looks for the commits of a repository's actions. A workflow that it lists runs only if it
 * has each of its actions, or else its runs end at their start, without a job and without a log.
 *
 * @see https://docs.github.com/en/actions/concepts/security/workflow-dependency-lockfiles
 */
export const lockPath = ".github/workflows/actions.lock";

/** The format still changes; what is written by another version is not understood, and left alone. */
export const lockVersion = "v0.0.2";

const entrySchema = z.strictObject({
  ref: z.string().optional(),
  commit: z.string(),
  owner_id: z.int(),
  repo_id: z.int(),
  uses: z.array(z.string()).optional(),
});

const lockSchema = z.strictObject({
  version: z.literal(lockVersion),
  workflows: z.record(z.string(), z.array(z.string())).nullish(),
  dependencies: z.record(z.string(), entrySchema).nullish(),
});

export interface WorkflowLock {
  /** Path of a workflow to the pins that it uses: `docker/login-action@v4`. */
  readonly workflows: Readonly<Record<string, readonly string[]>>;
  /** Pin to what it stands for, and to the pins that it uses itself. */
  readonly dependencies: Readonly<Record<string, z.output<typeof entrySchema>>>;
}

/** @returns why it cannot be read, in place of what is in it */
export function readLock(text: string): WorkflowLock | { readonly problem: string } {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return { problem: `${lockPath} is not YAML` };
  }
  const version: unknown = (value as { version?: unknown } | null)?.version;
  if (version !== lockVersion) {
    const found = typeof version === "string" ? `version ${version.slice(0, 20)}` : "no version";
    return { problem: `${lockPath} has ${found}, and only ${lockVersion} is known` };
  }
  const parsed = lockSchema.safeParse(value);
  if (!parsed.success) {
    const { path = [] } = parsed.error.issues[0] ?? {};
    const where = path.slice(0, 1).map(String).join("");
    return { problem: `${lockPath} is not of the form of ${lockVersion}, in ${where}` };
  }
  const { workflows, dependencies } = parsed.data;
  return { workflows: workflows ?? {}, dependencies: dependencies ?? {} };
}

/** GitHub compares owners and repositories without case; the folder inside a repository does not count. */
export function pinOf(action: string, ref: string): string {
  const [owner = "", name = ""] = action.toLowerCase().split("/");
  return `${owner}/${name}@${ref}`;
}

/** The pins, and those that they use, and so on. */
export function reachedFrom(pins: readonly string[], { dependencies }: WorkflowLock): Set<string> {
  const reached = new Set<string>();
  const open = [...pins];
  for (let pin = open.pop(); pin !== undefined; pin = open.pop()) {
    if (reached.has(pin)) continue;
    reached.add(pin);
    open.push(...(dependencies[pin]?.uses ?? []));
  }
  return reached;
}
