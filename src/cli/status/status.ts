import { colors } from "../terminal/colors.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { statusText } from "../../report/status-text.ts";
import type { FleetStatus } from "../../operations/status/fleet-status.ts";
import type { Crossing, StatusCheck } from "../../operations/status/crossing.ts";
import { judgeStatus } from "../../operations/status/judge-status.ts";
import { UserError } from "../../user-error.ts";
import { forEachStack } from "../stacks/for-each-stack.ts";
import { commandPlace, commandStacks, openCommandStacks } from "../stacks/open-command-stacks.ts";
import { readStackStatus } from "../stacks/read-stack-status.ts";
import type { StatusDocument } from "../terminal/json-documents.ts";
import { printStacks } from "../terminal/write-output.ts";

export interface StatusCommand {
  readonly json?: boolean;
  readonly attention?: boolean;
  readonly repository?: readonly string[];
  readonly minDays: number;
  readonly maxAge?: number;
  readonly ignore: readonly StatusCheck[];
  readonly probe?: boolean;
}

const crossed = 3;

/**
 * `ghcr-fleet status`: the state of the stacks' fleets. The process ends with 3 where a threshold is
 * crossed, so that a scheduled job fails. A stack that cannot be read does not stop the others.
 *
 * @throws {UserError} a stack cannot be read, or none has a repository; thrown when the others are printed
 */
export async function status(names: readonly string[], options: StatusCommand): Promise<void> {
  const { minDays, maxAge, json, attention = false } = options;
  const thresholds = { minDays, maxAge, ignore: new Set(options.ignore) };
  const place = await commandPlace(process.cwd());
  const pace = createReadPace();
  const judged: (FleetStatus & { crossings: Crossing[] })[] = [];
  const error = await forEachStack(await commandStacks(place, names), async (name) => {
    for (const stack of await openCommandStacks(place, [name])) {
      const { status } = await readStackStatus(stack, { ...options, pace });
      judged.push({ ...status, crossings: judgeStatus(status, thresholds) });
    }
  });
  const shown = {
    colors,
    minDays,
    attentionOnly: attention,
    only: options.repository,
    columns: process.stdout.columns || undefined,
  };
  const stacks = judged satisfies StatusDocument["stacks"];
  if (stacks.length > 0)
    printStacks(json, stacks, (stack) => statusText(stack, stack.crossings, shown));
  if (error) throw error;
  const present = judged.flatMap(({ repositories }) => repositories.map(({ name }) => name));
  const known = new Set(present.map((name) => name.toLowerCase()));
  const unknown = options.repository?.find((name) => !known.has(name.toLowerCase()));
  if (unknown !== undefined) throw new UserError(`no repository ${unknown} in these stacks`);
  if (judged.some(({ crossings }) => crossings.length > 0)) process.exitCode = crossed;
}
