import {
  callsFunction,
  evaluate,
  expressionsIn,
  parseExpression,
  readsOf,
  soleExpression,
  type Embedded,
} from "./expressions.ts";

/** The secrets that a fleet knows. */
export interface SecretNames {
  /** "GHCR_PAT" */
  readonly secret: string;
  /** Secrets of the repository that the fleet's takes the place of: ["CR_PAT"]. */
  readonly replaced: readonly string[];
}

/** How the password of a login is written. */
export type Written =
  /** It gives the secret where that is there, and the job's token where not. */
  | { readonly kind: "right" }
  /** It is made of the job's token, the secret and those that the secret replaces, and of nothing else. */
  | {
      readonly kind: "replaceable";
      readonly embedded: Embedded;
      /** Whether it is the job's token, also where the secret is there. */
      readonly isToken: boolean;
    }
  /** It comes through a variable, or an input or a secret that the caller gives. */
  | {
      readonly kind: "carried";
      readonly by: "env" | "inputs" | "secrets";
      readonly name: string;
      /** Whether the job's token stands in where the caller gives none. */
      readonly defaulted: boolean;
      readonly embedded: Embedded;
    }
  /** Another secret, or several. */
  | { readonly kind: "other-secret"; readonly names: readonly string[] }
  /** It depends on a condition, or is put together from several texts. */
  | { readonly kind: "chosen" }
  /** Something that is only known in the run. */
  | { readonly kind: "made" }
  /** The password itself. */
  | { readonly kind: "pasted" }
  | { readonly kind: "absent" };

/** What the secrets of the place are: those that a caller gives, if anybody calls it. */
export interface CredentialPlace {
  readonly names: SecretNames;
  /** Secrets that a reusable workflow declares, in lower case. */
  readonly declared: ReadonlySet<string>;
}

export function judgeCredential(text: string | undefined, place: CredentialPlace): Written {
  if (text === undefined || text.trim() === "") return { kind: "absent" };
  const embedded = soleExpression(text);
  if (!embedded) return { kind: expressionsIn(text).length > 0 ? "chosen" : "pasted" };
  const expr = parseExpression(embedded.expression);
  const reads = readsOf(expr);
  if (!expr || reads.length === 0) return { kind: "made" };
  const kinds = reads.map(({ path }) => kindOfRead(path, place));
  if (callsFunction(expr))
    return { kind: kinds.every((kind) => kind === "else") ? "made" : "chosen" };
  if (kinds.every((kind) => kind === "own" || kind === "token" || kind === "replaced"))
    return !kinds.includes("replaced") && isRight(embedded.expression, place.names)
      ? { kind: "right" }
      : { kind: "replaceable", embedded, isToken: kinds.every((kind) => kind === "token") };
  const isAlternative = reads.every(({ shown }) => shown);
  const others = reads.filter((_read, index) => kinds[index] !== "token");
  const [only] = others;
  const carrier = only && carrierOf(only.path, place);
  if (carrier && others.length === 1 && isAlternative)
    return { kind: "carried", ...carrier, defaulted: reads.length > 1, embedded };
  const names = reads.filter((_read, index) => kinds[index] === "other").map(({ path }) => path);
  if (isAlternative && names.length > 0 && !names.some((path) => path.includes("*")))
    return { kind: "other-secret", names: names.map(([, name = ""]) => name.toUpperCase()) };
  return { kind: names.length > 0 || !isAlternative ? "chosen" : "made" };
}

type ReadKind = "token" | "own" | "replaced" | "other" | "else";

function kindOfRead(
  [context, name = "*", ...rest]: readonly string[],
  place: CredentialPlace,
): ReadKind {
  const path = [context, name, ...rest].join(".");
  if (path === "secrets.github_token" || path === "github.token") return "token";
  if (context !== "secrets") return "else";
  if (isSame(name, place.names.secret)) return "own";
  if (place.names.replaced.some((each) => isSame(name, each))) return "replaced";
  return "other";
}

function carrierOf(
  [context, name = "*", ...rest]: readonly string[],
  { declared }: CredentialPlace,
) {
  if (name === "*" || rest.length > 0) return undefined;
  if (context === "env" || context === "inputs") return { by: context, name } as const;
  if (context === "secrets" && declared.has(name)) return { by: context, name } as const;
  return undefined;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a text holds the job's token, the secret, or one that it replaces. */
export function holdsOurs({ secret, replaced }: SecretNames, text: string): boolean {
  const secrets = ["GITHUB_TOKEN", secret, ...replaced].join("|");
  return new RegExp(`\\bgithub\\.token\\b|\\bsecrets\\.(?:${secrets})\\b`, "i").test(text);
}

const token = "the job's token";
const pat = "the secret";

/** Whether the expression gives the secret where that is there, and the job's token where not. */
export function isRight(expression: string, { secret }: SecretNames): boolean {
  const expr = parseExpression(expression);
  if (!expr) return false;
  const inJob = { github: { token } };
  const withSecret = { ...inJob, secrets: { GITHUB_TOKEN: token, [secret.toUpperCase()]: pat } };
  const without = { ...inJob, secrets: { GITHUB_TOKEN: token } };
  return evaluate(expr, withSecret) === pat && evaluate(expr, without) === token;
}

/** `${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}` */
export function wantedCredential({ secret }: SecretNames): string {
  return `\${{ secrets.${secret} || secrets.GITHUB_TOKEN }}`;
}
