// Writes the JSON Schema for editors of Pulumi.<stack>.yaml: npm run schema
import { writeFile } from "node:fs/promises";
import { stackConfigSchema } from "../src/fleet/stack-config-schema.ts";

const file = new URL("stack-config.schema.json", import.meta.url);
await writeFile(file, `${JSON.stringify(stackConfigSchema(), null, 2)}\n`);
