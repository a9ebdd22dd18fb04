import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { fleetFileSchema, stackConfigSchema } from "../../src/fleet/stack-config-schema.ts";

const root = new URL("../../", import.meta.url);

test.each([
  ["stack-config", stackConfigSchema()],
  ["fleet", fleetFileSchema()],
])("the committed schema %s is the one that the program judges with", async (name, schema) => {
  const file = new URL(`schema/${name}.schema.json`, root);
  const written = JSON.parse(await readFile(file, "utf8")) as unknown;
  expect(written, "run: npm run schema").toEqual(schema);
});

test("editors accept the stack of the demo and refuse a misspelt key", async () => {
  const validate = new Ajv2020({ strict: false }).compile(stackConfigSchema());
  const stack = parse(await readFile(new URL("Pulumi.dev.yaml", root), "utf8")) as {
    config: Record<string, object>;
  };
  expect(validate(stack), JSON.stringify(validate.errors)).toBe(true);
  const misspelt = {
    config: { "ghcr-fleet:fleet": { ...stack.config["ghcr-fleet:fleet"], repos: [] } },
  };
  expect(validate(misspelt)).toBe(false);
  expect(validate({ config: { "ghcr-fleet:fleetFile": "fleet.yaml" } })).toBe(true);
  expect(validate({ config: { ...stack.config, "ghcr-fleet:fleetFile": "fleet.yaml" } })).toBe(
    false,
  );
});
