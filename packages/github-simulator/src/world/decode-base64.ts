/** The bytes that a text encodes; undefined if it is not base64. Lines may be wrapped. */
export function decodeBase64(text: string): Buffer | undefined {
  const packed = text.replace(/\s+/g, "");
  const isValid = packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return isValid ? Buffer.from(packed, "base64") : undefined;
}
