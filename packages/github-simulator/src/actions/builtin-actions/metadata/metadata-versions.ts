import semver from "semver";
import { fillTemplate, renderTemplate, type TagSource, under } from "./metadata-template.ts";

type Attributes = Readonly<Record<string, string>>;
type Warn = (text: string) => void;

interface Version {
  readonly text: string;
  /** Whether the release counts as the latest. */
  readonly latest: boolean;
}

/** `type=match`: a part of the tag. */
export function matchOf(attributes: Attributes, source: TagSource, warn: Warn): string | undefined {
  const raw = rawVersion(attributes, source);
  if (raw === undefined) return undefined;
  const { pattern = "", group = "0" } = attributes;
  const [, inner = pattern, flags = ""] = /^\/(.+)\/(.*)$/.exec(pattern) ?? [];
  const found = raw.match(new RegExp(inner, flags));
  if (found === null) warn(`${pattern} does not match ${raw}.`);
  else if (found[Number(group)] === undefined) {
    warn(`Group ${group} does not exist for ${pattern} pattern.`);
  }
  return found?.[Number(group)];
}

/** `type=semver`: a pattern filled with the parts of the version. */
export function semverOf(
  attributes: Attributes,
  source: TagSource,
  warn: Warn,
): Version | undefined {
  const raw = matchedVersion(attributes, source, warn);
  if (raw === undefined) return undefined;
  const parsed = semver.valid(raw) === null ? null : semver.parse(raw, { loose: true });
  if (parsed === null) {
    warn(`${raw} is not a valid semver. More info: https://semver.org/`);
    return undefined;
  }
  const pattern = attributes.pattern ?? "";
  const isPrerelease = parsed.prerelease.length > 0;
  // A prerelease gets its full version only: `1.2` of `1.2.0-rc.1` would not be true.
  const shown = isPrerelease && !isRaw(pattern) ? "{{version}}" : pattern;
  const text = fillTemplate(shown, {
    raw: parsed.raw,
    version: parsed.version,
    major: String(parsed.major),
    minor: String(parsed.minor),
    patch: String(parsed.patch),
    // Handlebars writes lists with commas.
    prerelease: parsed.prerelease.join(","),
    build: parsed.build.join(","),
  });
  return { text, latest: !isPrerelease };
}

/** `type=pep440`: a Python version. */
export function pep440Of(
  attributes: Attributes,
  source: TagSource,
  warn: Warn,
): Version | undefined {
  const raw = matchedVersion(attributes, source, warn);
  if (raw === undefined) return undefined;
  const parsed = parsePep440(raw);
  if (parsed === undefined) {
    warn(`${raw} does not conform to PEP 440. More info: https://www.python.org/dev/peps/pep-0440`);
    return undefined;
  }
  const pattern = attributes.pattern ?? "";
  if (!parsed.isFinal) return { text: isRaw(pattern) ? raw : parsed.text, latest: false };
  const [major = 0, minor = 0, patch = 0] = parsed.release;
  const text = fillTemplate(pattern, {
    raw,
    version: parsed.text,
    major: String(major),
    minor: String(minor),
    patch: String(patch),
  });
  return { text, latest: true };
}

function isRaw(pattern: string): boolean {
  return /^\{\{\s*raw\s*\}\}$/.test(pattern);
}

/** The tag of the event, or the `value` of the rule. */
function rawVersion(attributes: Attributes, source: TagSource): string | undefined {
  if (attributes.value) return renderTemplate(attributes.value, source);
  return under("refs/tags/", source.ref);
}

/** The version, or the part of it that the rule's `match` asks for. */
function matchedVersion(attributes: Attributes, source: TagSource, warn: Warn): string | undefined {
  const raw = rawVersion(attributes, source);
  const { match = "" } = attributes;
  if (raw === undefined || match === "") return raw?.replaceAll("/", "-");
  const found = new RegExp(match).exec(raw);
  if (found === null) warn(`${match} does not match ${raw}.`);
  return (found?.[1] ?? raw).replaceAll("/", "-");
}

/** A Python version in its normal form. */
interface PythonVersion {
  readonly text: string;
  readonly release: readonly number[];
  /** Not a pre-, post- or development release. */
  readonly isFinal: boolean;
}

/** https://peps.python.org/pep-0440/#appendix-b-parsing-version-strings-with-regular-expressions */
const VERSION =
  /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?<post>-(?<postDashed>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d+)?)?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const PHASES: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
};

/** @returns `undefined` if it is not a PEP 440 version */
function parsePep440(version: string): PythonVersion | undefined {
  const parts = VERSION.exec(version)?.groups;
  if (parts === undefined) return undefined;
  const number = (digits: string | undefined): number => Number(digits ?? 0);
  const release = (parts["release"] ?? "").split(".").map(Number);
  const phase = parts["pre"]?.toLowerCase();
  const local = parts["local"]?.toLowerCase().split(/[-_.]/);
  const text = [
    number(parts["epoch"]) === 0 ? "" : `${number(parts["epoch"])}!`,
    release.join("."),
    phase === undefined ? "" : `${PHASES[phase] ?? phase}${number(parts["preNumber"])}`,
    parts["post"] === undefined ? "" : `.post${number(parts["postDashed"] ?? parts["postNumber"])}`,
    parts["dev"] === undefined ? "" : `.dev${number(parts["devNumber"])}`,
    local === undefined
      ? ""
      : `+${local.map((each) => (/^\d+$/.test(each) ? Number(each) : each)).join(".")}`,
  ].join("");
  const isFinal = phase === undefined && parts["post"] === undefined && parts["dev"] === undefined;
  return { text, release, isFinal };
}
