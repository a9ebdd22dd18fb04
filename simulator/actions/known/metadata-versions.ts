import semver from "semver";
import { renderTemplate, under, type TagSource } from "./metadata-template.ts";

/** The tag of the event, or the `value` of the rule. */
function rawVersion(
  attributes: Readonly<Record<string, string>>,
  source: TagSource,
): string | undefined {
  if (attributes.value) return renderTemplate(attributes.value, source);
  return under("refs/tags/", source.ref);
}

/** `type=match`: a part of the tag. */
export function matchOf(
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

/** `type=semver`: a pattern filled with the parts of the version. */
export function semverOf(
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
