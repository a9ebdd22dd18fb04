/** Whether git would reject the path: an empty part, `.`, `..`, `.git` in any case, or a NUL. */
export function isMalformedPath(path: string): boolean {
  return path.split("/").some((part) => /^(\.{0,2}|\.git)$/i.test(part)) || path.includes("\0");
}

/** A full name that git accepts for a ref: https://git-scm.com/docs/git-check-ref-format */
export function isRefName(ref: string): boolean {
  const parts = ref.split("/");
  return (
    parts.length > 2 &&
    parts[0] === "refs" &&
    parts.every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock")) &&
    !/\.\.|@\{|[\0-\x20\x7f~^:?*[\\]|\.$/.test(ref)
  );
}

/** A branch as in `owner:branch`, or without an owner; undefined for another owner's, since there are no forks. */
export function withoutOwner(owner: string, name: string): string | undefined {
  const [own = "", branch] = name.split(":", 2);
  if (branch === undefined) return own;
  return own.toLowerCase() === owner.toLowerCase() ? branch : undefined;
}
