import { holdsOurs, wantedCredential, type SecretNames } from "../read/credential.ts";
import { expressionsIn } from "../read/expressions.ts";
import { packagesGrant } from "../read/permissions.ts";
import { pushesOf, type Push } from "../read/pushes.ts";
import type { Job, Step } from "../read/repository.ts";
import { pushWords } from "../read/script/pushes.ts";
import type { SourceFile } from "../read/source-file.ts";
import { callersOf } from "../read/starts.ts";
import { textOf } from "../read/yaml-reader.ts";
import { withWanted, type Repairing } from "./credential-place.ts";
import type { Change } from "./edit.ts";

/** The scripts and targets that get a token in a job that shows neither a login nor a push. */
export function unreadScripts({ target, names }: Repairing, job: Job): Change[] {
  const sign = signOfPushing(names, job);
  const pushes = sign === undefined ? [] : pushesOf(target, job);
  if (pushes.some(({ sure, runs }) => sure && runs === undefined)) return [];
  const { yaml, root } = job.file;
  const outer = [job.node, root].flatMap((node) => yaml.entries(yaml.at(node, "env")));
  const token = ({ step }: Push) => {
    const own = step.file.yaml.entries(step.file.yaml.at(step.node, "env"));
    const variable = [...own, ...outer].find(({ value }) => holdsOurs(names, textOf(value) ?? ""));
    if (variable) return `${variable.key}: ${withWanted(names, textOf(variable.value) ?? "")}`;
    const isWritten = [...callersOf(step), step].some((each) => holdsOurs(names, sourceOf(each)));
    return isWritten ? wantedCredential(names) : undefined;
  };
  const unread = pushes.filter((push) => push.runs !== undefined && token(push) !== undefined);
  const [first] = unread;
  if (!first) return [];
  const { line } = callersOf(first.step)[0] ?? first.step;
  const runs = [...new Set(unread.map((push) => push.runs))].join(" and ");
  const reason = `job ${job.id} ${sign ?? ""} and runs ${runs}, which is not read`;
  const fix = `if it logs in to ${target.registry}, give it:\n${token(first) ?? ""}`;
  return [{ unresolved: { file: job.file, line, reason, fix } }];
}

/** A script or a target that gets a secret, in a job that shows nothing else that is about the registry. */
export interface ScriptWithSecret {
  readonly file: SourceFile;
  readonly line: number;
  /** "./scripts/publish.sh" */
  readonly runs: string;
  /** ["CR_PAT"] */
  readonly secrets: readonly string[];
}

/** Scripts that are no tests, and targets that publish by their names. */
export function scriptsWithSecrets({ target, names }: Repairing, job: Job): ScriptWithSecret[] {
  const { kind } = packagesGrant(job);
  const mayPush = kind === "write" || kind === "unsaid";
  const found = pushesOf(target, job).flatMap(({ step, runs }) => {
    if (runs === undefined || !(isFile.test(runs) || pushWords.test(runs))) return [];
    const texts = [...[...callersOf(step), step].map(sourceOf), ...variablesOf(job)];
    const read = texts.flatMap(expressionsIn).map(({ expression }) => expression);
    const given = read.flatMap((expression) => [...expression.matchAll(secretReads)]);
    const all = given.map(([, name = "GITHUB_TOKEN"]) => name.toUpperCase());
    if (all.includes(names.secret.toUpperCase())) return [];
    const secrets = [...new Set(all)].filter((name) => mayPush || name !== "GITHUB_TOKEN");
    const { file, line } = callersOf(step)[0] ?? step;
    return secrets.length > 0 ? [{ file, line, runs, secrets }] : [];
  });
  // A script may run more than once in a step.
  return [...new Map(found.map((each) => [`${each.line} ${each.runs}`, each])).values()];
}

const isFile = /[/]|\.\w+$/;
const secretReads = /\bsecrets\.(\w+)|\bgithub\.token\b/gi;

function sourceOf({ file, node }: Pick<Job | Step, "file" | "node">): string {
  const [start = 0, end = 0] = node.range ?? [];
  return file.text.slice(start, end);
}

/** The values of the variables that all steps of a job have. */
function variablesOf({ file: { yaml, root }, node }: Job): string[] {
  const variables = [root, node].flatMap((each) => yaml.entries(yaml.at(each, "env")));
  return variables.map(({ value }) => textOf(value) ?? "");
}

/** What a job does that is meant to push: it asks for the permission itself, or gets a secret that the wanted one replaces. */
function signOfPushing(names: SecretNames, job: Job): string | undefined {
  const given = [sourceOf(job), ...variablesOf(job)].join("\n");
  const gets = (name: string) => new RegExp(`\\bsecrets\\.${name}\\b`, "i").test(given);
  if (gets(names.secret)) return undefined;
  const grant = packagesGrant(job);
  if (grant.kind === "write" && grant.ofJob) return "may write packages";
  const replaced = names.replaced.find(gets);
  return replaced === undefined ? undefined : `gets ${replaced}`;
}
