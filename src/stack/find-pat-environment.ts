import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { printable } from "../printable.ts";
import { UsageError } from "../user-error.ts";
import type { OpenStack, StackPlace } from "./open-stack.ts";
import { stackFileName } from "./stack-file-name.ts";

const nameSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);
const listSchema = z.array(nameSchema);
const stackFileSchema = z.looseObject({
  config: z.record(z.string(), z.unknown()).nullish(),
  environment: z.union([listSchema, z.looseObject({ imports: listSchema.nullish() })]).nullish(),
});

/**
 * The Pulumi ESC environments that a stack's PAT may be in: it has one, and its own file does not hold it.
 *
 * @returns names, such as `acme/prod`; empty if the file itself describes the environment; undefined if the
 * PAT is not in an environment
 * @see https://www.pulumi.com/docs/esc/integrations/infrastructure/pulumi-iac/
 */
export async function findPatEnvironment(
  { folder }: Pick<StackPlace, "folder">,
  { name, pat }: Pick<OpenStack, "name" | "pat">,
): Promise<string[] | undefined> {
  if (pat === undefined) return undefined;
  const text = await readFile(join(folder, stackFileName(name)), "utf8").catch(() => "");
  // The engine has read the file already, and explains what is wrong with it.
  const { config, environment } = stackFileSchema.safeParse(parse(text)).data ?? {};
  if (!environment || config?.["ghcr-fleet:pat"] !== undefined) return undefined;
  const imports = Array.isArray(environment) ? environment : (environment.imports ?? []);
  return imports.flatMap((each) => (typeof each === "string" ? [each] : Object.keys(each)));
}

/**
 * For a rotation: a PAT in the stack's file would hide the one in the environment, which stays there and expires.
 *
 * @throws {UsageError} says where the PAT has to be changed
 */
export async function assertNoPatEnvironment(
  place: Pick<StackPlace, "folder">,
  stack: Pick<OpenStack, "name" | "pat">,
): Promise<void> {
  const environments = await findPatEnvironment(place, stack);
  if (!environments) return;
  const { name } = stack;
  const file = stackFileName(name);
  const where =
    environments.length === 0
      ? `from \`environment\` in ${file}, which \`rotate\` does not change. Change ghcr-fleet:pat there`
      : `from the ESC environment ${environments.map(printable).join(" or ")} (\`environment\` in ${file}), which \`rotate\` does not change. ` +
        "Change ghcr-fleet:pat there, below pulumiConfig, with `pulumi env edit <environment>`";
  throw new UsageError(
    `${name} has its PAT ${where}, then run \`ghcr-fleet rollout ${name}\`. ` +
      "For a trial first, set ghcr-fleet:patFrom in place of ghcr-fleet:pat (docs/back-ends.md)",
  );
}
