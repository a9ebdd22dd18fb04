import { StepFailure } from "../../action/known-action.ts";
import { formatDate } from "./metadata-date.ts";

/** The values for the tags of an image. */
export interface TagSource {
  /** e.g. `refs/heads/main` */
  readonly ref: string;
  readonly sha: string;
  readonly eventName: string;
  readonly defaultBranch: string;
  readonly now: Date;
  readonly commitDate: Date;
  /** The branch that a tag was pushed on, or that a pull request targets; else empty. */
  readonly baseRef: string;
  /** As `DOCKER_METADATA_SHORT_SHA_LENGTH` says. */
  readonly shortShaLength: string;
}

/** The value of `{{name}}`, or a function where it has arguments. */
export type Expression = string | ((format: string, zone: string) => string);

/**
 * The part of Handlebars that tags and labels need: an unknown name is empty, an unknown name with
 * arguments fails, and values are escaped for HTML, except in three braces.
 * @throws StepFailure for parts of Handlebars that the simulator does not support
 * @see https://github.com/docker/metadata-action#global-expressions
 */
export function fillTemplate(
  text: string,
  expressions: Readonly<Record<string, Expression>>,
): string {
  const parts = text.split(/(\{\{\{?[^{}]*\}\}\}?)/);
  if (parts.some((part, index) => index % 2 === 0 && part.includes("{{"))) throw unknown(text);
  return parts
    .map((part, index) => (index % 2 === 0 ? part : fillExpression(part, expressions)))
    .join("");
}

function fillExpression(whole: string, expressions: Readonly<Record<string, Expression>>): string {
  const [, open = "", name = "", list = "", close = ""] =
    /^(\{+)\s*([\w.-]+)(\s[^]*?)?\s*(\}+)$/.exec(whole) ?? [];
  if (name === "" || name === "else" || open.length !== close.length) throw unknown(whole);
  const words = list.trim();
  const expression = Object.hasOwn(expressions, name) ? expressions[name] : "";
  if (typeof expression === "function") {
    const [, single, double, zone = "UTC"] =
      /^(?:'([^']*)'|"([^"]*)")(?:\s+tz=['"]([^'"]+)['"])?$/.exec(words) ?? [];
    const format = single ?? double;
    if (format === undefined) throw unknown(whole);
    return expression(format, zone);
  }
  if (words !== "") throw new StepFailure(`Missing helper: "${name}"`);
  const value = expression ?? "";
  return open.length === 3 ? value : escapeHtml(value);
}

function unknown(text: string): StepFailure {
  return new StepFailure(`the simulator does not know the expression ${text}`);
}

/** https://handlebarsjs.com/guide/expressions.html#html-escaping */
function escapeHtml(text: string): string {
  const codes: Readonly<Record<string, string>> = {
    ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
    ...{ "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;" },
  };
  return text.replaceAll(/[&<>"'`=]/g, (character) => codes[character] ?? character);
}

/**
 * The `{{…}}` that exist in all tags and labels.
 * @throws StepFailure
 */
export function renderTemplate(text: string, source: TagSource): string {
  const { ref, eventName, defaultBranch } = source;
  const branch = ref.replace(/^refs\/heads\//, "");
  const isDefault =
    branch !== "" &&
    (branch === defaultBranch || /create|discussion|issues|schedule/.test(eventName));
  return fillTemplate(text, {
    branch: under("refs/heads/", ref) ?? "",
    tag: under("refs/tags/", ref) ?? "",
    ...(/\{\{\{?\s*sha/.test(text) && { sha: shortSha(source) }),
    base_ref: source.baseRef,
    is_default_branch: String(isDefault),
    is_not_default_branch: String(!isDefault),
    ...dates(source),
  });
}

/** The two dates, the only values in scheduled tags. */
export function dates({ now, commitDate }: TagSource): Record<string, Expression> {
  return {
    date: (format, zone) => formatDate(now, format, zone),
    commit_date: (format, zone) => formatDate(commitDate, format, zone),
  };
}

/** @throws StepFailure if the environment sets a length that is not a number */
export function shortSha({ sha, shortShaLength }: TagSource): string {
  const length = Number(shortShaLength);
  if (Number.isNaN(length)) {
    throw new StepFailure(
      `DOCKER_METADATA_SHORT_SHA_LENGTH is not a valid number: ${shortShaLength}`,
    );
  }
  return sha.slice(0, Math.max(length, 0));
}

/** The rest of a ref below a prefix such as `refs/tags/`. */
export function under(prefix: string, ref: string): string | undefined {
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}
