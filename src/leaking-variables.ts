import { parseGoInteger } from "./parse-go-integer.ts";

/** At this verbosity the engine logs its calls with all their values. */
export const leakingVerbosity = 8;

/**
 * The environment variables with which the engine writes tokens in clear: logs and traces contain the
 * calls themselves, and secrets are not masked there. Each option of `pulumi` also has a variable.
 *
 * @see https://www.pulumi.com/docs/support/debugging/
 */
export function leakingVariables(
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const verbosity = parseGoInteger(environment["PULUMI_OPTION_VERBOSE"] ?? "") ?? 0;
  const set = ["PULUMI_DEBUG_GRPC", "PULUMI_OPTION_TRACING", "PULUMI_OPTION_OTEL_TRACES"].filter(
    (name) => environment[name],
  );
  return verbosity >= leakingVerbosity ? [...set, "PULUMI_OPTION_VERBOSE"] : set;
}
