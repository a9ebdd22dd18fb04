import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { documentSchemas } from "../../schema/document-schemas.ts";

test("the schemas in docs describe what the verbs print", async () => {
  for (const [name, schema] of Object.entries(documentSchemas())) {
    const file = new URL(`../../docs/schemas/${name}`, import.meta.url);
    const written = JSON.parse(await readFile(file, "utf8")) as unknown;
    expect(written, `${name}: npm run schema`).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
