/** At this verbosity the engine logs its calls with all their values. */
const leakingVerbosity = 8;

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
  const found = args.flatMap((arg, index) => {
    const trace = /^--(?:tracing|otel-traces)(?==|$)/.exec(arg)?.[0];
    if (trace) return trace;
    // -v 9, -v9, -v=9, and after other letters, -yv9
    const verbosity = /^(?:--verbose|-[A-Za-z]*v)(?:=?(\d+))?$/.exec(arg);
    const level = Number(verbosity?.[1] ?? args[index + 1]);
    return verbosity && level >= leakingVerbosity ? `--verbose=${level}` : [];
  });
  if (env["PULUMI_DEBUG_GRPC"]) found.push("PULUMI_DEBUG_GRPC");
  if (found.length === 0) return undefined;
  return (
    `${found.join(", ")}: the engine would write the PAT and the admin token in clear into its log or trace, so it was not started. ` +
    `Remove these options; --verbose up to ${leakingVerbosity - 1} and --debug show no token`
  );
}
