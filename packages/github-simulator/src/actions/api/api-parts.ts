import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { ApiError, notFound } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import * as http from "../../http/paginate.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { RunQueue } from "../queue/run-queue.ts";
import type { Run } from "../records/run-record.ts";
import type { WorkflowIndex } from "../records/workflow-index.ts";

export interface Env {
  Variables: { login: string };
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

/** The run that the path names. @throws ApiError */
export function runOf(parts: ApiParts, c: ActionsContext): Run {
  return found(runsOf(parts, c).find(({ id }) => String(id) === c.req.param("run")));
}

/** @throws ApiError if there is nothing */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

/** One page of a list. The routes are below the simulator's, so this is the context of its middleware. */
export function paginate<T>(c: ActionsContext, items: readonly T[]): T[] {
  return http.paginate(c as unknown as ApiContext, items);
}

/** A request's body; none counts as an empty one. @throws ApiError */
export async function bodyOf<T extends z.ZodType>(c: ActionsContext, schema: T) {
  const body = schema.safeParse(await c.req.json().catch(() => ({})));
  if (body.success) return body.data;
  throw new ApiError(422, `Invalid request.\n\n${z.prettifyError(body.error)}`);
}

/** Files that the API answers with a redirect. */
interface Downloads {
  readonly routes: Hono;
  /** @returns an address that serves the file, as GitHub's blob storage does, without a token */
  offer(contentType: string, content: string | Uint8Array): string;
}

export function createDownloads(host: ActionsHost): Downloads {
  const files = new Map<string, Response>();
  const routes = new Hono();
  routes.get("/_actions/downloads/:id", (c) => found(files.get(c.req.param("id"))).clone());
  return {
    routes,
    offer(type, content) {
      const id = randomUUID();
      const body = typeof content === "string" ? content : Buffer.from(content);
      files.set(id, new Response(body, { headers: { "content-type": type } }));
      return `${host.apiUrl}/_actions/downloads/${id}`;
    },
  };
}
