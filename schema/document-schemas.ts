import { fileURLToPath } from "node:url";
import { generateSchema, getProgramFromFiles, type Definition } from "typescript-json-schema";

/** The documents that the verbs print with --json: the type of each, by the name of its schema. */
const documents = {
  audit: "AuditDocument",
  check: "CheckDocument",
  drift: "DriftDocument",
  event: "EventDocument",
  fleet: "FleetDocument",
  preview: "PreviewDocument",
  repair: "RepairDocument",
  report: "ReportDocument",
  status: "StatusDocument",
};

const sources = ["../src/cli/json-documents.ts", "../src/report/render-json.ts"];

/** JSON Schemas (draft 7) of the documents, made from their types: file name to schema. */
export function documentSchemas(): Record<string, object> {
  const files = sources.map((file) => fileURLToPath(new URL(file, import.meta.url)));
  const program = getProgramFromFiles(files, {
    strict: true,
    noEmit: true,
    target: "esnext",
    module: "nodenext",
    moduleResolution: "nodenext",
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  });
  return Object.fromEntries(
    Object.entries(documents).map(([name, type]) => {
      // A new field is no new version, so readers have to expect more than they know.
      const schema = generateSchema(program, type, { required: true, ignoreErrors: true });
      if (!schema) throw new Error(`${type} has no schema`);
      return [`${name}.schema.json`, withPlainNames(schema)];
    }),
  );
}

/** Types of other files are named by their path on this machine. */
function withPlainNames(schema: Definition): object {
  const names = new Map<string, string>();
  for (const name of Object.keys(schema.definitions ?? {})) {
    const last = /^import\(.*\)\.(\w+)$/.exec(name)?.[1] ?? name;
    const plain = /^\w+$/.test(last) ? last : `part${names.size + 1}`;
    if ([...names.values()].includes(plain)) throw new Error(`two types are called ${plain}`);
    names.set(name, plain);
  }
  const renamed = JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === "$ref" && typeof value === "string") {
      const name = decodeURIComponent(value.slice("#/definitions/".length));
      return `#/definitions/${names.get(name) ?? name}`;
    }
    return value;
  }) as Definition;
  const definitions = Object.entries(renamed.definitions ?? {}).map(
    ([name, definition]) => [names.get(name) ?? name, definition] as const,
  );
  return {
    ...renamed,
    ...(definitions.length > 0 && { definitions: Object.fromEntries(definitions) }),
  };
}
