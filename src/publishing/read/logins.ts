import type { Scalar } from "yaml";
import { actionName, loginActions } from "./action-logins.ts";
import { possibleValues, type Surroundings } from "./possible-values.ts";
import { hostOf } from "./registry.ts";
import { inputOf, type Job, type Step } from "./repository.ts";
import { scriptLoginOf } from "./script-logins.ts";
import { expandVariables } from "./script-variables.ts";
import { commandsOf, type Word } from "./shell-commands.ts";
import type { SourceFile } from "./source-file.ts";
import { stringScalar, textOf } from "./yaml-reader.ts";

/** One login of a job, to the registry or to what may be it. */
export interface Login {
  readonly step: Step;
  /** "docker/login-action", "podman login" */
  readonly tool: string;
  /** "sure": this registry. "one-of": others, too. "unknown": decided in the run. */
  readonly registry: "sure" | "one-of" | "unknown";
  readonly line: number;
  /** Where its password stands; `undefined` where it is not in the file. */
  readonly credential: CredentialText | undefined;
  /** Whether the login pushes by itself. */
  readonly pushes: boolean;
}

/** A part of a scalar that is a password, or says where one comes from. */
export interface CredentialText {
  readonly file: SourceFile;
  readonly node: Scalar<string>;
  /** Offsets in the scalar's value. */
  readonly from: number;
  readonly to: number;
  /** Whether a shell reads it: `$TOKEN` is a variable. */
  readonly inScript: boolean;
}

export interface Target extends Surroundings {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
}

export function loginsOf(target: Target, job: Job): Login[] {
  return job.steps.flatMap((step) => [
    ...(actionLoginOf(target, step) ?? []),
    ...scriptLoginsOf(target, step),
  ]);
}

function actionLoginOf(target: Target, step: Step): Login[] | undefined {
  const name = actionName(step.uses?.value ?? "");
  const action = loginActions[name];
  if (!action) return undefined;
  const registry = judgeRegistry(target, step, textOf(inputOf(step, action.registry)) ?? "");
  if (!registry) return undefined;
  const password = inputOf(step, action.password);
  const node = stringScalar(password);
  return [
    {
      step,
      tool: name,
      registry,
      line: step.file.lineOf(password ?? step.node),
      credential: node && {
        file: step.file,
        node,
        from: 0,
        to: node.value.length,
        inScript: false,
      },
      pushes: action.pushes === true,
    },
  ];
}

/** Whether a text names the registry; `undefined` where it names another one. */
function judgeRegistry(target: Target, step: Step, text: string): Login["registry"] | undefined {
  const possible = possibleValues(target, step, text);
  const values = possible.values.filter((value) => !/^["']?[$%]/.test(value));
  const open = possible.open || values.length < possible.values.length;
  const ours = values.filter((value) => hostOf(value) === target.registry).length;
  if (ours === 0) return open ? "unknown" : undefined;
  return open || ours < values.length ? "one-of" : "sure";
}

function scriptLoginsOf(target: Target, step: Step): Login[] {
  const node = step.run;
  const commands = node && commandsOf(node.value);
  if (!commands) return [];
  return commands.flatMap((command): Login[] => {
    const login = scriptLoginOf(command);
    if (!login) return [];
    const registry = judgeRegistry(target, step, expandVariables(step, login.registry));
    if (!registry) return [];
    const { password, tool } = login;
    const line = lineOfWord(step, node, password ?? command.words[0]);
    const credential = password && {
      file: step.file,
      node,
      from: password.start,
      to: password.end,
      inScript: true,
    };
    return [{ step, tool, registry, line, credential, pushes: false }];
  });
}

function lineOfWord(step: Step, node: Scalar<string>, word: Word | undefined): number {
  const { file } = step;
  const start = node.range?.[0] ?? 0;
  if (!word) return file.lineAt(start);
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const before = node.value.slice(0, word.start).split("\n").length - 1;
  return file.lineAt(start) + before + (isBlock ? 1 : 0);
}
