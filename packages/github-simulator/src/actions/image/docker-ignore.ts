import picomatch from "picomatch";

/**
 * Applies a `.dockerignore`: the last pattern that matches decides, `!` includes files again,
 * a pattern that matches a folder applies to everything in it.
 * @returns whether a path (relative to the build context) belongs to the context
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseDockerIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const negated = line.startsWith("!");
      const pattern = (negated ? line.slice(1) : line)
        .trim()
        .replace(/^\.?\//, "")
        .replace(/\/$/, "");
      return {
        negated,
        matches: picomatch([pattern, `${pattern}/**`], { dot: true, nobrace: true }),
      };
    });
  return (path) => {
    let ignored = false;
    for (const { negated, matches } of rules) if (matches(path)) ignored = !negated;
    return !ignored;
  };
}
