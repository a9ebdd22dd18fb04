import semver from "semver";
import { splitCsv } from "../image/csv.ts";
import { StepFailure } from "../run/step-failure.ts";

/** What the tags of an image are made of. */
export interface TagSource {
  /** e.g. `refs/heads/main` */
  readonly ref: string;
  readonly sha: string;
  readonly eventName: string;
  readonly defaultBranch: string;
  readonly now: Date;
  readonly commitDate: Date;
  readonly baseRef: string;
  readonly shortShaLength: number;
}

export interface Flavor {
  readonly latest: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly prefixLatest: boolean;
  readonly suffixLatest: boolean;
}

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

/** @throws StepFailure */
export function parseFlavor(lines: readonly string[]): Flavor {
  const flavor = {
    latest: "auto",
    prefix: "",
    suffix: "",
    prefixLatest: false,
    suffixLatest: false,
  };
  for (const line of lines) {
    let affix: "prefixLatest" | "suffixLatest" | undefined;
    for (const field of splitCsv(line)) {
      const [key = "", value] = field.split("=").map((part) => part.trim());
      if (value === undefined) throw new StepFailure(`Invalid flavor entry: ${line}`);
      if (key === "latest" && /^(auto|true|false)$/.test(value)) flavor.latest = value;
      else if (key === "prefix" || key === "suffix") {
        flavor[key] = value;
        affix = `${key}Latest`;
      } else if (key === "onlatest" && affix !== undefined) flavor[affix] = value === "true";
      else throw new StepFailure(`Unknown flavor entry: ${line}`);
    }
  }
  return flavor;
}

/**
 * The `{{…}}` of tags and labels.
 * @throws StepFailure for an expression the simulator does not know
 * @see https://github.com/docker/metadata-action#global-expressions
 */
export function renderTemplate(
  text: string,
  source: TagSource,
  own: Readonly<Record<string, string>> = {},
): string {
  return text.replaceAll(/\{\{\s*([^}]+?)\s*\}\}/g, (_, expression: string) => {
    const [name = "", argument = ""] = expression.split(/\s+(.*)/s);
    const value = own[name] ?? globalValue(name, argument.replaceAll(/^['"]|['"]$/g, ""), source);
    if (value === undefined) {
      throw new StepFailure(`the simulator does not know the expression {{${expression}}}`);
    }
    return value;
  });
}

function globalValue(name: string, argument: string, source: TagSource): string | undefined {
  const branch = under("refs/heads/", source.ref);
  const isDefault =
    branch === source.defaultBranch || /create|discussion|issues|schedule/.test(source.eventName);
  switch (name) {
    case "branch":
      return branch ?? "";
    case "tag":
      return under("refs/tags/", source.ref) ?? "";
    case "sha":
      return source.sha.slice(0, source.shortShaLength);
    case "base_ref":
      return source.baseRef;
    case "is_default_branch":
      return String(isDefault);
    case "is_not_default_branch":
      return String(!isDefault);
    case "date":
      return formatDate(source.now, argument);
    case "commit_date":
      return formatDate(source.commitDate, argument);
    default:
      return undefined;
  }
}

/** The common tokens of https://momentjs.com/docs/#/displaying/format/, in UTC. */
function formatDate(date: Date, format: string): string {
  const iso = date.toISOString();
  const tokens: Record<string, string> = {
    YYYY: iso.slice(0, 4),
    YY: iso.slice(2, 4),
    MM: iso.slice(5, 7),
    DD: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
    X: String(Math.floor(date.getTime() / 1000)),
  };
  return format.replaceAll(/YYYY|YY|MM|DD|HH|mm|ss|X/g, (token) => tokens[token] ?? token);
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

/** The tag of the event, or the `value` of the rule. */
function rawVersion(
  attributes: Readonly<Record<string, string>>,
  source: TagSource,
): string | undefined {
  if (attributes.value) return renderTemplate(attributes.value, source);
  return under("refs/tags/", source.ref);
}

function matchOf(
  attributes: Readonly<Record<string, string>>,
  source: TagSource,
  warn: (text: string) => void,
): string | undefined {
  const raw = rawVersion(attributes, source);
  if (raw === undefined) return undefined;
  const pattern = attributes.pattern ?? "";
  const [, inner, flags] = /^\/(.+)\/(.*)$/.exec(pattern) ?? [];
  const found = raw.match(new RegExp(inner ?? pattern, flags ?? ""))?.[
    Number(attributes.group ?? 0)
  ];
  if (found === undefined) warn(`${pattern} does not match ${raw}.`);
  return found;
}

function semverOf(
  attributes: Readonly<Record<string, string>>,
  source: TagSource,
  warn: (text: string) => void,
): { text: string; latest: boolean } | undefined {
  const given = rawVersion(attributes, source);
  if (given === undefined) return undefined;
  const matched = attributes.match ? given.match(attributes.match)?.[1] : undefined;
  const raw = (matched ?? given).replaceAll("/", "-");
  if (semver.valid(raw) === null) {
    warn(`${raw} is not a valid semver. More info: https://semver.org/`);
    return undefined;
  }
  const parsed = semver.parse(raw, { loose: true });
  if (parsed === null) return undefined;
  const pattern = attributes.pattern ?? "";
  const isPrerelease = parsed.prerelease.length > 0;
  // A prerelease gets its full version only: `1.2` of `1.2.0-rc.1` would not be true.
  const shown = isPrerelease && !/^\{\{\s*raw\s*\}\}$/.test(pattern) ? "{{version}}" : pattern;
  const text = renderTemplate(shown, source, {
    raw: parsed.raw,
    version: parsed.version,
    major: String(parsed.major),
    minor: String(parsed.minor),
    patch: String(parsed.patch),
    prerelease: parsed.prerelease.join("."),
  });
  return { text, latest: !isPrerelease };
}

function under(prefix: string, ref: string): string | undefined {
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}

function sanitize(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, "-");
}
