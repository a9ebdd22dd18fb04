/** What a text is as JSON, or the text itself, which a schema then refuses or takes as it is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
