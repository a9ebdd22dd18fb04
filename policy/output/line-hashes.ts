const blockSize = 100;
const modulus = 2n ** 64n;
const endOfFile = 0xffff;

/**
 * The fingerprints by which GitHub recognises moved lines of a file: for each line, a polynomial over
 * the 100 characters from its beginning on, without blanks, and how many lines before had the same.
 * `upload-sarif` computes them if the file does not contain them; the API does not.
 *
 * @see
 *   https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#fingerprint-generation
 */
export function lineHashes(text: string): string[] {
  const lines = text.replaceAll(/\r\n?/g, "\n").replaceAll(/[ \t]/g, "").split("\n");
  const characters = [...codesOf(lines.join("\n")), endOfFile];
  const met = new Map<bigint, number>();
  let start = 0;
  return lines.map((line) => {
    const hash = hashOf(characters, start);
    start += line.length + 1;
    const count = (met.get(hash) ?? 0) + 1;
    met.set(hash, count);
    return `${hash.toString(16)}:${count}`;
  });
}

function codesOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function hashOf(characters: readonly number[], start: number): bigint {
  let hash = 0n;
  for (let index = start; index < start + blockSize; index += 1)
    hash = (hash * 37n + BigInt(characters[index] ?? 0)) % modulus;
  return hash;
}
