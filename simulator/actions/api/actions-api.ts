import { Hono } from "hono";
import type { ActionsHost } from "../actions-host.ts";
import type { RunQueue } from "../queue/run-queue.ts";
import type { WorkflowIndex } from "../queue/workflow-index.ts";

export function createActionsApi(_h: ActionsHost, _q: RunQueue, _i: WorkflowIndex): Hono {
  return new Hono();
}
