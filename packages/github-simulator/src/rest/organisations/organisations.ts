import type { Session } from "../../world/session.ts";
import { z } from "zod";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { createRepository } from "../../world/repositories/create-repository.ts";
import { defaultSettings, type Repository } from "../../world/state/repository.ts";
import {
  blobChange,
  commitFiles,
  signatureOf,
  webFlow,
} from "../../world/repositories/write-refs.ts";
import {
  applySettings,
  assertMergeMethod,
  repositorySettings,
} from "../repositories/repository-settings.ts";
import { locateOrganisation } from "../../http/access.ts";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { fullOrganisation } from "../../serializers/account.ts";
import { fullRepository, minimalRepository } from "../../serializers/repository.ts";
import { membersMayCreate } from "../../world/state/organisation-settings.ts";
import { canAdministrate, canSee, organisationRole } from "../../world/accounts/permissions.ts";
import { isInside } from "../../world/accounts/team-rights.ts";
import type { Actor } from "../../world/actor.ts";

/** https://docs.github.com/en/rest/orgs */
export const organisationRoutes = createRoutes()
  .get("/orgs/:org", (c) => {
    const { world, actor } = c.var;
    const organisation = locateOrganisation(c);
    const isOwner = organisationRole(world, actor.login, organisation.login) === "admin";
    return c.json(fullOrganisation(c.var, organisation, isOwner));
  })
  .get("/orgs/:org/repos", (c) => {
    const visible = c.var.world
      .repositoriesOf(locateOrganisation(c).login)
      .filter((repository) => canSee(c.var, repository))
      .filter(ofType(c.req.query("type") ?? "all"))
      .sort(orderOf(c.req.query("sort") ?? "created", c.req.query("direction")));
    return c.json(paginate(c, visible).map((item) => minimalRepository(c.var, item)));
  })
  .post("/orgs/:org/repos", async (c) => {
    const { world, actor } = c.var;
    const organisation = locateOrganisation(c);
    c.set("acceptedScopes", "public_repo, repo");
    const asked = await readBody(c, newRepository, "Repository");
    const visibility = asked.visibility ?? (asked.private ? "private" : "public");
    if (!mayCreate(actor, visibility) || !isInside(c.var, organisation)) throw mayNotCreate();
    const isOwner = canAdministrate(c.var, organisation);
    if (!isOwner && !membersMayCreate(organisation.settings, visibility)) throw mayNotCreate();
    assertMergeMethod(defaultSettings, asked);
    if (world.findRepository(organisation.login, asked.name) !== undefined) {
      throw new ApiError(422, "Repository creation failed.", {
        errors: [
          {
            resource: "Repository",
            code: "custom",
            field: "name",
            message: "name already exists on this account",
          },
        ],
      });
    }
    const repository = createAskedRepository(c.var, organisation.login, asked);
    return c.json(fullRepository(c.var, repository), 201);
  });

/** Whether the token allows it, whatever its holder may do. */
function mayCreate(actor: Actor, visibility: Repository["visibility"]): boolean {
  if (actor.kind === "anonymous") return false;
  if (actor.kind !== "classic") return actor.permissions.administration === "write";
  const isPublic = visibility === "public" && actor.scopes.includes("public_repo");
  return isPublic || actor.scopes.includes("repo");
}

function mayNotCreate(): ApiError {
  return new ApiError(
    403,
    "You need admin access to the organization before adding a repository to it.",
  );
}

function ofType(type: string): (repository: Repository) => boolean {
  switch (type) {
    case "all":
    case "sources":
      return () => true;
    case "public":
      return ({ visibility }) => visibility === "public";
    case "private":
      return ({ visibility }) => visibility !== "public";
    case "forks":
    case "member":
      return () => false;
    default:
      throw validationFailed({ resource: "Repository", field: "type", code: "invalid" });
  }
}

function orderOf(
  sort: string,
  direction: string | undefined,
): (a: Repository, b: Repository) => number {
  const key = {
    created: (item: Repository) => item.createdAt,
    updated: (item: Repository) => item.updatedAt,
    pushed: (item: Repository) => item.pushedAt,
    full_name: (item: Repository) => item.name.toLowerCase(),
  }[sort];
  if (key === undefined) {
    throw validationFailed({ resource: "Repository", field: "sort", code: "invalid" });
  }
  const ascending = (direction ?? (sort === "full_name" ? "asc" : "desc")) === "asc" ? 1 : -1;
  return (a, b) => ascending * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id);
}

/** https://docs.github.com/en/rest/repos/repos#create-an-organization-repository */
const newRepository = repositorySettings.extend({
  name: z.string().regex(/^[\w.-]+$/),
  auto_init: z.boolean().default(false),
});

/** Creates a repository from a REST request, with a first commit if `auto_init` is set. */
function createAskedRepository(
  session: Session,
  owner: string,
  asked: z.output<typeof newRepository>,
): Repository {
  const { world } = session;
  const repository = createRepository(world, owner, asked.name, { visibility: "public" });
  applySettings(repository, asked);
  recordAudit(session, "repo.create", auditedRepository(repository));
  if (asked.auto_init) {
    commitFiles(session, repository, {
      branch: repository.defaultBranch,
      message: "Initial commit",
      changes: new Map([["README.md", blobChange(repository, Buffer.from(`# ${asked.name}\n`))]]),
      author: signatureOf(session),
      committer: webFlow(world),
      signed: true,
    });
  }
  return repository;
}
