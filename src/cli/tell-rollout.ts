import colors from "picocolors";
import { rolloutLines } from "../report/rollout-lines.ts";
import { eventVersion, type RolloutEvent } from "../rollout/rollout-event.ts";

/** For people and logs. */
export function tellLines(event: RolloutEvent): void {
  for (const line of rolloutLines(event, colors)) process.stdout.write(`${line}\n`);
}

/** For programs: one event a line. */
export function tellJson(event: RolloutEvent): void {
  process.stdout.write(`${JSON.stringify({ version: eventVersion, ...event })}\n`);
}
