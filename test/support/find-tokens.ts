import { gunzipSync, inflateSync } from "node:zlib";

/** How often an encoding inside of another one is taken apart. */
const most = 4;

/**
 * The tokens that are somewhere in the bytes: as they are, or in base64, hexadecimal digits, percent-encoding, UTF-16,
 * gzip or zlib, also one inside of another. It decodes what it finds, and so shares nothing with the product's own
 * search, which looks for encoded forms.
 */
export function findTokens(bytes: Buffer, tokens: readonly string[]): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const search = (content: Buffer, depth: number) => {
    const text = content.toString("latin1");
    if (content.length < 8 || seen.has(text)) return;
    seen.add(text);
    for (const token of tokens) if (text.includes(token)) found.add(token);
    if (depth < most) for (const decoded of decode(content, text)) search(decoded, depth + 1);
  };
  search(bytes, 0);
  return [...found];
}

function* decode(content: Buffer, text: string): Generator<Buffer> {
  for (const unpack of [gunzipSync, inflateSync]) {
    try {
      yield unpack(content);
    } catch {
      // It is not packed so.
    }
  }
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) {
    // Which characters belong together is unknown where other text precedes it.
    for (let start = 0; start < 4; start += 1) yield Buffer.from(run.slice(start), "base64");
  }
  for (const [run] of text.matchAll(/[0-9a-fA-F]{16,}/g)) {
    for (let start = 0; start < 2; start += 1) yield Buffer.from(run.slice(start), "hex");
  }
  if (text.includes("%")) {
    const plain = text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    yield Buffer.from(plain, "latin1");
  }
  if (text.includes("\\u")) {
    const plain = text.replaceAll(/\\u00([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    yield Buffer.from(plain, "latin1");
  }
  if (text.includes("\0")) yield Buffer.from(text.replaceAll("\0", ""), "latin1");
}
