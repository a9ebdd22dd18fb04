import { splitCsv } from "../image/csv.ts";
import type { Flavor } from "./metadata-flavor.ts";
import { renderTemplate, under, type TagSource } from "./metadata-template.ts";
import { matchOf, semverOf } from "./metadata-versions.ts";
import { StepFailure } from "../run/step-failure.ts";

interface TagRule {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What one rule makes of an event. */
interface Candidate {
  readonly tag: string;
  /** Whether `latest=auto` counts this tag as the latest. */
  readonly latest: boolean;
}

/** https://github.com/docker/metadata-action#priority-attribute */
const PRIORITIES: Readonly<Record<string, number>> = {
  schedule: 1000,
  semver: 900,
  match: 800,
  edge: 700,
  ref: 600,
  raw: 200,
  sha: 100,
};

const DEFAULT_RULES = [
  "type=schedule",
  "type=ref,event=branch",
  "type=ref,event=tag",
  "type=ref,event=pr",
];

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
  const rules = (lines.length === 0 ? DEFAULT_RULES : lines).map(parseRule);
  rules.sort((a, b) => priorityOf(b) - priorityOf(a));
  const tags: string[] = [];
  let latest: boolean | undefined;
  for (const rule of rules) {
    const enabled = renderTemplate(rule.attributes.enable ?? "true", source);
    if (enabled !== "true" && enabled !== "false") {
      throw new StepFailure(`Invalid value for enable attribute: ${enabled}`);
    }
    const candidate = enabled === "true" ? applyRule(rule, flavor, source, warn) : undefined;
    if (candidate === undefined || candidate.tag === "") continue;
    tags.push(sanitize(candidate.tag));
    latest ??= flavor.latest === "auto" ? candidate.latest : flavor.latest === "true";
  }
  if (tags.length > 0 && latest === true) {
    const prefix = flavor.prefixLatest ? flavor.prefix : "";
    tags.push(sanitize(`${prefix}latest${flavor.suffixLatest ? flavor.suffix : ""}`));
  }
  return [...new Set(tags)];
}

function parseRule(line: string): TagRule {
  const attributes: Record<string, string> = {};
  let type = "raw";
  for (const field of splitCsv(line)) {
    const equals = field.indexOf("=");
    const key = equals < 0 ? "value" : field.slice(0, equals).trim().toLowerCase();
    const value = field.slice(equals + 1).trim();
    if (key === "type") type = value;
    else attributes[key] = value;
  }
  if (!(type in PRIORITIES)) throw new StepFailure(`Unknown tag type attribute: ${type}`);
  const required = { semver: "pattern", match: "pattern", ref: "event", raw: "value" }[type];
  if (required !== undefined && attributes[required] === undefined) {
    throw new StepFailure(`Missing ${required} attribute for ${line}`);
  }
  return { type, attributes };
}

function priorityOf({ type, attributes }: TagRule): number {
  return Number(attributes.priority ?? PRIORITIES[type]);
}

function applyRule(
  rule: TagRule,
  flavor: Flavor,
  source: TagSource,
  warn: (text: string) => void,
): Candidate | undefined {
  const { type, attributes } = rule;
  const branch = under("refs/heads/", source.ref);
  const framed = (text: string | undefined, latest: boolean, prefix = ""): Candidate | undefined =>
    text === undefined ? undefined : { tag: frame(text, prefix), latest };
  const frame = (text: string, prefix: string): string => {
    const before = attributes.prefix ?? (prefix || flavor.prefix);
    const after = attributes.suffix ?? flavor.suffix;
    return `${renderTemplate(before, source)}${text}${renderTemplate(after, source)}`;
  };
  switch (type) {
    case "ref":
      if (attributes.event === "branch") return framed(branch, false);
      if (attributes.event === "tag") return framed(under("refs/tags/", source.ref), true);
      if (attributes.event === "pr") {
        return framed(under("refs/pull/", source.ref)?.replace(/\/merge$/, ""), false, "pr-");
      }
      throw new StepFailure(`Invalid event for type=ref,event=${attributes.event ?? ""}`);
    case "edge":
      return framed(
        branch === (attributes.branch || source.defaultBranch) ? "edge" : undefined,
        false,
      );
    case "raw":
      return framed(renderTemplate(attributes.value ?? "", source), false);
    case "sha":
      return framed(
        attributes.format === "long" ? source.sha : source.sha.slice(0, source.shortShaLength),
        false,
        "sha-",
      );
    case "schedule":
      return source.eventName === "schedule"
        ? framed(renderTemplate(attributes.pattern ?? "nightly", source), false)
        : undefined;
    case "match":
      return framed(matchOf(attributes, source, warn), true);
    default: {
      const version = semverOf(attributes, source, warn);
      return framed(version?.text, version?.latest ?? false);
    }
  }
}

function sanitize(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, "-");
}
