import { expect } from "vitest";
import { findTokens } from "./find-tokens.ts";

/**
 * No token is anywhere, in any encoding. A test's report must not contain what it searches for: it names the places and
 * the tokens.
 *
 * @param contents by where they are; or outputs, which are numbered
 */
export function assertWithoutTokens(
  contents: Readonly<Record<string, Buffer | string>> | readonly string[],
  tokens: readonly { readonly name: string; readonly value: string }[],
): void {
  const values = tokens.map(({ value }) => value);
  const found = Object.entries(contents).flatMap(([place, content]) =>
    findTokens(Buffer.from(content), values).map(
      (value) => `${place}: ${tokens.find((token) => token.value === value)?.name}`,
    ),
  );
  expect(found).toEqual([]);
}
