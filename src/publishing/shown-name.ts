import { expressionsIn } from "./read/expressions.ts";

/**
 * Whether a run may show a step under this name.
 *
 * @param written with expressions as the file has them
 */
export function matchesShown(written: string, shown: string): boolean {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of expressionsIn(written)) {
    parts.push(written.slice(from, start));
    from = end;
  }
  parts.push(written.slice(from));
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "s").test(withoutExtraSlash(shown));
}

/** Older runners show a local action as "Run /./.github/actions/push". */
function withoutExtraSlash(shown: string): string {
  return shown.replace(/^Run \/(?=\.\/)/, "Run ");
}
