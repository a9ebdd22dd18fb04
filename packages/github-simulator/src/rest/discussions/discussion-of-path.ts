import { z } from "zod";
import { ApiError, orNotFound } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import { effectiveRole, hasRole } from "../../world/accounts/permissions.ts";
import { actorName } from "../../world/actor.ts";
import { findDiscussion } from "../../world/discussions/issues.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

export function discussionOf(c: ApiContext, repository: Repository): Issue | PullRequest {
  return orNotFound(findDiscussion(repository, Number(c.req.param("number"))));
}

export function pullOf(c: ApiContext, { pulls }: Repository): PullRequest {
  return orNotFound(pulls.find(({ number }) => number === Number(c.req.param("number"))));
}

/** Only those who may write can change what others wrote. */
export function assertMayEdit(c: ApiContext, repository: Repository, author: string): void {
  const isOwn = author === actorName(c.var.actor);
  if (isOwn || hasRole(effectiveRole(c.var, repository), "write")) return;
  throw new ApiError(403, "Must have admin rights to Repository.");
}

const label = z.object({ name: z.string() }).transform(({ name }) => name);

/** Labels in a body: clients send their names, or records with them. */
export const labelNames = z.array(z.union([z.string(), label]));
