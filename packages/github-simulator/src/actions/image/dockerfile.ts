import { StepFailure } from "../action/known-action.ts";

export interface Instruction {
  /** Upper case. */
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** https://docs.docker.com/reference/dockerfile/ */
const INSTRUCTIONS = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

/**
 * Reads a Dockerfile only far enough to reject a broken one.
 * @throws StepFailure with BuildKit's words
 */
export function parseDockerfile(text: string): Instruction[] {
  const fail = (line: number, reason: string): never => {
    throw new StepFailure(`dockerfile parse error on line ${line}: ${reason}`);
  };
  const instructions = readInstructions(text);
  if (instructions.length === 0) throw new StepFailure("file with no instructions");
  let inStage = false;
  for (const { name, value, line } of instructions) {
    if (!INSTRUCTIONS.has(name)) fail(line, `unknown instruction: ${name}`);
    if (value === "") fail(line, `${name} requires at least one argument`);
    if (name === "FROM") {
      inStage = true;
      const words = value.split(/\s+/).filter((word) => !word.startsWith("--"));
      const isAlias = words.length === 3 && words[1]?.toUpperCase() === "AS";
      if (words.length !== 1 && !isAlias) {
        fail(line, "FROM requires either one or three arguments");
      }
    } else if (!inStage && name !== "ARG") fail(line, "no build stage in current context");
  }
  if (!inStage) throw new StepFailure("no build stage in current context");
  return instructions;
}

/**
 * The instructions of the stage that becomes the image.
 * @param target name or number of the stage; empty for the last one
 * @throws StepFailure with BuildKit's words
 */
export function findStage(instructions: readonly Instruction[], target: string): Instruction[] {
  const stages = splitStages(instructions);
  const found = target === "" ? stages.at(-1) : stageOf(stages, target);
  if (found === undefined) {
    throw new StepFailure(`target stage "${target}" could not be found`);
  }
  return found;
}

/** The instructions that are executed for a stage: its own, and those of all stages that it is made of. */
export function executedFor(
  stage: readonly Instruction[],
  instructions: readonly Instruction[],
): Instruction[] {
  const stages = splitStages(instructions);
  const reached = new Set<readonly Instruction[]>();
  const reach = (next: readonly Instruction[]): void => {
    if (reached.has(next)) return;
    reached.add(next);
    for (const { name, value } of next) {
      const sources = [...value.matchAll(/\bfrom=([^,\s]+)/g)].map(([, source = ""]) => source);
      if (name === "FROM") sources.push(value.replace(/^(?:--\S+\s+)*/, "").split(/\s/)[0] ?? "");
      for (const source of sources) reach(stageOf(stages, source) ?? []);
    }
  };
  reach(stages.find(([from]) => from?.line === stage[0]?.line) ?? []);
  return [...reached].flat();
}

function splitStages(instructions: readonly Instruction[]): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === "FROM") stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}

/** @param wanted name or number */
function stageOf(stages: readonly Instruction[][], wanted: string): Instruction[] | undefined {
  const isNamed = ([from]: readonly Instruction[]): boolean =>
    /\sas\s+(\S+)$/i.exec(from?.value ?? "")?.[1]?.toLowerCase() === wanted.toLowerCase();
  return stages.find(isNamed) ?? stages[Number(wanted)];
}

/** Sources that `COPY` and `ADD` take from the build context. */
export function contextSources(instructions: readonly Instruction[]): Instruction[] {
  return instructions
    .filter(({ name, value }) => /^(COPY|ADD)$/.test(name) && !/--from=|<</.test(value))
    .flatMap((instruction) => {
      const words = instruction.value.startsWith("[")
        ? (JSON.parse(instruction.value) as string[])
        : instruction.value.split(/\s+/).filter((word) => !word.startsWith("--"));
      return words
        .slice(0, -1)
        .filter((word) => !/^https?:|^git@|\$/.test(word))
        .map((value) => ({ ...instruction, value }));
    });
}

/** Joins continued lines and leaves out comments and the bodies of here-documents. */
function readInstructions(text: string): Instruction[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const instructions: Instruction[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let whole = "";
    for (; index < lines.length; index += 1) {
      const part = lines[index] ?? "";
      if (/^\s*#/.test(part) || (whole !== "" && part.trim() === "")) continue;
      whole += part.replace(/\\\s*$/, "");
      if (!/\\\s*$/.test(part)) break;
    }
    if (whole.trim() === "") continue;
    const [, name = "", value = ""] = /^\s*(\S+)\s*(.*)$/s.exec(whole) ?? [];
    instructions.push({ name: name.toUpperCase(), value: value.trim(), line });
    for (const [, end = ""] of value.matchAll(/<<-?["']?(\w+)["']?/g)) {
      while (index + 1 < lines.length && lines[index + 1]?.trim() !== end) index += 1;
      index += 1;
    }
  }
  return instructions;
}
