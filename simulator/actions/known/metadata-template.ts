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

/** The rest of a ref below a prefix such as `refs/tags/`. */
export function under(prefix: string, ref: string): string | undefined {
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}
