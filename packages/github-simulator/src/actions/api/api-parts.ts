import type { Context, Hono } from "hono";
import type { ActionsHost, Caller } from "../host/actions-host.ts";
import type { RunQueue } from "../queue/run-queue.ts";
import type { WorkflowIndex } from "../records/workflow-index.ts";
import type { Run } from "../records/run-record.ts";
import type { Downloads } from "./downloads.ts";

export interface Env {
  Variables: { caller: Caller };
}

export type ActionsRoutes = Hono<Env>;
export type ActionsContext = Context<Env>;

/** What the routes share. */
export interface ApiParts {
  readonly host: ActionsHost;
  readonly queue: RunQueue;
  readonly index: WorkflowIndex;
  readonly downloads: Downloads;
}

/** `:owner` and `:repo` of the mounted path. */
export function repositoryOf(c: ActionsContext): { owner: string; repo: string } {
  const { owner = "", repo = "" } = c.req.param() as Record<string, string>;
  return { owner, repo };
}

/** Runs of the request's repository, newest first. */
export function runsOf({ host, queue }: ApiParts, c: ActionsContext): Run[] {
  const { owner, repo } = repositoryOf(c);
  const id = host.repository(owner, repo)?.id;
  return queue
    .runs()
    .filter(({ repositoryId }) => repositoryId === id)
    .toReversed();
}
