import { StepFailure } from "../../action/known-action.ts";
import { splitCsv } from "../../image/csv.ts";
import type { Flavor } from "./metadata-inputs.ts";
import {
  dates,
  fillTemplate,
  renderTemplate,
  shortSha,
  type TagSource,
  under,
} from "./metadata-template.ts";
import { matchOf, pep440Of, semverOf } from "./metadata-versions.ts";

/** The tags that one rule creates for an event. */
interface Candidate {
  readonly text: string;
  /** Whether `latest=auto` counts this tag as the latest. */
  readonly latest: boolean;
}

/**
 * The tags of docker/metadata-action, the version first.
 * @throws StepFailure for rules the action refuses
 * @see https://github.com/docker/metadata-action#tags-input
 */
export function resolveTags(
  lines: readonly string[],
  flavor: Flavor,
  source: TagSource,
  warn: (text: string) => void,
): string[] {
  const tags: string[] = [];
  let latest: boolean | undefined;
  for (const rule of parseTagRules(lines)) {
    const enabled = renderTemplate(rule.attributes.enable ?? "true", source);
    if (enabled !== "true" && enabled !== "false") {
      throw new StepFailure(`Invalid value for enable attribute: ${enabled}`);
    }
    const candidate = enabled === "true" ? applyRule(rule, source, warn) : undefined;
    if (candidate === undefined) continue;
    const tag = frame(candidate.text, rule, flavor, source);
    if (tag === "") continue;
    tags.push(sanitize(tag));
    latest ??= flavor.latest === "auto" ? candidate.latest : flavor.latest === "true";
  }
  const [first, ...others] = tags;
  if (first === undefined) return [];
  const prefix = flavor.prefixLatest ? flavor.prefix : "";
  const last = sanitize(`${prefix}latest${flavor.suffixLatest ? flavor.suffix : ""}`);
  const partial = [...new Set(others)].filter((tag) => tag !== first);
  return [first, ...partial, ...(latest === true ? [last] : [])];
}

/** Adds prefix and suffix to a tag: the rule's own, or those of all tags. */
function frame(text: string, { attributes }: TagRule, flavor: Flavor, source: TagSource): string {
  const before = attributes.prefix ?? flavor.prefix;
  const after = attributes.suffix ?? flavor.suffix;
  return `${renderTemplate(before, source)}${text}${renderTemplate(after, source)}`;
}

function applyRule(
  { type, attributes }: TagRule,
  source: TagSource,
  warn: (text: string) => void,
): Candidate | undefined {
  const branch = under("refs/heads/", source.ref);
  const plain = (text: string | undefined, latest = false): Candidate | undefined =>
    text === undefined ? undefined : { text, latest };
  switch (type) {
    case "ref":
      if (attributes.event === "branch") return plain(branch);
      if (attributes.event === "tag") return plain(under("refs/tags/", source.ref), true);
      return plain(under("refs/pull/", source.ref)?.replace(/\/merge$/, ""));
    case "edge":
      return plain(branch === (attributes.branch || source.defaultBranch) ? "edge" : undefined);
    case "raw":
      return plain(renderTemplate(attributes.value ?? "", source));
    case "sha":
      if (source.sha === "") return undefined;
      return plain(attributes.format === "long" ? source.sha : shortSha(source));
    case "schedule":
      return source.eventName.includes("schedule")
        ? plain(fillTemplate(attributes.pattern ?? "", dates(source)))
        : undefined;
    case "match":
      return plain(matchOf(attributes, source, warn), true);
    case "pep440":
      return pep440Of(attributes, source, warn);
    default:
      return semverOf(attributes, source, warn);
  }
}

function sanitize(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, "-");
}

/** A line of the input `tags`, with the defaults of its type. */
interface TagRule {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** https://github.com/docker/metadata-action#priority-attribute */
const PRIORITIES: Readonly<Record<string, number>> = {
  schedule: 1000,
  semver: 900,
  pep440: 900,
  match: 800,
  edge: 700,
  ref: 600,
  raw: 200,
  sha: 100,
};

const REQUIRED: Readonly<Record<string, string>> = {
  semver: "pattern",
  pep440: "pattern",
  match: "pattern",
  ref: "event",
  raw: "value",
};

const DEFAULT_RULES = [
  "type=schedule",
  "type=ref,event=branch",
  "type=ref,event=tag",
  "type=ref,event=pr",
];

/** Rules by priority. @throws StepFailure for rules that the action refuses */
function parseTagRules(lines: readonly string[]): TagRule[] {
  const rules = (lines.length === 0 ? DEFAULT_RULES : lines).map(parseTagRule);
  return rules.toSorted((a, b) => priorityOf(b) - priorityOf(a) || 0);
}

function parseTagRule(line: string): TagRule {
  const attributes: Record<string, string> = {};
  let type = "raw";
  for (const field of splitCsv(line)) {
    const equals = field.indexOf("=", 1);
    const value = field.slice(equals + 1).trim();
    const key = equals < 0 ? "value" : field.slice(0, equals).trim().toLowerCase();
    if (key === "type") type = value;
    else attributes[key] = value;
  }
  if (!Object.hasOwn(PRIORITIES, type)) {
    throw new StepFailure(`Unknown tag type attribute: ${type}`);
  }
  const required = REQUIRED[type];
  if (required !== undefined && attributes[required] === undefined) {
    throw new StepFailure(`Missing ${required} attribute for ${line}`);
  }
  if (type === "ref" && !/^(branch|tag|pr)$/.test(attributes.event ?? "")) {
    throw new StepFailure(`Invalid event for ${line}`);
  }
  if (type === "sha" && !/^(short|long)$/.test(attributes.format ?? "short")) {
    throw new StepFailure(`Invalid format for ${line}`);
  }
  if (type === "match" && Number.isNaN(Number(attributes.group ?? 0))) {
    throw new StepFailure(`Invalid match group for ${line}`);
  }
  return { type, attributes: { ...defaultsOf(type, attributes), ...attributes } };
}

function defaultsOf(
  type: string,
  { event }: Readonly<Record<string, string>>,
): Record<string, string> {
  if (type === "sha") return { prefix: "sha-", format: "short" };
  if (type === "ref" && event === "pr") return { prefix: "pr-" };
  if (type === "schedule") return { pattern: "nightly" };
  return {};
}

function priorityOf({ type, attributes }: TagRule): number {
  return Number(attributes.priority ?? PRIORITIES[type]);
}
