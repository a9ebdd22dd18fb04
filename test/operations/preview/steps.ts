import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { createEventLog } from "../../../src/operations/preview/event-log.ts";

export type Properties = Record<string, unknown>;

/** A step of the engine, as in its event log. */
export function step(
  op: string,
  type: string,
  name: string,
  before: Properties | undefined,
  after: Properties | undefined,
): EngineEvent {
  const urn = `urn:pulumi:test::ghcr-fleet::${type}::${name}`;
  // Dates come from GitHub: no input contains them.
  const state = (outputs: Properties | undefined) => {
    const said = Object.entries(outputs ?? {}).filter(([name]) => name !== "updatedAt");
    return outputs && { inputs: Object.fromEntries(said), outputs };
  };
  const states = { old: state(before) ?? null, new: state(after) ?? null };
  const metadata = { op, urn, type, ...states, provider: "" };
  return { resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

export function logOf(...events: EngineEvent[]) {
  const log = createEventLog();
  for (const event of events) log.onEvent(event);
  return log;
}
