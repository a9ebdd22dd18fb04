import { expect, test } from "vitest";
import { isSecretKey } from "../../src/stack/is-secret-key.ts";

test.each([
  ['["ghcr-fleet:fleet","ghcr-fleet:pat"]', true],
  ['["ghcr-fleet:pat"]', false],
  ["[]", false],
  // As the engine writes it if nothing is secret.
  ["null", false],
  ["", false],
  [undefined, false],
])("%j: whether the fleet contains a secret", (keys, isSecret) => {
  const environment = { PULUMI_CONFIG_SECRET_KEYS: keys };
  expect(isSecretKey(environment, "ghcr-fleet:fleet")).toBe(isSecret);
});
