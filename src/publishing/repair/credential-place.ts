import type { Node } from "yaml";
import {
  judgeCredential,
  wantedCredential,
  type SecretNames,
  type Written,
} from "../read/credential.ts";
import type { CredentialText, Target } from "../read/logins.ts";
import { declaredSecrets, isSetInRun, jobOf, type Job, type Step } from "../read/repository.ts";
import { sourceRange, type SourceFile } from "../read/source-file.ts";
import type { Carrier, Change } from "./edit.ts";

export interface Repairing {
  readonly target: Target;
  readonly names: SecretNames;
  /** Whether a second login, with the job's own token, follows one that failed. */
  readonly deadPatFallback: boolean;
}

/** The same for one login. */
export interface RepairingLogin extends Repairing {
  /** Jobs of the repository that call a workflow, without those for which this login is off. */
  callersOf(file: SourceFile): readonly Job[];
  /** The scalars on the way from the login: one of them may lead back to another. */
  readonly passed?: ReadonlySet<Node>;
}

/** Where the password of a login comes from, and what would make it the wanted one. */
export interface Traced {
  readonly changes: readonly Change[];
  /** Jobs whose workflow has to hold the secret, when all is done; none where a person has to act. */
  readonly holders: readonly Job[];
  /** The scalars that the password comes through. */
  readonly carriers: readonly Carrier[];
}

/** A text that is a password, or says where one comes from, with what is around it. */
export interface Place extends Omit<CredentialText, "inScript"> {
  /** The step, or the job that calls a workflow, that gives it. */
  readonly owner: Step | Job;
  readonly line: number;
  /** Stands around what takes its place: the quotes of a text that would be a command without them. */
  readonly quote?: string;
}

export function open(
  file: SourceFile,
  line: number,
  reason: string,
  fix: string,
  carriers: readonly Carrier[] = [],
): Traced {
  return { changes: [{ unresolved: { file, line, reason, fix } }], holders: [], carriers };
}

export function judgeIn(
  { names }: Repairing,
  owner: Step | Job,
  text: string | undefined,
): Written {
  return judgeCredential(text, { names, declared: declaredSecrets(jobOf(owner).file) });
}

export function callerOf(owner: Step | Job): Step | undefined {
  return "job" in owner ? owner.caller : undefined;
}

export function replaceRange(
  { names }: Repairing,
  { file, node, owner, line, alias, quote = "" }: Place,
  from: number,
  to: number,
  holder: Job,
  carriers: readonly Carrier[],
): Traced {
  const text = wantedCredential(names);
  if (alias?.range) {
    // The scalar stays as it is at its other places. Braces end a plain text between others.
    const [start, end] = alias.range;
    const edit = { file, kind: "credential", start, end, text: `"${text}"` } as const;
    return {
      changes: [{ edit: { ...edit, node: owner.node, claimant: owner } }],
      holders: [holder],
      carriers,
    };
  }
  const range = sourceRange(file, node, from, to);
  if (!range)
    return open(
      file,
      line,
      "the password is written in a way that cannot be changed in place",
      text,
      carriers,
    );
  const quoted = `${quote}${text}${quote}`;
  const edit = { file, kind: "credential", ...range, text: quoted, node, claimant: owner } as const;
  return { changes: [{ edit }], holders: [holder], carriers };
}

export function inputFix(names: SecretNames): string {
  return [
    "in the action:",
    "inputs:",
    "  registry-password:",
    "    required: true",
    "and as the password of its login:",
    "${{ inputs.registry-password }}",
    "in each step that runs it:",
    "with:",
    `  registry-password: ${wantedCredential(names)}`,
  ].join("\n");
}

/** The line to type: with its key, where the place is the whole value behind one. */
export function lineFor({ file, node, from, to }: Omit<CredentialText, "inScript">, value: string) {
  const start = node.range?.[0] ?? 0;
  const before = file.text.slice(file.text.lastIndexOf("\n", start - 1) + 1, start);
  const key = /([\w-]+)["']?\s*:\s*$/.exec(before)?.[1];
  const isWhole = from === 0 && to === node.value.length;
  return key !== undefined && isWhole ? `${key}: ${value}` : value;
}

/** Why the password is not known that comes from a variable which no `env` sets. */
export function unsetReason(owner: Step | Job, name: string): string {
  const variable = `the password is the variable ${name.toUpperCase()}`;
  return isSetInRun(jobOf(owner), name)
    ? `${variable}, which a script sets in the run`
    : `${variable}, which nothing in this file sets`;
}

/**
 * What to type where a password is not replaced.
 *
 * @param login the login's own place, where the password comes to it through a variable
 */
export function fixFor(
  { names }: Repairing,
  written: Written,
  place: Place,
  login: Place = place,
): string {
  const text = place.node.value.slice(place.from, place.to).trim();
  if (written.kind === "chosen" && text.match(ours(names))?.length === 1)
    return lineFor(place, withWanted(names, text));
  const line = lineFor(login, wantedCredential(names));
  const placed = login === place ? line : `in the login, line ${login.line}:\n${line}`;
  if (written.kind !== "other-secret") return placed;
  return [placed, ...replaceInstead(names, written.names)].join("\n");
}

/** How to replace other secrets, if there are any. */
export function replaceInstead({ secret }: SecretNames, others: readonly string[]): string[] {
  const options = others.map((name) => `--replace-secret ${name}`).join(" ");
  return others.length > 0
    ? [
        `or let ${secret} take its place: ${options} (in the configuration of a fleet, workflows.replaceSecrets)`,
      ]
    : [];
}

function ours({ secret }: SecretNames): RegExp {
  return new RegExp(`\\b(?:github\\.token|secrets\\.(?:GITHUB_TOKEN|${secret}))\\b`, "gi");
}

/** A text of one line with the wanted credential in place of the one that it reads; that alone where it reads none. */
export function withWanted(names: SecretNames, text: string): string {
  const wanted = wantedCredential(names);
  if (text.match(ours(names))?.length !== 1 || text.includes("\n")) return wanted;
  const placed = text.replace(ours(names), () => `(${wanted.slice(4, -3)})`);
  return placed.replace(/\$\{\{\s*\(([^()]*)\)\s*\}\}/, "${{ $1 }}");
}

export const reasons = {
  chosen: "the password depends on a condition, or is put together from several texts",
  made: "the password is only known in the run",
  pasted: "the file itself contains a password, which everybody who can read the file can use",
  ofJob: "the action takes the password from a variable of the job or of the step that runs it",
  ofAction: "an action cannot read secrets, and takes the job's token by itself",
  absent: "this step gives the login no password",
};

export function reasonFor(written: Written): string {
  switch (written.kind) {
    case "other-secret":
      return `the password is another secret (${written.names.join(", ")})`;
    case "chosen":
    case "made":
    case "pasted":
    case "absent":
      return reasons[written.kind];
    case "carried":
    case "replaceable":
    case "right":
      return "the password comes from elsewhere";
  }
}
