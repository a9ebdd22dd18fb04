import picomatch from "picomatch";

/** Whether a repository's name fits one of the patterns; GitHub compares names without case. */
export function nameMatcher(globs: readonly string[]): (name: string) => boolean {
  const matches = picomatch([...globs], { nocase: true, dot: true });
  // Not `matches` itself: it takes a second argument, which is an index where `filter` calls it.
  return (name) => matches(name);
}
