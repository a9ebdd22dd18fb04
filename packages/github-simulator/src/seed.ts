import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const name = z.string().regex(/^[A-Za-z0-9_.-]+$/, "use the name as in github.com/<owner>/<name>");
const login = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, "use letters, digits and hyphens, as GitHub does");

/** A map with these keys; the error for another one lists them. */
function keysOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no ${issue.keys.join(", ")}; the keys are ${known}`
        : undefined,
  });
}

const user = keysOf({
  login,
  name: z.string().optional(),
  /** Their role in the organisation; `none` for an outsider. */
  role: z.enum(["admin", "member", "none"]).default("member"),
});

const token = keysOf({
  name: z.string().min(1),
  owner: login,
  kind: z.enum(["classic", "fine-grained", "app"]).default("classic"),
  /** Of a classic token. */
  scopes: z.array(z.string()).default([]),
  /** Of a fine-grained or app token, with GitHub's names: `contents: write`. */
  permissions: z.record(z.string(), z.enum(["read", "write"])).default({}),
  /** Names of the repositories that a fine-grained or app token can use; all if absent. */
  repositories: z.array(name).optional(),
  expiresAt: z.iso.datetime().optional(),
  /** Days from the start of the simulator; negative: expired. Absent: it never expires. */
  expiresInDays: z.number().optional(),
}).refine((value) => value.expiresAt === undefined || value.expiresInDays === undefined, {
  error: "give expiresAt or expiresInDays, not both",
});

const app = keysOf({
  /** As in github.com/apps/<slug>. */
  slug: login,
  permissions: z.record(z.string(), z.enum(["read", "write"])).default({}),
  /** Names of the organisation's repositories that it is installed on; all if absent. */
  repositories: z.array(name).optional(),
  suspended: z.boolean().default(false),
});

const branchRule = keysOf({
  pattern: z.string().default("~DEFAULT_BRANCH"),
  source: z.enum(["ruleset", "protection"]).default("ruleset"),
  requirePullRequest: z.boolean().default(false),
  requiredApprovals: z.int().nonnegative().default(0),
  requireSignatures: z.boolean().default(false),
  requiredStatusChecks: z.array(z.string()).default([]),
  strictStatusChecks: z.boolean().default(false),
  /** Of classic protection: it applies to administrators too. */
  enforceAdmins: z.boolean().default(true),
  blockDeletion: z.boolean().default(false),
  blockForcePush: z.boolean().default(false),
  /** Pull requests reach the branch through a merge queue only. */
  mergeQueue: z.boolean().default(false),
  bypass: z.array(login).default([]),
});

const itemName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "use letters, digits and underscores");
const items = z.record(itemName, z.string()).default({});
const organisationItems = z
  .record(
    itemName,
    keysOf({
      value: z.string(),
      visibility: z.enum(["all", "private", "selected"]).default("all"),
      repositories: z.array(name).default([]),
    }),
  )
  .default({});

/** In a repository. */
const role = z.enum(["read", "triage", "write", "maintain", "admin"]);

const workflowPermissions = z.enum(["read", "write"]);

const repository = keysOf({
  name,
  /** One of the users; without one, the repository belongs to the organisation. */
  owner: login.optional(),
  description: z.string().optional(),
  language: z.string().optional(),
  visibility: z.enum(["public", "private", "internal"]).default("public"),
  defaultBranch: z.string().optional(),
  archived: z.boolean().default(false),
  disabled: z.boolean().default(false),
  empty: z.boolean().default(false),
  topics: z.array(z.string()).default([]),
  /** Creates plausible files of the language, with a Dockerfile at this path. */
  dockerfile: z.string().optional(),
  /** Contents by path; they replace files of `dockerfile`. */
  files: z.record(z.string(), z.string()).default({}),
  branches: z.array(z.string()).default([]),
  collaborators: z.record(login, role).default({}),
  defaultWorkflowPermissions: workflowPermissions.optional(),
  secrets: items,
  variables: items,
  environments: z.record(z.string(), keysOf({ secrets: items, variables: items })).default({}),
  rules: z.array(branchRule).default([]),
});

const team = keysOf({
  name: z.string().regex(/[A-Za-z0-9]/, "use a letter or a digit"),
  description: z.string().optional(),
  /** `secret`: visible only to members and owners; a nested team is `closed`. */
  privacy: z.enum(["closed", "secret"]).default("closed"),
  /** Name of a team from earlier in the list, whose repositories this one can use, too. */
  parent: z.string().optional(),
  members: z.record(login, z.enum(["member", "maintainer"])).default({}),
  /** Its role by repository. */
  repositories: z.record(name, role).default({}),
});

const seedSchema = keysOf({
  organisation: keysOf({
    login,
    name: z.string().optional(),
    plan: z.enum(["free", "team", "enterprise"]).default("team"),
    defaultWorkflowPermissions: workflowPermissions.default("read"),
    defaultBranch: z.string().default("main"),
    /** What members may do in every repository. */
    basePermission: z.enum(["none", "read", "write", "admin"]).default("read"),
    secrets: organisationItems,
    variables: organisationItems,
    /** Whether owners see IP addresses in the audit log; GitHub hides them until an owner asks. */
    auditLogAddresses: z.boolean().default(false),
  }),
  users: z.array(user).default([]),
  teams: z.array(team).default([]),
  tokens: z.array(token).default([]),
  /** GitHub Apps that are installed on the organisation; private keys are generated later. */
  apps: z.array(app).default([]),
  repositories: z.array(repository).default([]),
});

/** The organisation when the simulator starts; token values are minted later. */
export type Seed = z.output<typeof seedSchema>;
export type SeedRepository = Seed["repositories"][number];
export type SeedTeam = Seed["teams"][number];
/** A seed in its written form, without defaults. */
export type SeedInput = z.input<typeof seedSchema>;

/** The seed cannot be used; the message says what is wrong and where. */
export class SeedError extends Error {
  override name = "SeedError";
}

/** The organisation acme, which the command line serves by default. */
export const exampleSeed = new URL("../seeds/acme.yaml", import.meta.url);

/** Checks a seed; the error lists all problems, each with its path. */
export function parseSeed(value: unknown, source = "seed"): Seed {
  if (value === undefined) {
    throw new SeedError(
      'there is no seed: give an organisation, such as { organisation: { login: "acme" } }, or await loadSeed(file)',
    );
  }
  const result = seedSchema.superRefine(assertConsistent).safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `  ${placeOf(path, value)}: ${message}`,
  );
  throw new SeedError(`${source} does not describe an organisation:\n${lines.join("\n")}`);
}

/** "repositories.16 (web).rules.0": items of lists with their names. */
function placeOf(path: readonly PropertyKey[], seed: unknown): string {
  let value = seed;
  const steps = path.map((key) => {
    value = isMap(value) ? value[String(key)] : undefined;
    const { name, login, slug } = isMap(value) ? value : {};
    const called = [name, login, slug].find((each) => typeof each === "string");
    return typeof key === "number" && called ? `${key} (${called})` : String(key);
  });
  return steps.join(".") || "(top level)";
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * Reads a seed from a YAML or JSON file.
 * @throws {SeedError} it cannot be read, is not YAML, or does not describe an organisation
 */
export async function loadSeed(path: string | URL): Promise<Seed> {
  return parseSeed(await readYaml(path), String(path));
}

async function readYaml(path: string | URL): Promise<unknown> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SeedError(
      code === "ENOENT"
        ? `${String(path)}: there is no such seed file`
        : `cannot read the seed ${String(path)}: ${message}`,
    );
  }
}

function assertConsistent(seed: Seed, context: z.RefinementCtx): void {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const logins = new Set(seed.users.map((item) => item.login.toLowerCase()));
  seed.tokens.forEach((item, at) => {
    if (!logins.has(item.owner.toLowerCase()) && item.kind !== "app") {
      complain(["tokens", at, "owner"], `"${item.owner}" is not among users; add it there`);
    }
  });
  for (const [list, key] of [
    [seed.repositories, "repositories"],
    [seed.tokens, "tokens"],
    [seed.teams, "teams"],
  ] as const) {
    const seen = new Set<string>();
    list.forEach((item, at) => {
      const place = "owner" in item && key === "repositories" ? `${item.owner}/` : "";
      const id = `${place}${item.name}`.toLowerCase();
      if (seen.has(id)) complain([key, at, "name"], `"${item.name}" appears twice; keep one`);
      seen.add(id);
    });
  }
  assertTeamsConsistent(seed, complain);
  seed.repositories.forEach((item, at) => {
    if (item.owner !== undefined && !logins.has(item.owner.toLowerCase())) {
      complain(["repositories", at, "owner"], `"${item.owner}" is not among users; add it there`);
    }
    if (item.owner !== undefined && item.visibility === "internal") {
      complain(["repositories", at, "visibility"], "a user's repository is public or private");
    }
    if (item.empty && (Object.keys(item.files).length > 0 || item.dockerfile !== undefined)) {
      complain(["repositories", at, "empty"], "an empty repository has no files; drop one of both");
    }
  });
}

/** Teams contain members of the organisation, use its repositories, and have earlier teams as parents. */
function assertTeamsConsistent(
  { users, teams, repositories }: Seed,
  complain: (path: (string | number)[], message: string) => void,
): void {
  const set = (names: string[]) => new Set(names.map((item) => item.toLowerCase()));
  const members = set(users.flatMap((item) => (item.role === "none" ? [] : [item.login])));
  const owned = set(repositories.flatMap((item) => (item.owner ? [] : [item.name])));
  teams.forEach((item, at) => {
    for (const login of Object.keys(item.members)) {
      if (members.has(login.toLowerCase())) continue;
      complain(["teams", at, "members"], `"${login}" is no member of the organisation`);
    }
    for (const name of Object.keys(item.repositories)) {
      if (owned.has(name.toLowerCase())) continue;
      complain(["teams", at, "repositories"], `"${name}" is not among repositories`);
    }
    if (item.parent === undefined) return;
    const above = teams.slice(0, at).find(({ name }) => name === item.parent);
    if (above === undefined) {
      complain(["teams", at, "parent"], `no team before this one is named "${item.parent}"`);
    } else if ([item.privacy, above.privacy].includes("secret")) {
      complain(["teams", at, "parent"], "secret teams are not nested; make both closed");
    }
  });
}
