// The whole package has five times as many files, which each start of the provider would load.
import gt from "semver/functions/gt.js";
import { actionPins } from "./templates/action-pins.ts";
import { isFromTemplate } from "./templates/template.ts";

/** An action at the commit of a version. */
export interface VersionedPin {
  /** "docker/login-action" */
  readonly action: string;
  /** 40 hexadecimal digits. */
  readonly sha: string;
  /** The tag: "v4.6.0". */
  readonly version: string;
}

/** As the templates write it, and as Dependabot and Renovate change it. */
const usesLine =
  /^(?<start>[ -]*uses: )(?<action>[\w.-]+\/[\w.-]+)@(?<sha>[0-9a-f]{40}) # (?<version>v?\d+\.\d+\.\d+)$/gm;

/**
 * The pins of a repository's files that are of later versions than those that the templates bring: only of
 * actions that the templates use, and only in files that came from them.
 *
 * @param files path to text: what the templates write
 * @param present path to text: what is on the branch
 */
export function newerPins(
  files: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): VersionedPin[] {
  const own = pinsOf(Object.values(files));
  const theirs = Object.keys(files)
    .map((path) => present[path] ?? "")
    .filter(isFromTemplate);
  return [...pinsOf(theirs).values()].filter(({ action, version }) => {
    const brought = own.get(action);
    return brought !== undefined && gt(version, brought.version);
  });
}

/** The files with the pins, where these are of later versions. */
export function withPins(
  files: Readonly<Record<string, string>>,
  pins: readonly VersionedPin[],
): Record<string, string> {
  const byAction = new Map(pins.map((pin) => [pin.action, pin]));
  const texts = Object.entries(files).map(([path, text]) => [
    path,
    text.replace(usesLine, (line, start: string, action: string, _sha, version: string) => {
      const pin = byAction.get(action);
      return pin && gt(pin.version, version)
        ? `${start}${action}@${pin.sha} # ${pin.version}`
        : line;
    }),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/**
 * A file of the templates as it was before somebody brought later versions of its actions, and these.
 * Nothing where it is of another origin, or brings no later version.
 */
export function withoutNewerPins(
  path: string,
  text: string,
): { text: string; pins: VersionedPin[] } | undefined {
  const own = Object.entries(actionPins).map(([action, pin]) => ({ action, ...pin }));
  const brought = own.map((pin) => `uses: ${pinText(pin)}\n`).join("");
  const pins = newerPins({ [path]: brought }, { [path]: text });
  if (pins.length === 0) return undefined;
  const later = new Set(pins.map(({ action }) => action));
  const before = text.replace(usesLine, (line, start: string, action: string) => {
    const pin = later.has(action) ? own.find((each) => each.action === action) : undefined;
    return pin ? `${start}${pinText(pin)}` : line;
  });
  return { text: before, pins };
}

/** "docker/login-action@<commit> # v4.6.0" */
export function pinText({ action, sha, version }: VersionedPin): string {
  return `${action}@${sha} # ${version}`;
}

export function parsePin(text: string): VersionedPin[] {
  return [...pinsOf([`uses: ${text}`]).values()];
}

/** By action, the latest version of each. */
function pinsOf(texts: readonly string[]): Map<string, VersionedPin> {
  const pins = new Map<string, VersionedPin>();
  for (const { groups } of texts.flatMap((text) => [...text.matchAll(usesLine)])) {
    const { action = "", sha = "", version = "" } = groups ?? {};
    const known = pins.get(action);
    if (!known || gt(version, known.version)) pins.set(action, { action, sha, version });
  }
  return pins;
}
