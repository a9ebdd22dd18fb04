// Writes the JSON Schemas for editors of Pulumi.<stack>.yaml and of a fleet's own file: npm run schema
import { writeFile } from "node:fs/promises";
import { fleetFileSchema, stackConfigSchema } from "../src/fleet/stack-config-schema.ts";

const schemas = {
  "stack-config.schema.json": stackConfigSchema(),
  "fleet.schema.json": fleetFileSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
