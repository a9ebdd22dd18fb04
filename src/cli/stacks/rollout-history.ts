import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RolloutEvent } from "../../operations/waves/rollout-event.ts";
import { timelineEventSchema, type TimelineEvent } from "../../report/fleet-report.ts";
import { waitingForMerges } from "../../report/rollout/rollout-lines.ts";
import { count } from "../../format-text.ts";

/** An event of a rollout, and its time. */
type RecordedEvent = { readonly at: string } & RolloutEvent;

/** How many events a report shows. */
const newest = 300;

/** Beside the rollout's journal, which holds only what a resumed rollout needs. */
function historyPath(folder: string, stack: string): string {
  return join(folder, ".ghcr-fleet", `rollout-${encodeURIComponent(stack)}.history.jsonl`);
}

/** Appends an event to the stack's history, for the report; passing states are left out. */
export function recordEvent(folder: string, event: RolloutEvent, now: Date): void {
  if (!toTimeline({ at: now.toISOString(), ...event })) return;
  const file = historyPath(folder, event.stack);
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${JSON.stringify({ at: now.toISOString(), ...event })}\n`);
  } catch {
    // A rollout does not stop because its history cannot be written.
  }
}

/** The newest events of a stack's rollouts and rotations, oldest first. */
export async function readHistory(folder: string, stack: string): Promise<TimelineEvent[]> {
  const text = await readFile(historyPath(folder, stack), "utf8").catch(() => "");
  return text
    .split("\n")
    .slice(-newest - 1)
    .flatMap((line) => {
      try {
        const event = toTimeline(JSON.parse(line) as RecordedEvent);
        return event ? timelineEventSchema.parse(event) : [];
      } catch {
        // The last line of a killed process, a line of a later version, or the end of the file.
        return [];
      }
    });
}

function toTimeline(event: RecordedEvent): TimelineEvent | undefined {
  const place = { at: event.at, stack: event.stack, wave: null, repository: null, url: null };
  switch (event.type) {
    case "planned": {
      const all = event.waves.reduce((sum, { changing }) => sum + changing.length, 0);
      const text = `Planned: ${count(all, "repository")} to change, in waves ${event.waves.map(({ name }) => name).join(", ")}`;
      return { ...place, outcome: "neutral", text };
    }
    case "wave-started": {
      const { length } = event.repositories;
      const text = length > 0 ? `Started with ${count(length, "repository")}` : "Started";
      return { ...place, wave: event.wave, outcome: "neutral", text };
    }
    case "repository": {
      const { wave, repository, state, detail = state, url = null } = event;
      const outcomes = {
        applied: "good",
        healthy: "good",
        merge: "warn",
        unproven: "warn",
        declined: "warn",
        failed: "bad",
      } as const;
      if (state === "applying" || state === "waiting") return undefined;
      return { ...place, wave, repository, outcome: outcomes[state], text: detail, url };
    }
    case "wave-ended": {
      const { wave, failed, waiting } = event;
      const isOpen = failed === 0 && waiting > 0;
      const result = isOpen ? waitingForMerges(waiting) : `${failed || "none"} failed`;
      const outcome = isOpen ? "warn" : failed === 0 ? "good" : "bad";
      return { ...place, wave, outcome, text: `Ended, ${result}` };
    }
    case "ended": {
      if (["nothing-to-do", "planned", "declined"].includes(event.outcome)) return undefined;
      const outcome = event.outcome === "done" ? "good" : "bad";
      const text = [`The ${event.of} ended: ${event.outcome}`, ...event.reasons].join("; ");
      return { ...place, outcome, text };
    }
    case "previewed":
    case "rotation-planned":
    case "nothing-to-do":
    case "warning":
    case "status":
      return undefined;
  }
}
