import { leakingVariables, leakingVerbosity } from "../src/leaking-variables.ts";
import { parseGoInteger } from "../src/parse-go-integer.ts";

/**
 * Why the engine, started with these arguments, would write the stack's tokens in clear: logs and
 * traces contain the calls themselves, and secrets are not masked there.
 *
 * @param args of `pulumi`
 * @returns nothing if it would not
 * @see https://www.pulumi.com/docs/support/debugging/
 */
export function whyLeaking(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const options = optionsIn(args);
  const found = options.flatMap((arg, index) => {
    const trace = /^--(?:tracing|otel-traces)(?==|$)/.exec(arg)?.[0];
    if (trace) return trace;
    const level = parseGoInteger(verbosityOf(arg, options[index + 1]) ?? "") ?? 0;
    return level >= leakingVerbosity ? `--verbose=${level}` : [];
  });
  found.push(...leakingVariables(env));
  if (found.length === 0) return undefined;
  return (
    `${found.join(", ")}: the engine would write the PAT and the admin token in clear into its log or trace, so it was not started. ` +
    `Remove these options; --verbose up to ${leakingVerbosity - 1} and --debug show no token`
  );
}

/**
 * The arguments before `--`. Behind an option it may be that option's value, as in `-m -- -v9`, and end nothing.
 * Which options take one differs between commands, so an option without a value of its own counts as one.
 */
function optionsIn(args: readonly string[]): readonly string[] {
  const mayTakeNext = (arg = "") => /^-[^=]+$/.test(arg);
  const end = args.findIndex((arg, index) => arg === "--" && !mayTakeNext(args[index - 1]));
  return end === -1 ? args : args.slice(0, end);
}

/** One-letter options that take a value in every command: -C folder, -s stack, -m message. */
const lettersWithValue = /[Csm]/;

/**
 * The value of --verbose or -v in an argument, by the rules of the engine's parser. A letter may stand
 * behind others, and its value behind it, behind `=`, or in the next argument.
 *
 * @see https://pkg.go.dev/github.com/spf13/pflag#hdr-Command_line_flag_syntax
 */
function verbosityOf(arg: string, next: string | undefined): string | undefined {
  if (arg.startsWith("--")) {
    const [name, ...value] = arg.slice(2).split("=");
    if (name !== "verbose") return undefined;
    return value.length > 0 ? value.join("=") : next;
  }
  if (!arg.startsWith("-")) return undefined;
  const at = arg.indexOf("v", 1);
  const before = arg.slice(1, at === -1 ? undefined : at);
  if (at === -1 || before.includes("=") || lettersWithValue.test(before)) return undefined;
  const rest = arg.slice(at + 1);
  if (rest === "") return next;
  return rest.startsWith("=") && rest.length > 1 ? rest.slice(1) : rest;
}
