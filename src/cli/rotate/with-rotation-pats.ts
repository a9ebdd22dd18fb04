import { tokensPage } from "../../account.ts";
import { gitHubHost } from "../../github-host.ts";
import type { OpenStack, StackPlace } from "../../stack/open-stack.ts";
import { withPats } from "../../stack/with-pats.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { printNote } from "../terminal/print-note.ts";

/**
 * The same stack with the PATs of a rotation. The old one is only needed to revoke it: where it cannot be read,
 * other commands go on without it, with a warning.
 *
 * @throws {UserError} a PAT that the command needs cannot be read
 */
export async function withRotationPats(
  stack: OpenStack,
  place: Pick<StackPlace, "environment">,
  needsOld: boolean,
): Promise<OpenStack> {
  const current = await withPats(stack, place, ["pat", "nextPat"]);
  try {
    const { previousPat } = await withPats(stack, place, ["previousPat"]);
    if (previousPat === undefined || previousPat !== current.pat)
      return { ...current, previousPat };
    // Its place was overwritten.
    const patSources = { ...stack.patSources };
    delete patSources.previousPat;
    return { ...current, previousPat: undefined, patSources };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!needsOld) {
      printNote(error.message);
      return current;
    }
    throw new UsageError(
      `${error.message}\nIf the old PAT is gone, or its owner deletes it at ${tokensPage(gitHubHost(stack.connection.baseUrl))}, remove its place: ` +
        `pulumi config rm ghcr-fleet:previousPatFrom --stack ${stack.name}`,
    );
  }
}
