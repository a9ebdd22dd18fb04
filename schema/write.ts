// Writes the JSON Schemas: npm run schema
// For editors, of Pulumi.<stack>.yaml and of a fleet's own file; for scripts, of what verbs print with --json.
import { mkdir, writeFile } from "node:fs/promises";
import { fleetFileSchema, stackConfigSchema } from "../src/fleet/stack-config-schema.ts";
import { documentSchemas } from "./document-schemas.ts";

const documents = new URL("../docs/schemas/", import.meta.url);
await write(new URL(".", import.meta.url), {
  "stack-config.schema.json": stackConfigSchema(),
  "fleet.schema.json": fleetFileSchema(),
});
await write(documents, documentSchemas());

async function write(folder: URL, schemas: Readonly<Record<string, object>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, schema] of Object.entries(schemas)) {
    await writeFile(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
  }
}
