import type { Alias, Scalar } from "yaml";
import { actionName, loginActions, type LoginAction } from "./action-logins.ts";
import { stepsThatRun } from "./conditions.ts";
import { possibleValues, type ReadContext } from "./possible-values.ts";
import { hostOf } from "./image-names.ts";
import { passwordsIn } from "./registry-auth.ts";
import { inputOf, type Job, type Step } from "./repository.ts";
import { pushedPassword, scriptLoginOf, type ScriptLogin } from "./script/logins.ts";
import { commandPush } from "./script/pushes.ts";
import { expandVariables } from "./script/variables.ts";
import { commandsOf, unquoted, type Command, type Word } from "./script/shell-commands.ts";
import { sourceRange, type SourceFile } from "./source-file.ts";
import { stringScalar, textOf } from "./yaml-reader.ts";

/** One login of a job, to the registry or to one that may be it. */
export interface Login {
  readonly step: Step;
  /** "docker/login-action", "podman login" */
  readonly tool: string;
  /** "sure": this registry. "one-of": others, too. "unknown": decided in the run. */
  readonly registry: "sure" | "one-of" | "unknown";
  readonly line: number;
  /** The place of its password; `undefined` if the file has none. */
  readonly credential: CredentialText | undefined;
  /** Whether the login pushes by itself. */
  readonly pushes: boolean;
}

/** A part of a scalar that is a password, or an expression that reads one. */
export interface CredentialText {
  readonly file: SourceFile;
  readonly node: Scalar<string>;
  /** Offsets in the scalar's value. */
  readonly from: number;
  readonly to: number;
  /** Whether a shell reads it: `$TOKEN` is a variable. */
  readonly inScript: boolean;
  /** Whether PowerShell pipes it as it is: without quotes, another text would be a command. */
  readonly isPiped?: true;
  /** The alias through which the scalar of another place is used here. */
  readonly alias?: Alias | undefined;
}

export interface Target extends ReadContext {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  /** Possible owners of the repository; empty if unknown. */
  readonly owners: readonly string[];
}

/**
 * The logins of a job, without those that run only after an earlier one failed, and without actions that push
 * with the credential of an earlier login.
 */
export function loginsOf(target: Target, job: Job): Login[] {
  const logins = allLoginsOf(target, job);
  return logins.filter((login, index) => {
    const earlier = logins.slice(0, index);
    const isLoggedIn = earlier.some(({ registry }) => registry === "sure");
    const logsIn = login.credential ?? loginActions[login.tool]?.tokenByDefault;
    return !followsFailure(login.step, earlier) && (logsIn || !login.pushes || !isLoggedIn);
  });
}

/** Those that run only after an earlier one failed. */
export function retriesOf(target: Target, job: Job): Login[] {
  const logins = allLoginsOf(target, job);
  return logins.filter(({ step }, index) => followsFailure(step, logins.slice(0, index)));
}

function allLoginsOf(target: Target, job: Job): Login[] {
  return stepsThatRun(job.steps).flatMap((step) => [
    ...(actionLoginOf(target, step) ?? []),
    ...scriptLoginsOf(target, step),
  ]);
}

function followsFailure({ file, node }: Step, earlier: readonly Login[]): boolean {
  const condition = textOf(file.yaml.at(node, "if")) ?? "";
  const [, id] =
    /\bsteps\.([\w-]+)\.(?:outcome|conclusion)\s*(?:==\s*'failure'|!=\s*'success')/.exec(
      condition,
    ) ?? [];
  return (
    id !== undefined &&
    earlier.some(
      ({ step }) => textOf(step.file.yaml.at(step.node, "id"))?.toLowerCase() === id.toLowerCase(),
    )
  );
}

function actionLoginOf(target: Target, step: Step): Login[] | undefined {
  const name = actionName(step.uses?.value ?? "");
  const action = loginActions[name];
  if (!action) return undefined;
  const several = stringScalar(inputOf(step, "registry-auth"));
  if (several)
    return passwordsIn(target, step, several).map((part) => ({
      step,
      tool: name,
      registry: "sure",
      line: step.file.lineOf(several),
      credential: { file: step.file, node: several, ...part, inScript: false },
      pushes: false,
    }));
  const named = textOf(inputOf(step, action.registry)) ?? action.preset ?? "";
  const registry = judgeRegistry(target, step, named);
  if (!registry) return undefined;
  const { yaml } = step.file;
  const given = yaml.entry(yaml.at(step.node, "with"), action.password);
  const node = stringScalar(given?.value);
  return [
    {
      step,
      tool: name,
      registry,
      line: step.file.lineOf(given?.alias ?? given?.value ?? step.node),
      credential: node && {
        file: step.file,
        node,
        from: 0,
        to: node.value.length,
        inScript: false,
        alias: given?.alias,
      },
      pushes: doesPush(target, step, action),
    },
  ];
}

/** Whether an action that logs in pushes in this step, too, or may. */
export function doesPush(target: Target, step: Step, { pushes, push }: LoginAction): boolean {
  const given = push === undefined ? undefined : textOf(inputOf(step, push));
  if (!pushes || given === undefined) return pushes === true;
  return possibleValues(target, step, given).some((value) => value !== "false");
}

/** Whether a text names the registry; `undefined` where it names another one. */
export function judgeRegistry(
  target: Target,
  step: Step,
  text: string,
): Login["registry"] | undefined {
  const hosts = possibleValues(target, step, text).map(hostOf);
  const isOpen = hosts.some((host) => /[$%]/.test(host));
  const ours = hosts.filter((host) => host === target.registry).length;
  if (ours === 0) return isOpen ? "unknown" : undefined;
  return ours < hosts.length ? "one-of" : "sure";
}

function scriptLoginsOf(target: Target, step: Step): Login[] {
  const node = step.run;
  const mayLogIn = node && /login|creds|password|registry set|\boras\b/.test(node.value);
  const commands = mayLogIn && commandsOf(node.value);
  if (!commands) return [];
  return commands.flatMap((command): Login[] => {
    const login = commandLogin(target, step, command);
    if (!login) return [];
    const { password, tool, registry } = login;
    const line = lineOfWord(step, node, password ?? command.words[0]);
    const credential = password && {
      file: step.file,
      node,
      from: password.start,
      to: password.end,
      inScript: true,
      ...(password.isPiped && { isPiped: password.isPiped }),
    };
    return [{ step, tool, registry, line, credential, pushes: login.pushes === true }];
  });
}

/** What a command of a script logs in with, where that is to the registry, or may be. */
export function commandLogin(
  target: Target,
  step: Step,
  command: Command,
): (Omit<ScriptLogin, "registry"> & Pick<Login, "registry">) | undefined {
  const login = scriptLoginOf(command) ?? pushLoginOf(target, step, command);
  const registry = login && judgeRegistry(target, step, expandVariables(step, login.registry));
  return registry && { ...login, registry };
}

/** A command that pushes with a password of its own. */
export function pushLoginOf(target: Target, step: Step, command: Command): ScriptLogin | undefined {
  const password = pushedPassword(command);
  const push = password && commandPush(command);
  if (!push?.sure) return undefined;
  const isDestination = push.references.length > 0;
  const texts = isDestination ? push.references : command.words.map(unquoted);
  const words = texts.map((text) => expandVariables(step, text));
  const isOurs = (text: string) => judgeRegistry(target, step, registryPart(text)) === "sure";
  const registry = words.find(isOurs);
  return registry === undefined
    ? undefined
    : { tool: push.builder, registry: registryPart(registry), password, pushes: true };
}

/** Whether a command of jib names an image in another registry. */
export function isForOthers(target: Target, step: Step, { words }: Command): boolean {
  const image = words.map(unquoted).find((word) => /^-D(?:jib\.to\.)?image=/.test(word));
  const reference = image && registryPart(expandVariables(step, image));
  return reference !== undefined && judgeRegistry(target, step, reference) === undefined;
}

/** "ghcr.io/acme/api" of "docker://ghcr.io/acme/api:1.0" and of "-Djib.to.image=ghcr.io/acme/api". */
function registryPart(reference: string): string {
  return reference.replace(/^-[\w.-]+=/, "").replace(/^(?:docker|oci):\/\//, "");
}

/** The line of a word of a script, in its file. */
export function lineOfWord(step: Step, node: Scalar<string>, word: Word | undefined): number {
  const { file } = step;
  const start = node.range?.[0] ?? 0;
  if (!word) return file.lineAt(start);
  const range = sourceRange(file, node, word.start, word.end);
  if (range) return file.lineAt(range.start);
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const before = node.value.slice(0, word.start).split("\n").length - 1;
  return file.lineAt(start) + before + (isBlock ? 1 : 0);
}
