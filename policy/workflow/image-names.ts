import { literal } from "./language/literal.ts";

/** Text to the same text without image names, because every rule needs it again. */
const known = new Map<string, string>();
const mostKnown = 64;

/**
 * The text with the same name for every image in the registry, because most files of a fleet differ only in
 * these names.
 *
 * An image's name has no character with a meaning in YAML, a shell or an expression, and the
 * replacement is the least favourable name for every rule. A text without findings with this name has
 * none with the real one.
 */
export function withoutImageNames(text: string, registry = "ghcr.io"): string {
  const key = `${registry} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const names = new RegExp(`(?<![\\w.-])${literal(registry)}/[a-z0-9][a-z0-9._/-]*`, "g");
  const alike = text.replaceAll(names, () => `${registry}/owner/image-latest`);
  if (known.size >= mostKnown) known.clear();
  known.set(key, alike);
  return alike;
}
