import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import type { SimulatorOptions } from "../simulator.ts";
import { OptionError } from "./option-error.ts";

const when = z.enum(["before", "after"]);

/** The parts of `FaultMatch` and `FaultEffect` that can be written in a file. */
const faultsSchema = z.array(
  z.strictObject({
    match: z
      .strictObject({
        method: z.string().optional(),
        /** A part of the path. */
        path: z.string().optional(),
        /** A regular expression for the path. */
        pattern: z.string().transform(toPattern).optional(),
        body: z.string().optional(),
        skip: z.int().nonnegative().optional(),
        times: z.int().positive().optional(),
      })
      .default({}),
    effect: z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("answer"),
        status: z.int().min(200).max(599),
        body: z.string().optional(),
        headers: z.record(z.string(), z.string()).optional(),
        when: when.optional(),
      }),
      z.strictObject({ kind: z.literal("delay"), milliseconds: z.number().nonnegative() }),
      z.strictObject({ kind: z.literal("drop"), when }),
      z.strictObject({ kind: z.literal("truncate"), bytes: z.int().nonnegative() }),
      z.strictObject({ kind: z.literal("lag"), milliseconds: z.number().nonnegative() }),
    ]),
  }),
);

/**
 * Reads faults from a YAML or JSON file: a list of `match` and `effect`.
 *
 * @throws {OptionError} it cannot be read, or is not such a list
 */
export async function readFaults(file: string): Promise<NonNullable<SimulatorOptions["faults"]>> {
  const result = faultsSchema.safeParse(await readYaml(file));
  if (!result.success) {
    const lines = result.error.issues.map(
      (issue) => `  ${issue.path.join(".") || "(top level)"}: ${issue.message}`,
    );
    throw new OptionError(`${file} does not list faults:\n${lines.join("\n")}`);
  }
  return result.data.map(({ match: { pattern, path, ...match }, effect }) => ({
    match: defined({ ...match, path: pattern ?? path }),
    effect: defined(effect),
  }));
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new OptionError(`cannot read the faults ${file}: ${(error as Error).message}`);
  }
}

function toPattern(text: string, context: z.RefinementCtx): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without the absent fields. */
function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
