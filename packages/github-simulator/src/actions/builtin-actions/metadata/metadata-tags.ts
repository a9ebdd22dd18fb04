import type { Flavor } from "./metadata-flavor.ts";
import { parseTagRules, type TagRule } from "./metadata-tag-rule.ts";
import {
  dates,
  fillTemplate,
  renderTemplate,
  shortSha,
  under,
  type TagSource,
} from "./metadata-template.ts";
import { matchOf, pep440Of, semverOf } from "./metadata-versions.ts";
import { StepFailure } from "../../action/step-failure.ts";

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
