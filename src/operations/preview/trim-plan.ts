import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

const planSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

/**
 * Takes secret configuration out of a saved plan. The engine writes it there encrypted, and does not
 * read it when it applies the plan: what is not in the file cannot leak with it.
 */
export async function trimPlan(file: string): Promise<void> {
  const { config = {}, ...plan } = planSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const plain = Object.entries(config).filter(([, value]) => !isSecret(value));
  const trimmed = { ...plan, config: Object.fromEntries(plain) };
  await writeFile(file, `${JSON.stringify(trimmed, null, 4)}\n`);
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
