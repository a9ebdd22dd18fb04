import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutSecrets } from "../src/without-secrets.ts";

const secret = `canary_${randomBytes(20).toString("hex")}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a secret is removed from plain text, URLs and JSON", () => {
  const odd = `a"b c\n${secret}`;
  const text = `${odd} ${encodeURIComponent(odd)} ${JSON.stringify({ odd })}`;
  expect(withoutSecrets(text, [odd])).toBe('[secret] [secret] {"odd":"[secret]"}');
});

test("a secret is removed from base64, at any offset", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (before, after) => {
      const shown = withoutSecrets(`Basic ${base64(`${before}${secret}${after}`)}`, [secret]);
      expect(shown).toContain("[secret]");
      // What is left of it decides no more than the characters at its ends.
      const rest = Buffer.from(shown.replace("Basic ", "").replace("[secret]", ""), "base64");
      expect(rest.toString("latin1")).not.toContain(secret.slice(2, -2));
    }),
  );
});

test("without a secret, or with a very short one, text is not changed", () => {
  expect(withoutSecrets("a b c", [])).toBe("a b c");
  expect(withoutSecrets("a b c", [""])).toBe("a b c");
  expect(withoutSecrets("YQ==", ["a"])).toBe("YQ==");
});
