/**
 * Text without these secrets: others may say back what they were sent, as a proxy's page does that
 * shows the request's headers. Also found is a secret within base64, wherever in it the secret
 * begins, for `Authorization: Basic` and GHCR's bearer tokens are made so.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap(formsOf);
  return forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}

/** So little of a secret may as well be part of something else. */
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
 * The characters of base64 that the secret alone decides where this many bytes, modulo 3, stand
 * before it: each holds 6 bits.
 */
function base64After(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, "utf8")]);
  const whole = bytes.toString("base64");
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}
