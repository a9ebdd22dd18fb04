import { createColors } from "picocolors";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether to write in colour: on a terminal, and where `FORCE_COLOR` demands it. Not in every CI job,
 * because its output may be a file or the input of another program.
 *
 * @see https://no-color.org
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function wantsColors(env: Environment, output: { readonly isTTY?: boolean }): boolean {
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Colours for standard output. */
export const colors = createColors(wantsColors(process.env, process.stdout));
