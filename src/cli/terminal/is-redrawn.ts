/** Whether lines can be replaced: on a terminal, but not in the log of a CI job, which keeps each of them. */
export function isRedrawn(
  output: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return output.isTTY === true && !env["CI"];
}
