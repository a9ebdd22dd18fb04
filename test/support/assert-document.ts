import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { expect } from "vitest";

type Document =
  | "audit"
  | "check"
  | "doctor"
  | "drift"
  | "event"
  | "fleet"
  | "preview"
  | "repair"
  | "report"
  | "status";

/** Fails where what a verb printed with --json is not what docs/schemas says. */
export async function assertDocument(name: Document, json: string): Promise<void> {
  const file = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);
  const schema = JSON.parse(await readFile(file, "utf8")) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  expect(validate(JSON.parse(json)), JSON.stringify(validate.errors)).toBe(true);
}
