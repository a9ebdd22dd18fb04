/**
 * The path of a value in a stack's file that the engine would decrypt, if there is one.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/#structured-configuration
 */
export function findEncrypted(value: unknown): string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, "secure")) return [];
  for (const [key, inner] of Object.entries(value)) {
    const found = findEncrypted(inner);
    if (found) return [key, ...found];
  }
  return undefined;
}
