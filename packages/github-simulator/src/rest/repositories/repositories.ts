import type { Session } from "../../world/session.ts";
import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { paginate } from "../../http/paginate.ts";
import { fullRepository } from "../../serializers/repository.ts";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { branchHead } from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { World } from "../../world/world.ts";
import { applySettings, assertMergeMethod, repositorySettings } from "./repository-settings.ts";

/** https://docs.github.com/en/rest/repos/repos */
export const repositoryRoutes = createRoutes()
  .get("/repos/:owner/:repo", (c) => {
    const repository = openRepository(c, "metadata", "read");
    return c.json(fullRepository(c.var, repository));
  })
  .patch("/repos/:owner/:repo", async (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "administration", "write", { evenArchived: true });
    const asked = await readBody(c, repositoryChange, "Repository");
    if (repository.archived && asked.archived !== false) {
      throw new ApiError(403, "Repository was archived so is read-only.");
    }
    assertMergeMethod(repository.settings, asked);
    if (asked.default_branch !== undefined) assertBranch(repository, asked.default_branch);
    const before = { ...repository };
    if (asked.name !== undefined) renameRepository(world, repository, asked.name);
    repository.defaultBranch = asked.default_branch ?? repository.defaultBranch;
    if (asked.archived !== undefined) repository.archived = asked.archived;
    applySettings(repository, asked);
    auditChanges(c.var, before, repository);
    repository.updatedAt = world.now();
    return c.json(fullRepository(c.var, repository));
  })
  .delete("/repos/:owner/:repo", (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "administration", "write", { evenArchived: true });
    if (actor.kind === "classic" && !actor.scopes.includes("delete_repo")) {
      c.set("acceptedScopes", "delete_repo");
      throw new ApiError(403, "Must have admin rights to Repository.");
    }
    world.state.repositories.delete(repository.id);
    recordAudit(c.var, "repo.destroy", auditedRepository(repository));
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/topics", (c) =>
    c.json({ names: paginate(c, openRepository(c, "metadata", "read").topics) }),
  )
  .put("/repos/:owner/:repo/topics", async (c) => {
    const repository = openRepository(c, "administration", "write");
    const { names } = await readBody(c, topicNames, "Repository");
    if (names.length > mostTopics) {
      throw validationFailed(`A repository cannot have more than ${mostTopics} topics.`);
    }
    if (!names.every((name) => /^[a-z0-9][a-z0-9-]{0,49}$/i.test(name))) {
      throw validationFailed(
        "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.",
      );
    }
    repository.topics = [...new Set(names.map((name) => name.toLowerCase()))];
    return c.json({ names: repository.topics });
  })
  .get("/repos/:owner/:repo/languages", (c) => {
    const { language } = openRepository(c, "metadata", "read");
    return c.json(language === null ? {} : { [language]: 1000 });
  })
  .get("/repos/:owner/:repo/vulnerability-alerts", (c) => {
    const repository = openRepository(c, "administration", "read");
    if (!repository.vulnerabilityAlerts) {
      throw new ApiError(404, "Vulnerability alerts are disabled.");
    }
    return c.body(null, 204);
  })
  .put("/repos/:owner/:repo/vulnerability-alerts", (c) => {
    openRepository(c, "administration", "write").vulnerabilityAlerts = true;
    return c.body(null, 204);
  })
  .delete("/repos/:owner/:repo/vulnerability-alerts", (c) => {
    openRepository(c, "administration", "write").vulnerabilityAlerts = false;
    return c.body(null, 204);
  });

const repositoryChange = repositorySettings.extend({
  name: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  default_branch: z.string().optional(),
  archived: z.boolean().optional(),
  // The official provider also sends fields that exist only at creation; GitHub ignores them here.
  gitignore_template: z.unknown().optional(),
  license_template: z.unknown().optional(),
  team_id: z.unknown().optional(),
});

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/classifying-your-repository-with-topics */
const mostTopics = 20;
const topicNames = z.object({ names: z.array(z.string()) });

function assertBranch(repository: Repository, branch: string): void {
  if (branchHead(repository, branch) !== undefined) return;
  throw validationFailed({
    resource: "Repository",
    field: "default_branch",
    code: "invalid",
    message: `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
  });
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#repo */
function auditChanges(session: Session, before: Repository, now: Repository): void {
  const { world, actor } = session;
  const { name, archived, visibility } = before;
  const record = (action: string, more = {}) =>
    recordAudit(session, `repo.${action}`, { ...auditedRepository(now), ...more });
  if (name !== now.name) record("rename", { old_name: name });
  if (archived !== now.archived) record(now.archived ? "archived" : "unarchived");
  if (visibility !== now.visibility) {
    record("access", { visibility: now.visibility, previous_visibility: visibility });
    if (now.visibility === "public") world.events.emit("public", { repository: now, actor });
  }
}

/** The old name leads to the repository until another one takes it. */
function renameRepository(world: World, repository: Repository, name: string): void {
  if (name === repository.name) return;
  const taken = world.findRepository(repository.owner, name);
  if (taken !== undefined && taken !== repository) {
    throw validationFailed({
      resource: "Repository",
      field: "name",
      code: "custom",
      message: "name already exists on this account",
    });
  }
  world.state.redirects.set(`${repository.owner}/${repository.name}`.toLowerCase(), repository.id);
  world.state.redirects.delete(`${repository.owner}/${name}`.toLowerCase());
  repository.name = name;
}

/**
 * Dependabot's security updates, which need its alerts.
 * https://docs.github.com/en/rest/repos/repos#check-if-dependabot-security-updates-are-enabled-for-a-repository
 */
export const securityFixRoutes = createRoutes()
  .get("/repos/:owner/:repo/automated-security-fixes", (c) => {
    const { vulnerabilityAlerts, securityFixes } = openRepository(c, "administration", "read");
    if (!vulnerabilityAlerts) return c.body(null, 404);
    return c.json({ enabled: securityFixes, paused: false });
  })
  .put("/repos/:owner/:repo/automated-security-fixes", (c) => {
    const repository = openRepository(c, "administration", "write");
    // https://github.com/microsoft/PowerShellForGitHub/issues/269
    if (!repository.vulnerabilityAlerts) {
      const message = "Vulnerability alerts must be enabled to configure automated security fixes.";
      throw new ApiError(422, message);
    }
    repository.securityFixes = true;
    return c.body(null, 204);
  })
  .delete("/repos/:owner/:repo/automated-security-fixes", (c) => {
    openRepository(c, "administration", "write").securityFixes = false;
    return c.body(null, 204);
  });

/** https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
const MAX_PROPERTIES = 10;

const dispatchBody = z.object({
  event_type: z.string().min(1).max(100),
  client_payload: z.record(z.string(), z.json()).default({}),
});

/** Starts the workflows with `on: repository_dispatch`. */
export const repositoryDispatchRoutes = createRoutes().post(
  "/repos/:owner/:repo/dispatches",
  async (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "contents", "write");
    const given = await readBody(c, dispatchBody, "RepositoryDispatch");
    const supplied = Object.keys(given.client_payload).length;
    if (supplied > MAX_PROPERTIES) {
      throw new ApiError(
        422,
        `Invalid request.\n\nNo more than ${MAX_PROPERTIES} properties are allowed; ${supplied} were supplied.`,
      );
    }
    world.events.emit("repository_dispatch", {
      repository,
      type: given.event_type,
      payload: given.client_payload,
      actor,
    });
    return c.body(null, 204);
  },
);
