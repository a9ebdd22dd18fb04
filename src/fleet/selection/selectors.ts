import { z } from "zod";
import {
  nothingKnown,
  teamPermissions,
  type SelectionFacts,
  type SelectionNeeds,
  type TeamPermission,
} from "../../selection-facts.ts";
import { plainText, relativePath } from "../inert-texts.ts";
import { globProblem, nameMatcher, namePatterns } from "../name-patterns.ts";
import { isSameName } from "../../is-same-name.ts";

/** The facts about a repository on GitHub by which it is selected. */
export interface RepositoryFacts {
  readonly name: string;
  readonly topics: readonly string[];
  readonly visibility: "public" | "private" | "internal";
  /** Read only for configurations that select by them. */
  readonly facts?: SelectionFacts | undefined;
}

/** Which repositories an entry stands for: exactly one of these is given. */
export interface Selector {
  readonly name?: string | undefined;
  readonly match?: string | undefined;
  readonly topic?: string | undefined;
  readonly property?: string | PropertyValue | undefined;
  readonly team?: string | TeamRight | undefined;
  readonly visibility?: RepositoryFacts["visibility"] | undefined;
  readonly language?: string | undefined;
  readonly has?: string | undefined;
  readonly all?: readonly Selector[] | undefined;
  readonly any?: readonly Selector[] | undefined;
  readonly not?: Selector | undefined;
}

interface PropertyValue {
  readonly name: string;
  readonly value: string;
}

interface TeamRight {
  readonly slug: string;
  readonly permission: TeamPermission;
}

export const selectorKinds = [
  "name",
  "match",
  "topic",
  "property",
  "team",
  "visibility",
  "language",
  "has",
  "all",
  "any",
  "not",
] as const satisfies readonly (keyof Selector)[];

const repositoryName = z
  .string()
  .regex(namePatterns.repository, {
    error: ({ input }) => nameProblem(String(input)),
  })
  .describe("The name as in github.com/<owner>/<name>.");

export const glob = z.string().superRefine((text, context) => {
  const problem = globProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const text = plainText.max(200, "is longer than 200 characters");

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,254}$/i, "is not a team's slug, as in /orgs/<owner>/teams/<slug>");

const several = 'is empty; give at least one selector, such as - topic: "container"';

/** The properties of an entry that select. */
export const selectorFields = {
  name: repositoryName.optional(),
  match: glob.optional().describe("A pattern of names, such as service-*; * for all."),
  topic: text
    .max(
      50,
      "is longer than the 50 characters of a topic; use the topic as on the repository's page",
    )
    .optional()
    .describe("All repositories with this topic."),
  property: z
    .union([text, z.strictObject({ name: text, value: text })], {
      error: "must be the name of a custom property, or a map with name and value",
    })
    .optional()
    .describe("All repositories with any value of a custom property, or with this value."),
  team: z
    .union([slug, z.strictObject({ slug, permission: z.enum(teamPermissions) })], {
      error: `must be a team's slug, or a map with slug and permission (${teamPermissions.join(", ")})`,
    })
    .optional()
    .describe("All repositories that a team can use, or where it has at least this permission."),
  visibility: z
    .enum(["public", "private", "internal"])
    .optional()
    .describe("All public, private or internal repositories."),
  language: text.optional().describe("All repositories in this language, such as Go."),
  has: relativePath
    .optional()
    .describe("All repositories with this file or folder on the default branch."),
  get all() {
    return z.array(selector).min(1, several).optional().describe("All of these have to match.");
  },
  get any() {
    return z.array(selector).min(1, several).optional().describe("One of these has to match.");
  },
  get not() {
    return selector.optional().describe("This must not match.");
  },
};

/** Whether exactly one kind of selector is given. */
export function selectsOnce(entry: Selector): boolean {
  return selectorKinds.filter((kind) => entry[kind] !== undefined).length === 1;
}

const selector: z.ZodType<Selector> = z
  .strictObject(selectorFields)
  .refine(selectsOnce, { error: `needs exactly one of ${selectorKinds.join(", ")}` })
  .meta({ id: "selector" });

/** Whether the repository is one that the selector stands for. GitHub compares names without case. */
export function selects(by: Selector, repository: RepositoryFacts): boolean {
  const { facts = nothingKnown } = repository;
  if (by.name !== undefined) return isSameName(by.name, repository.name);
  if (by.match !== undefined) return nameMatcher([by.match])(repository.name);
  if (by.topic !== undefined) return repository.topics.includes(by.topic);
  if (by.property !== undefined) {
    const { name, value } = propertyOf(by.property);
    const values = facts.properties.get(name.toLowerCase()) ?? [];
    return value === undefined ? values.length > 0 : values.includes(value);
  }
  if (by.team !== undefined) {
    const { slug, permission } = teamOf(by.team);
    const granted = facts.teams.get(slug.toLowerCase());
    return granted !== undefined && rank(granted) >= rank(permission);
  }
  if (by.visibility !== undefined) return by.visibility === repository.visibility;
  if (by.language !== undefined) return isSameName(by.language, facts.language ?? "");
  if (by.has !== undefined) return facts.paths.has(by.has);
  if (by.all) return by.all.every((each) => selects(each, repository));
  if (by.any) return by.any.some((each) => selects(each, repository));
  return by.not !== undefined && !selects(by.not, repository);
}

/** Whether names alone decide, so that nothing has to be read from GitHub. */
export function isAboutNames(by: Selector): boolean {
  return leavesOf(by).every(({ selector: { name, match } }) => (name ?? match) !== undefined);
}

/** What the selectors need to know of each repository. */
export function selectionNeeds(selectors: readonly Selector[]): SelectionNeeds {
  const leaves = selectors.flatMap((each) => leavesOf(each)).map(({ selector }) => selector);
  const all = <T>(values: (T | undefined)[]) => [
    ...new Set(values.filter((each) => each !== undefined)),
  ];
  return {
    language: leaves.some(({ language }) => language !== undefined),
    properties: leaves.some(({ property }) => property !== undefined),
    teams: all(leaves.map(({ team }) => (team ? teamOf(team).slug.toLowerCase() : undefined))),
    paths: all(leaves.map(({ has }) => has)),
    names: all(leaves.map(({ name }) => name)),
  };
}

/** The selectors that combine no others, and where they are, such as `<at>.all[1].not`. */
export function leavesOf(by: Selector, at = ""): { at: string; selector: Selector }[] {
  const { all, any, not } = by;
  if (all) return all.flatMap((each, index) => leavesOf(each, `${at}.all[${index}]`));
  if (any) return any.flatMap((each, index) => leavesOf(each, `${at}.any[${index}]`));
  return not ? leavesOf(not, `${at}.not`) : [{ at, selector: by }];
}

/**
 * The repository or custom property that a selector names, which has to exist. A missing team is refused when
 * teams are read. All others may wait for their first repository, such as one with a new topic or value.
 */
export function namedBy({ name, property }: Selector): Selector | undefined {
  if (name !== undefined) return { name };
  return property === undefined ? undefined : { property: propertyOf(property).name };
}

/** As it is read aloud: `topic container and not language Go`. */
export function describeSelector(by: Selector): string {
  const joined = (parts: readonly Selector[], word: string) =>
    parts.map((part) => inBrackets(part, describeSelector(part))).join(` ${word} `);
  if (by.all) return joined(by.all, "and");
  if (by.any) return joined(by.any, "or");
  if (by.not) return `not ${inBrackets(by.not, describeSelector(by.not))}`;
  if (by.property !== undefined) {
    const { name, value } = propertyOf(by.property);
    return value === undefined ? `property ${name}` : `property ${name} = ${value}`;
  }
  if (by.team !== undefined) {
    const { slug, permission } = teamOf(by.team);
    return permission === "read" ? `team ${slug}` : `team ${slug} with ${permission}`;
  }
  const { name, match, topic, visibility, language, has } = by;
  return `${kindOf(by)} ${name ?? match ?? topic ?? visibility ?? language ?? has ?? ""}`;
}

export function kindOf(by: Selector): (typeof selectorKinds)[number] {
  return selectorKinds.find((each) => by[each] !== undefined) ?? "name";
}

function inBrackets({ all, any }: Selector, text: string): string {
  return (all ?? any ?? []).length > 1 ? `(${text})` : text;
}

function propertyOf(property: NonNullable<Selector["property"]>): {
  name: string;
  value: string | undefined;
} {
  return typeof property === "string" ? { name: property, value: undefined } : property;
}

function teamOf(team: NonNullable<Selector["team"]>): TeamRight {
  return typeof team === "string" ? { slug: team, permission: "read" } : team;
}

function rank(permission: TeamPermission): number {
  return teamPermissions.indexOf(permission);
}

function nameProblem(name: string): string {
  const shown = JSON.stringify(name.slice(0, 60));
  if (name.includes("/"))
    return `${shown} contains a slash; leave out the owner, it is github:owner`;
  if (name.length > 100)
    return `${shown} is longer than the 100 characters of a repository's name; use the name as in github.com/<owner>/<name>`;
  if (/\s/.test(name))
    return `${shown} contains white space; use the name as in github.com/<owner>/<name>`;
  return `${shown} is not a repository name; use letters, digits, "-", "_" and "." as in github.com/<owner>/<name>`;
}
