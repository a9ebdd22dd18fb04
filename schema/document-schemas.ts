import { fileURLToPath } from "node:url";
import { generateSchema, getProgramFromFiles } from "typescript-json-schema";

/** The documents that the verbs print with --json: the type of each, by the name of its schema. */
const documents = {
  audit: "AuditDocument",
  check: "CheckDocument",
  doctor: "DoctorDocument",
  drift: "DriftDocument",
  event: "EventDocument",
  fleet: "FleetDocument",
  preview: "PreviewDocument",
  repair: "RepairDocument",
  report: "ReportDocument",
  status: "StatusDocument",
};

const sources = ["../src/cli/terminal/json-documents.ts", "../src/report/render-json.ts"];

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
      const schema = generateSchema(program, type, {
        required: true,
        // Definitions would be named by the path of their file on this machine.
        ref: false,
        ignoreErrors: true,
      });
      if (!schema) throw new Error(`${type} has no schema`);
      return [`${name}.schema.json`, schema];
    }),
  );
}
