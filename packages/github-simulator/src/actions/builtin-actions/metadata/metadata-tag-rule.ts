import { splitCsv } from "../../image/csv.ts";
import { StepFailure } from "../../action/step-failure.ts";

/** A line of the input `tags`, with the defaults of its type. */
export interface TagRule {
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
export function parseTagRules(lines: readonly string[]): TagRule[] {
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
