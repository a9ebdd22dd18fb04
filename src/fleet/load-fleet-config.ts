import type { z } from "zod";
import { printable } from "../printable.ts";
import { parseJson } from "../parse-json.ts";
import { inFile, problemsIn, UsageError } from "../user-error.ts";
import { fleetConfigSchema, type FleetConfig } from "./fleet-config.ts";
import { imageProblems } from "./images/image-problems.ts";

/** Where a stack's configuration is, for callers that do not know the stack. */
const someFile = "Pulumi.<stack>.yaml";

/**
 * Checks a fleet's configuration before anything is requested or registered.
 *
 * @param file that holds it, for messages
 * @throws {ConfigurationError} lists all problems at once, each with its path and the fix
 */
export function loadFleetConfig(value: unknown, file = someFile): FleetConfig {
  if (value === undefined) {
    throw problemsIn(file, [
      "the configuration has no fleet; add one, such as ghcr-fleet:fleet: { repositories: [{ name: api }] }",
    ]);
  }
  const result = fleetConfigSchema.safeParse(value, { reportInput: true });
  // Zod skips rules about a whole list if one of its entries is wrong; all problems are reported at
  // once.
  const problems = [
    ...(result.error?.issues ?? []).flatMap((issue) => explain(issue)),
    ...findDuplicates(value),
    ...imageProblems(value),
  ];
  if (result.success && problems.length === 0) return result.data;
  throw problemsIn(file, listed(problems));
}

/**
 * The same for the value from Pulumi: JSON, plain text, or nothing for a key without a value.
 *
 * @param isSecret whether a part of it is encrypted: Pulumi passes it on in clear
 */
export function parseFleetConfig(
  text: string | undefined,
  isSecret: boolean,
  file = someFile,
): FleetConfig {
  if (isSecret) throw inFile(file, refuseSecret("ghcr-fleet:fleet contains an encrypted value"));
  return loadFleetConfig(text ? parseJson(text) : undefined, file);
}

/**
 * A workflow file would show it to everybody who can read the repository, and state, plans and policies
 * would contain it in clear.
 *
 * @param what names the value
 */
export function refuseSecret(what: string): UsageError {
  return new UsageError(
    `${what}. A fleet must not contain secrets: they would be shown in workflow files, plans and previews. ` +
      "Write it in clear (pulumi config set without --secret), or keep it as an Actions secret on GitHub",
  );
}

/** More than a person reads at once; the next run shows the rest. */
const longestList = 40;

function listed(problems: readonly string[]): string[] {
  const rest = problems.length - longestList;
  // They quote what is wrong, whatever characters it has.
  const shown = problems.slice(0, longestList).map(printable);
  return rest > 0 ? [...shown, `fleet: ${rest} more problems, which the next run shows`] : shown;
}

/** GitHub compares names without case, so `API` and `api` are one repository. */
function findDuplicates(value: unknown): string[] {
  const { repositories, waves } = (value ?? {}) as { repositories?: unknown; waves?: unknown };
  return [
    ...duplicatesIn("repositories", repositories, "merge the two"),
    ...duplicatesIn("waves", waves, "use another name, or merge the two"),
  ];
}

function duplicatesIn(list: string, entries: unknown, fix: string): string[] {
  if (!Array.isArray(entries)) return [];
  const first = new Map<string, number>();
  return entries.flatMap((entry: { name?: unknown } | null, index) => {
    const name = entry?.name;
    if (typeof name !== "string") return [];
    const before = first.get(name.toLowerCase());
    if (before === undefined) first.set(name.toLowerCase(), index);
    if (before === undefined) return [];
    return `fleet.${list}[${index}].name: ${JSON.stringify(name)} is already listed, as fleet.${list}[${before}]; ${fix}`;
  });
}

/** @param outer path of what holds it */
function explain(issue: z.core.$ZodIssue, outer: readonly PropertyKey[] = []): string[] {
  const path = [...outer, ...issue.path];
  const at = printPath(path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `${printPath([...path, key])}: ${unknownProblem(path, key)}`);
    case "invalid_type":
      return [`${at}: ${isZods(issue) ? typeProblem(issue) : issue.message}`];
    case "invalid_union": {
      const meant = issue.errors.filter((issues) => issues.every(isInside));
      return meant.length === 1
        ? (meant[0] ?? []).flatMap((inner) => explain(inner, path))
        : [`${at}: ${issue.message}`];
    }
    case "invalid_value":
      return [`${at}: must be one of ${issue.values.map(String).join(", ")}`];
    case "invalid_key":
      return issue.issues.map((inner) => `${at}: ${inner.message}`);
    default:
      return [`${at}: ${issue.message}`];
  }
}

/** One indentation too many in YAML puts a setting of the fleet into the last entry of its list. */
function unknownProblem(path: readonly PropertyKey[], key: string): string {
  return path.length > 0 && Object.hasOwn(fleetConfigSchema.shape, key)
    ? `unknown here; ${key} belongs to fleet: write it beside repositories`
    : "unknown; remove it, or correct its spelling";
}

/** Whether the value has the right kind, and something inside is wrong: then that form was meant. */
function isInside({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === "unrecognized_keys";
}

/** Whether the message is zod's own, which does not name the next step. */
function isZods({ message }: z.core.$ZodIssue): boolean {
  return message.startsWith("Invalid input");
}

function typeProblem({ input, expected }: z.core.$ZodIssueInvalidType): string {
  const wanted = `it must be ${article(expected)}`;
  if (input === undefined) return `is missing; ${wanted}`;
  // YAML reads 1.20, 2048, yes and on as numbers and booleans.
  const isUnquoted = expected === "string" && ["number", "boolean"].includes(typeof input);
  return `has the wrong type; ${wanted}${isUnquoted ? ": put it in quotes" : ""}`;
}

function printPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    return /^[\w-]+$/.test(name)
      ? `${text}.${name}`
      : `${text}[${JSON.stringify(name.slice(0, 60))}]`;
  }, "fleet");
}

function article(type: string): string {
  const name = { int: "whole number", record: "map", object: "map", array: "list" }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}
