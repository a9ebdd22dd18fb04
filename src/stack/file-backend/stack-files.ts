import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** A stack in a back end of files. */
export interface StackFiles {
  /** The folder `.pulumi` of the back end. */
  readonly folder: string;
  /** Of Pulumi.yaml. */
  readonly project: string;
  /** Without organisation and project, which a stack's full name has. */
  readonly stack: string;
}

/** A project, and the environment in which the engine runs. */
export interface ProjectPlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const projectSchema = z.looseObject({
  name: z.string(),
  backend: z.looseObject({ url: z.string().optional() }).optional(),
});

const credentialsSchema = z.looseObject({ current: z.string().optional() });

/**
 * Where a back end of files keeps a stack. Read in the engine's order, because to ask the engine takes longer
 * than many commands do.
 *
 * @param stack as commands take it: `acme`, `organization/fleet/acme`
 * @returns nothing for another back end, or where none can be found: then the engine says why
 * @see https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-filesystem
 * @see https://github.com/pulumi/pulumi/blob/v3.276.0/pkg/workspace/creds.go
 */
export async function stackFiles(
  { folder, environment }: ProjectPlace,
  stack: string,
): Promise<StackFiles | undefined> {
  const { data: project } = projectSchema.safeParse(await read(join(folder, "Pulumi.yaml")));
  if (!project) return undefined;
  const url =
    environment["PULUMI_BACKEND_URL"] || project.backend?.url || (await loggedIn(environment));
  const [, path] = /^file:\/\/([^?]*)/.exec(url ?? "") ?? [];
  if (path === undefined) return undefined;
  const place = resolve(folder, path.replace(/^~(?=\/|$)/, homedir()));
  const name = stack.slice(stack.lastIndexOf("/") + 1);
  return { folder: join(place, ".pulumi"), project: project.name, stack: name };
}

/** The back end of `pulumi login`. */
async function loggedIn(environment: ProjectPlace["environment"]): Promise<string | undefined> {
  const home =
    environment["PULUMI_CREDENTIALS_PATH"] ||
    environment["PULUMI_HOME"] ||
    join(homedir(), ".pulumi");
  return credentialsSchema.safeParse(await read(join(home, "credentials.json"))).data?.current;
}

/** YAML or JSON; nothing where it cannot be read. */
async function read(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
