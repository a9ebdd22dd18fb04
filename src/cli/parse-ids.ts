/** Ids with spaces or commas between, added to those of the values before; none where there is nothing. */
export function parseIds(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(/[\s,]+/).filter(Boolean)];
}
