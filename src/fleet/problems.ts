import { listed } from "../format-text.ts";
import { UsageError } from "../user-error.ts";

/** @throws {UsageError} lists all problems, where there are any */
export function assertNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

/** One problem, which names the repositories that have it; none where no repository has it. */
export function problemOf(
  repositories: readonly { readonly name: string }[],
  describe: (names: string) => string,
): string[] {
  return repositories.length > 0 ? [describe(listed(repositories.map(({ name }) => name)))] : [];
}
