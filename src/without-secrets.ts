/**
 * Text without these secrets: an answer may quote the request, such as a proxy's page with its headers.
 * Secrets inside base64 are removed too, at any position, because `Authorization: Basic` and GHCR's bearer
 * tokens contain them.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap(formsOf);
  return forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}

/** A shorter part could be a coincidence. */
const leastEncoded = 8;

function formsOf(secret: string): string[] {
  if (secret === "") return [];
  const encoded = [0, 1, 2].flatMap((offset) => {
    const core = base64After(secret, offset);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const escaped = [encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [
    ...new Set([secret, ...escaped, ...encoded.filter((form) => form.length >= leastEncoded)]),
  ];
}

/**
 * The base64 characters that depend only on the secret, for this number of bytes (modulo 3) before it; each
 * character holds 6 bits.
 */
function base64After(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, "utf8")]);
  const whole = bytes.toString("base64");
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}
