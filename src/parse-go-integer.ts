/**
 * Reads an integer as Go's flags do, `strconv.ParseInt` with base 0: `9`, `+9`, `0x9`, `0b1001`, `011`,
 * `1_0`.
 *
 * @returns nothing for a text that Go refuses
 * @see https://pkg.go.dev/strconv#ParseInt
 */
export function parseGoInteger(text: string): number | undefined {
  const [, sign, digits = ""] = literal.exec(text) ?? [];
  if (digits === "") return undefined;
  const plain = digits.replaceAll("_", "");
  const value = Number(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain);
  return sign === "-" ? -value : value;
}

const literal =
  /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|[1-9](?:_?\d)*|0)$/;
