/** A pattern that matches this text and nothing else. */
export function literal(text: string): string {
  return text.replaceAll(/\W/g, String.raw`\$&`);
}
