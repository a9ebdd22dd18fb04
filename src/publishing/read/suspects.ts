import type { Node } from "yaml";
import { actionName, loginActions, selfLogins, type SelfLogin } from "./action-logins.ts";
import { stepsThatRun } from "./conditions.ts";
import { holdsOurs, judgeCredential, wantedCredential, type SecretNames } from "./credential.ts";
import { expressionsIn, parseExpression, readsOf, soleExpression } from "./expressions.ts";
import { isForOthers, lineOfWord, pushLoginOf, type Target } from "./logins.ts";
import { packagesGrant } from "./permissions.ts";
import { possibleValues } from "./possible-values.ts";
import { passwordsIn } from "./registry-auth.ts";
import { isHarmless, isKnownBuilder } from "./pushes.ts";
import { hostOf } from "./image-names.ts";
import { isSetInRun, variableOf, type Job, type Step } from "./repository.ts";
import { pushedPassword, scriptLoginOf } from "./script/logins.ts";
import { commandPush } from "./script/pushes.ts";
import { commandsOf, unquoted } from "./script/shell-commands.ts";
import { isOnlyTested, programOf } from "./script/use.ts";
import { expandVariables } from "./script/variables.ts";
import { stringScalar, textOf } from "./yaml-reader.ts";

/** What logs in to the registry in a way that is not repaired, but said. */
export interface Suspect {
  readonly step: Step;
  readonly line: number;
  readonly reason: string;
  /** The scalar with the credential, where there is one. */
  readonly node: Node | undefined;
  /** The input of an action that gets the credential. */
  readonly key?: string;
  /** Whether a login that follows takes its place. */
  readonly isLogin: boolean;
  /** Whether it matters even where no push is seen: what gets the credential may push by itself. */
  readonly mayPush: boolean;
  /** The lines to type, where they are not the same for all. */
  readonly fix?: string;
}

const remoteActions = /^appleboy\/|(?:^|[/-])ssh(?:-|$)/;
const remotePrograms = /^(?:ssh|scp|gcloud|aws|kubectl|ansible|fly|doctl)$/;

export function suspectsOf(target: Target, names: SecretNames, job: Job): Suspect[] {
  const steps = new Set(stepsThatRun(job.steps).flatMap(withCallers));
  const byCaller = Map.groupBy(steps, ({ caller }) => caller);
  return [...steps].flatMap((step) => {
    const own = step.uses
      ? actionSuspects(target, names, step, byCaller.get(step) ?? [])
      : scriptSuspects(target, names, step);
    return own.length > 0 ? own : givenVariables(target, names, step);
  });
}

function withCallers(step: Step): Step[] {
  return step.caller ? [step, ...withCallers(step.caller)] : [step];
}

/** @param inner the steps of a local action that this step runs */
function actionSuspects(
  target: Target,
  names: SecretNames,
  step: Step,
  inner: readonly Step[],
): Suspect[] {
  const name = actionName(step.uses?.value ?? "");
  // The repository's own action, under test.
  if (/^[.$]\/?$/.test(name)) return [];
  if (loginActions[name]) {
    const inputs = inputsOf(step).filter(({ key }) => key.toLowerCase() === "registry-auth");
    return inputs.flatMap(({ value }) => {
      const scalar = stringScalar(value);
      const text = scalar?.value ?? "";
      const isRead = scalar && passwordsIn(target, step, scalar).length > 0;
      return !isRead && namesRegistry(target, text) && holdsOurs(names, text)
        ? [suspect(step, value, "several logins stand in one text: registry-auth")]
        : [];
    });
  }
  const own = selfLogins[name];
  if (own && mayWrite(step.job) && isOn(step, own))
    return [
      {
        ...suspect(step, step.uses, `${name} logs in by itself, with the job's token`),
        isLogin: true,
        fix: own.fix(target.registry, wantedCredential(names)),
      },
    ];
  const isRemote = remoteActions.test(name);
  const isSent = isRemote && sendsWriter(names, step);
  const scripts = inputsOf(step).flatMap(({ value }) => {
    const text = textOf(value) ?? "";
    const isLogin = mentionsLogin(target, step, text);
    if (!isLogin || (isRemote && !isSent)) return [];
    const reason = isRemote
      ? "a script for another machine logs in there: it gets a token that may write packages"
      : "a script in an input of an action logs in";
    return [{ ...suspect(step, value, reason), mayPush: isRemote }];
  });
  if (scripts.length > 0) return scripts;
  const read = inner.map(file).join("\n");
  return givenCredentials(target, names, step).filter(
    ({ key = "" }) => inner.length === 0 || mentionsInput(read, key),
  );
}

function mentionsInput(text: string, name: string): boolean {
  return new RegExp(`\\binputs\\W+${name.replaceAll(/\W/g, "\\$&")}\\b`, "i").test(text);
}

/** Those inputs with other secrets that are for the registry by their names. */
const passwordInputs =
  /^(?:(?:docker|registry|container|image|ghcr|cr|login)[-_]?)*(?:password|passwd|token|pat|secret|credentials?)$/i;

/** A registry and what to log in to it with, given to an action that is not known to do so. */
function givenCredentials(target: Target, names: SecretNames, step: Step): Suspect[] {
  const inputs = inputsOf(step);
  const credentials = inputs.filter(({ key }) => isPassword(key) || isToken(key));
  if (credentials.length === 0) return [];
  const values = inputs.map(({ key, value }) => ({
    key,
    values: possibleValues(target, step, textOf(value) ?? ""),
  }));
  const isRegistry = values.some(
    ({ key, values: texts }) =>
      /registry|server|host/i.test(key) && texts.some((text) => hostOf(text) === target.registry),
  );
  const isImage = values.some(({ values: texts }) =>
    texts.some((text) => namesRegistry(target, text)),
  );
  const grant = packagesGrant(step.job);
  // A job that asks for the right to push itself is there to push.
  const isPush = grant.kind === "write" && grant.ofJob;
  const name = actionName(step.uses?.value ?? "");
  // The file of an action of this repository says whether it logs in.
  const logsIn = /login|auth/.test(name) && !name.startsWith(".");
  const isNamed = name.includes("ghcr") && (logsIn || !isHarmless(name));
  const isPublisher =
    grant.kind === "write" &&
    publishesImages.test(name) &&
    !isKnownBuilder(name) &&
    !name.startsWith(".");
  const place = isRegistry || isImage || isNamed ? target.registry : "a registry";
  return credentials.flatMap(({ key, value }) => {
    const isMeant = isRegistry || isNamed || isPublisher;
    if (!isMeant && !(isPassword(key) && (isImage || isPush))) return [];
    const text = givenText(step, textOf(value) ?? "");
    const written = judgeCredential(text, { names, declared: new Set() });
    const action = step.uses?.value.split("@")[0] ?? "";
    const isOther = written.kind === "other-secret" && isRegistry && passwordInputs.test(key);
    if (!isOther && (!holdsOurs(names, text) || written.kind === "right")) return [];
    const password = isOther ? `another secret (${written.names.join(", ")})` : "a password";
    const reason = `the action ${action} gets ${password} for ${place}, and what it does with it is not known`;
    const mayPush = isRegistry && grant.kind === "write" && !isHarmless(name);
    return [{ ...suspect(step, value, reason), key, mayPush }];
  });
}

/** Actions that say that they push: acme/publish-image, acme/docker-push. */
const publishesImages =
  /(?:push|publish)[\w-]*(?:image|docker|container|oci|chart)|(?:image|docker|container|oci|chart)[\w-]*(?:push|publish)/;

function isPassword(key: string): boolean {
  return /passw|registry.*token|ghcr|docker.*token|container.*token|creds|^pat$/i.test(key);
}

function isToken(key: string): boolean {
  return /token|secret/i.test(key);
}

const passwordVariables =
  /passw|registry_pword|creds|credential|(?:ghcr|registry|docker|container|image|oci).*(?:token|auth|secret|pat)$/i;

/** A password for the registry in a variable of a step that runs what is not known to log in. */
function givenVariables(target: Target, names: SecretNames, step: Step): Suspect[] {
  const { yaml } = step.file;
  const variables = yaml.entries(yaml.at(step.node, "env"));
  // The target in the build file is not read.
  const isJib = /\bjib(?:$|[:\s])/m.test(step.run?.value ?? "");
  const passwords = variables.filter(({ key, value }) => {
    const text = textOf(value) ?? "";
    if (!(isJib || passwordVariables.test(key)) || !givesOurs(names, text)) return false;
    return judgeCredential(text, { names, declared: new Set() }).kind !== "right";
  });
  if (passwords.length === 0 || isKnownToLogIn(target, step)) return [];
  const isPlace =
    packagesGrant(step.job).kind === "write" ||
    namesRegistry(target, file(step)) ||
    variables.some(({ value }) =>
      possibleValues(target, step, textOf(value) ?? "").some((text) => namesRegistry(target, text)),
    );
  return passwords
    .filter(({ key }) => (isPlace || /ghcr/i.test(key)) && !isOnlyTested(step, key))
    .map(({ key, value }) => {
      const reason = `${key} is a password for what this step runs, and what that does with it is not known`;
      return { ...suspect(step, value, reason), key };
    });
}

/** Whether a step's own login is read elsewhere, or it can have none. */
function isKnownToLogIn(target: Target, step: Step): boolean {
  const name = actionName(step.uses?.value ?? "");
  if (step.uses) return loginActions[name] !== undefined || isHarmless(name);
  const commands = commandsOf(step.run?.value ?? "");
  return commands?.some((each) => scriptLoginOf(each) ?? pushLoginOf(target, step, each)) === true;
}

/** Whether the credential itself is in the text, and not what depends on it. */
function givesOurs(names: SecretNames, text: string): boolean {
  return expressionsIn(text).some(({ expression }) =>
    readsOf(parseExpression(expression)).some(
      ({ path, shown }) => shown && holdsOurs(names, path.join(".")),
    ),
  );
}

/** The text behind a variable of the step. */
function givenText(step: Step, text: string): string {
  const sole = soleExpression(text);
  const [read, ...more] = readsOf(parseExpression(sole?.expression ?? ""));
  const [context, name] = read?.path ?? [];
  if (context !== "env" || name === undefined || more.length > 0) return text;
  return textOf(variableOf(step, name)?.node) ?? text;
}

function scriptSuspects(target: Target, names: SecretNames, step: Step): Suspect[] {
  const script = step.run?.value ?? "";
  if (!namesRegistry(target, script) && !/login|passw|auths/i.test(script)) return [];
  const commands = commandsOf(script);
  if (!commands)
    return mentionsLogin(target, step, script)
      ? [suspect(step, step.run, "this script logs in, in a way that cannot be read")]
      : [];
  return commands.flatMap((command): Suspect[] => {
    if (scriptLoginOf(command)) return [];
    const found = (reason: string) => ({
      ...suspect(step, step.run, reason),
      ...(step.run && { line: lineOfWord(step, step.run, command.words[0]) }),
    });
    const inner = [
      command.hereDocument?.text,
      ...command.words.filter(({ text }) => /\s/.test(text)).map(unquoted),
    ];
    const program = programOf(command) ?? "";
    const isPrinted =
      /^(?:echo|printf|#)$/.test(program) &&
      !command.words.some(({ text }) => text.startsWith(">"));
    const isInner = inner.some((text) => text !== undefined && mentionsLogin(target, step, text));
    const isSent = remotePrograms.test(program);
    if (isInner && !isPrinted && (!isSent || sendsWriter(names, step))) {
      const reason = isSent
        ? "a script for another machine logs in there: it gets a token that may write packages"
        : "a script inside this script logs in";
      return [{ ...found(reason), mayPush: isSent }];
    }
    const given = command.words.find(({ text }) => /passw/i.test(text) && holdsOurs(names, text));
    const isPush = pushedPassword(command) && commandPush(command);
    const isKnown =
      isPush && (pushLoginOf(target, step, command) ?? isForOthers(target, step, command));
    // A variable of the script is for its login.
    const isForLogin = program === "" && commands.some(scriptLoginOf);
    if (given && !isKnown && !isForLogin && (isPush || namesRegistry(target, script))) {
      const reason = /^(?:echo|printf|export|)$/.test(program)
        ? "this script passes a password on, and what gets it is not known"
        : `${program} gets a password, and what it does with it is not known`;
      const fix = `where it is for ${target.registry}, in place of the job's token:\n${wantedCredential(names)}`;
      return [{ ...found(reason), fix }];
    }
    return writesLogin(
      target,
      step,
      command.hereDocument?.text ?? command.words.map(({ text }) => text).join(" "),
    )
      ? [found("this script writes the file in which clients keep their logins")]
      : [];
  });
}

function suspect(step: Step, node: Node | undefined, reason: string): Suspect {
  const line = step.file.lineOf(node ?? step.node);
  return { step, line, reason, node, isLogin: false, mayPush: false };
}

function inputsOf({ file: { yaml }, node }: Step) {
  return yaml.entries(yaml.at(node, "with"));
}

/** Whether a step holds a credential that may write packages. */
function sendsWriter(names: SecretNames, step: Step): boolean {
  const text = file(step);
  const others = [names.secret, ...names.replaced].map((name) => `secrets.${name}`.toLowerCase());
  const isToken = !others.some((other) => text.toLowerCase().includes(other));
  return holdsOurs(names, text) && (!isToken || mayWrite(step.job));
}

function mayWrite(job: Job): boolean {
  const { kind } = packagesGrant(job);
  return kind === "write" || kind === "unsaid";
}

function isOn(step: Step, { variable, inputs }: SelfLogin): boolean {
  const isSet = (name: string) =>
    variableOf(step, name) !== undefined || isSetInRun(step.job, name);
  if (variable !== undefined && isSet(variable)) return false;
  return (
    !inputs ||
    inputsOf(step).some(({ key, value }) => inputs.test(key) && textOf(value) !== "false")
  );
}

function namesRegistry({ registry }: Target, text: string): boolean {
  return text.toLowerCase().includes(registry);
}

/** Whether a text has a command that logs in to the registry, by name or by a variable. */
function mentionsLogin(target: Target, step: Step, text: string): boolean {
  const lines = text.replaceAll(/\\\r?\n/g, " ").split("\n");
  return lines.some((line) => {
    if (!/\blogin\b/.test(line) || /^\s*#/.test(line)) return false;
    if (namesRegistry(target, line)) return true;
    const variables = expressionsIn(line).map(({ start, end }) => line.slice(start, end));
    return variables.some((each) =>
      possibleValues(target, step, each).some((value) => hostOf(value) === target.registry),
    );
  });
}

/** The file in which clients keep their logins, as kaniko is given it. */
function writesLogin(target: Target, step: Step, text: string): boolean {
  return (
    /\bauths\b/.test(text) &&
    possibleValues(target, step, expandVariables(step, text)).some((value) =>
      namesRegistry(target, value),
    )
  );
}

function file({ file: source, node }: Step): string {
  const [start, , end] = node.range ?? [0, 0, 0];
  return source.text.slice(start, end);
}
