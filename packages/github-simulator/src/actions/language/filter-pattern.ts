/**
 * GitHub's filter patterns for branches, tags and paths. They look like globs, but `?` and `+`
 * repeat the character before them.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function matchesPatterns(value: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith("!");
    if (filterPattern(negated ? pattern.slice(1) : pattern).test(value)) matched = !negated;
  }
  return matched;
}

/** Whether any value passes a list and its `-ignore` twin (GitHub allows only one of the two). */
export function passesFilter(
  values: readonly string[],
  patterns: readonly string[] | undefined,
  ignored: readonly string[] | undefined,
): boolean {
  if (patterns !== undefined) return values.some((value) => matchesPatterns(value, patterns));
  if (ignored !== undefined) return values.some((value) => !matchesPatterns(value, ignored));
  return true;
}

function filterPattern(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\*\*\/|\*\*|\*|\[[^\]]*\]|\\.|[?+]|[.^$(){}|/\\-]/g,
    (token) => {
      switch (token) {
        case "**/":
          return "(?:.*/)?";
        case "**":
          return ".*";
        case "*":
          return "[^/]*";
        case "?":
        case "+":
          return token;
        default:
          return token.startsWith("[") || /^\\./.test(token) ? token : `\\${token}`;
      }
    },
  );
  return new RegExp(`^${source}$`);
}
