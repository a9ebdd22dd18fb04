/**
 * The filter pattern that matches this branch and no other.
 *
 * Of the characters with a meaning in a pattern, git allows only `+` and `!` in a name.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function branchPattern(branch: string): string {
  return branch.replace(/[+!]/g, String.raw`\$&`);
}
