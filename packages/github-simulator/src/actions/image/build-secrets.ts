import { existsSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import { type ActionStep, StepFailure } from "../action/known-action.ts";
import { splitCsv } from "./csv.ts";
import type { Instruction } from "./dockerfile.ts";

/**
 * The secrets of a build by their ids: the inputs `secrets`, `secret-envs` and `secret-files`.
 *
 * @throws StepFailure with buildx's words
 * @see https://docs.docker.com/build/ci/github-actions/secrets/
 */
function readBuildSecrets(step: ActionStep): Map<string, string> {
  const fromFile = (path: string): string => {
    const file = resolve(step.folders.workspace, path);
    if (existsSync(file)) return readFileSync(file, "utf8");
    throw new StepFailure(`secret file ${path} not found`);
  };
  // As a process reads them: a variable that is not set is empty.
  const fromVariable = (name: string): string => step.env[name] ?? "";
  const read = (input: string, load: (text: string) => string) =>
    step.lines(input).map((line): [string, string] => {
      const [, id = "", text = ""] = /^([^=]+)=(.*)$/s.exec(line) ?? [];
      if (id === "" || text === "") throw new StepFailure(`${line} is not a valid secret`);
      return [id, load(text)];
    });
  return new Map([
    ...read("secrets", (text) => text),
    ...read("secret-envs", fromVariable),
    ...read("secret-files", fromFile),
  ]);
}

/** A secret that a `RUN` of the Dockerfile asks for. */
interface SecretMount {
  readonly id: string;
  readonly isRequired: boolean;
}

/**
 * The secrets of `RUN --mount=type=secret`.
 *
 * @see https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
 */
function secretMounts(instructions: readonly Instruction[]): SecretMount[] {
  const mounts = instructions
    .filter(({ name }) => name === "RUN")
    .flatMap(({ value }) => [...value.matchAll(/--mount=(\S+)/g)])
    .map(([, options = ""]) => new Map(splitCsv(options).map(splitOption)));
  return mounts
    .filter((options) => options.get("type") === "secret")
    .map((options) => ({
      id: options.get("id") ?? posix.basename(options.get("target") ?? ""),
      isRequired: /^(?:true|1)?$/i.test(options.get("required") ?? "false"),
    }));
}

function splitOption(option: string): [string, string] {
  const [key = "", ...value] = option.split("=");
  return [key.toLowerCase(), value.join("=")];
}

/**
 * Logs the size of each secret that the build asks for: nothing of the Dockerfile is executed.
 *
 * @throws StepFailure with BuildKit's words: a secret is required, and the build has none of its id
 */
export function mountSecrets(step: ActionStep, instructions: readonly Instruction[]): void {
  const secrets = readBuildSecrets(step);
  for (const { id, isRequired } of secretMounts(instructions)) {
    const value = secrets.get(id);
    if (value === undefined && isRequired) throw new StepFailure(`secret ${id}: not found`);
    const found = value === undefined ? "not there" : `${Buffer.byteLength(value)} bytes`;
    step.info(`#3 RUN --mount=type=secret,id=${id}: ${found}`);
  }
}
