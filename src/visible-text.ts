/** Marks that change the order in which text is shown, and not what it is. */
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of others with those marks written out, `<U+202E>`: a diff that reads otherwise than it runs
 * would pass a review, and a name could turn round what stands beside it.
 *
 * @see https://trojansource.codes
 */
export function visible(text: string): string {
  return text.replace(
    reordering,
    (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}
