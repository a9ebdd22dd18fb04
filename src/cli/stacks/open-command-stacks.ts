import { engineEnvironment } from "../../../tools/engine.ts";
import {
  openStacks,
  selectedStack,
  type OpenStack,
  type StackPlace,
} from "../../stack/open-stack.ts";
import { leakingVariables } from "../../leaking-variables.ts";
import { UsageError } from "../../user-error.ts";
import { listed } from "../../format-text.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { takeCommentToken } from "./take-comment-token.ts";

/** The folder and the environment in which a command runs the engine. */
export async function commandPlace(folder: string): Promise<StackPlace> {
  const [leaking] = leakingVariables(process.env);
  if (leaking !== undefined) {
    throw new UsageError(
      `${leaking} is set: the engine would write tokens in clear into its log or trace; unset it`,
    );
  }
  const engine = await engineEnvironment();
  takeCommentToken();
  // The Automation API starts the engine for its version before it uses the environment given to it.
  process.env["PATH"] = engine.PATH;
  return { folder, environment: { ...process.env, ...engine } };
}

/**
 * Opens the stacks that a command names, or the one that is selected.
 *
 * @throws {UsageError} no stack is named and none is selected
 */
export async function openCommandStacks(
  place: StackPlace,
  names: readonly string[],
): Promise<OpenStack[]> {
  const stacks = await commandStacks(place, names);
  return withProgress(`${listed(stacks)}: opening`, () => openStacks(place, stacks));
}

/**
 * The stacks that a command names, each once, or the one that is selected.
 *
 * @throws {UsageError} no stack is named and none is selected
 */
export async function commandStacks(
  place: StackPlace,
  names: readonly string[],
): Promise<string[]> {
  if (names.length > 0) return [...new Set(names)];
  const selected = await selectedStack(place);
  if (selected !== undefined) return [selected];
  throw new UsageError("which stack? Name it, or select one: pulumi stack select <stack>");
}
