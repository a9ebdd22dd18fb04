import { patKeys, type PatKey } from "../pat/pat-source.ts";
import { readPat } from "../pat/read-pat.ts";
import { namingStack, type OpenStack, type StackPlace } from "./open-stack.ts";

/**
 * The same stack with PATs that its configuration does not hold, for a command that sends them to GitHub
 * itself.
 *
 * @param keys which ones
 * @throws {UsageError} one cannot be read
 */
export async function withPats(
  stack: OpenStack,
  { environment }: Pick<StackPlace, "environment">,
  keys: readonly PatKey[],
): Promise<OpenStack> {
  const read = async (key: PatKey): Promise<[PatKey, string | undefined]> => {
    const source = stack.patSources[key];
    if (!source || !keys.includes(key)) return [key, stack[key]];
    const namedBy = `ghcr-fleet:${key}From`;
    return [key, (await readPat(source, { namedBy, environment })).pat];
  };
  try {
    return { ...stack, ...Object.fromEntries(await Promise.all(patKeys.map(read))) };
  } catch (error) {
    throw namingStack(stack.name, error);
  }
}
