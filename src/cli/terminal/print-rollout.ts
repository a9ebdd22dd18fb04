import { colors } from "./colors.ts";
import { createRolloutBoard } from "../../report/rollout/rollout-board.ts";
import { isRedrawn } from "./is-redrawn.ts";
import { wrapLines } from "./wrap-lines.ts";
import { eventVersion, type RolloutEvent } from "../../operations/waves/rollout-event.ts";
import type { EventDocument } from "./json-documents.ts";

/** Prints the events of a rollout or a rotation. */
type EventPrinter = (event: RolloutEvent) => void;

/** Lines that stay; on a terminal also a bar for each wave, redrawn at each event. */
export function printEventLines(output: NodeJS.WriteStream): EventPrinter {
  const board = createRolloutBoard(colors);
  let drawn = 0;
  return (event) => {
    const lines = board.take(event).map((line) => wrapLines(line, output.columns));
    if (!isRedrawn(output)) {
      output.write(lines.map((line) => `${line}\n`).join(""));
      return;
    }
    const bars = board.draw(output.columns || 80);
    output.write(erase(drawn) + [...lines, ...bars].map((line) => `${line}\n`).join(""));
    drawn = bars.length;
  };
}

/** For programs: one event per line. */
export function printEventsAsJson(output: NodeJS.WriteStream): EventPrinter {
  return (event) =>
    void output.write(
      `${JSON.stringify({ version: eventVersion, ...event } satisfies EventDocument)}\n`,
    );
}

/** Removes the last lines. https://en.wikipedia.org/wiki/ANSI_escape_code#CSI_sequences */
function erase(lines: number): string {
  return lines === 0 ? "" : `\r\u001B[${lines}A\u001B[0J`;
}
