import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, validationFailed, type FieldError, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { releaseShape } from "../../serializers/release.ts";
import { isRefName } from "../../world/names.ts";
import { Refusal } from "../../world/refusal.ts";
import { createRelease, latestRelease, publishDraft } from "../../world/repositories/releases.ts";
import { isEmpty } from "../../world/objects/repository-git.ts";
import type { Release } from "../../world/state/release.ts";
import type { Repository } from "../../world/state/repository.ts";
import { can } from "../../world/accounts/permissions.ts";

/** https://docs.github.com/en/rest/releases/releases */
export const releaseRoutes = createRoutes()
  .get("/repos/:owner/:repo/releases", (c) => {
    const repository = openRepository(c, "contents", "read");
    const items = visibleReleases(c, repository).reverse();
    return c.json(paginate(c, items).map((release) => releaseShape(c.var, repository, release)));
  })
  .post("/repos/:owner/:repo/releases", async (c) => {
    const repository = openRepository(c, "contents", "write");
    if (isEmpty(repository)) throw new ApiError(422, "Repository is empty.");
    const given = await readBody(c, newRelease, "Release");
    assertTagName(given.tag_name);
    if (!given.draft) assertFreeTag(repository, given.tag_name);
    const release = refusedAsField(() =>
      createRelease(c.var, repository, {
        tag: given.tag_name,
        target: given.target_commitish ?? repository.defaultBranch,
        name: given.name ?? null,
        body: given.body ?? null,
        draft: given.draft,
        prerelease: given.prerelease,
        mayBeLatest: mayBeLatest(given.make_latest),
      }),
    );
    return c.json(releaseShape(c.var, repository, release), 201);
  })
  .get("/repos/:owner/:repo/releases/latest", (c) => {
    const repository = openRepository(c, "contents", "read");
    const latest = orNotFound(latestRelease(repository));
    return c.json(releaseShape(c.var, repository, latest));
  })
  .get("/repos/:owner/:repo/releases/tags/:tag{.+}", (c) => {
    const repository = openRepository(c, "contents", "read");
    const release = orNotFound(
      repository.releases.find(({ tag, draft }) => tag === c.req.param("tag") && !draft),
    );
    return c.json(releaseShape(c.var, repository, release));
  })
  .get("/repos/:owner/:repo/releases/:id{\\d+}", (c) => {
    const repository = openRepository(c, "contents", "read");
    return c.json(releaseShape(c.var, repository, releaseOf(c, repository)));
  })
  .patch("/repos/:owner/:repo/releases/:id{\\d+}", async (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "contents", "write");
    const release = releaseOf(c, repository);
    const given = await readBody(c, releaseChange, "Release");
    assertTagName(given.tag_name);
    if (given.draft === true && !release.draft) {
      throw new ApiError(501, "the simulator does not make a draft of a published release");
    }
    if (!(given.draft ?? release.draft)) {
      assertFreeTag(repository, given.tag_name ?? release.tag, release);
    }
    if (given.make_latest === "true" && repository.releases.at(-1) !== release) {
      throw new ApiError(501, "the simulator does not make an older release the latest one");
    }
    if (given.make_latest !== undefined) release.mayBeLatest = mayBeLatest(given.make_latest);
    release.tag = given.tag_name ?? release.tag;
    release.target = given.target_commitish ?? release.target;
    if (given.name !== undefined) release.name = given.name;
    if (given.body !== undefined) release.body = given.body;
    const wasPrerelease = release.prerelease;
    release.prerelease = given.prerelease ?? wasPrerelease;
    if (release.draft && given.draft === false) {
      refusedAsField(() => publishDraft(c.var, repository, release));
    } else {
      world.events.emit("release", { repository, release, action: "edited", actor });
      if (wasPrerelease && !release.prerelease) {
        world.events.emit("release", { repository, release, action: "released", actor });
      }
    }
    return c.json(releaseShape(c.var, repository, release));
  })
  .delete("/repos/:owner/:repo/releases/:id{\\d+}", (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "contents", "write");
    const release = releaseOf(c, repository);
    repository.releases = repository.releases.filter((item) => item !== release);
    world.events.emit("release", { repository, release, action: "deleted", actor });
    return c.body(null, 204);
  });

/** `legacy` decides by date and version: https://docs.github.com/en/rest/releases/releases */
const makeLatest = z.enum(["true", "false", "legacy"]);

const newRelease = z.object({
  tag_name: z.string().min(1),
  target_commitish: z.string().optional(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  make_latest: makeLatest.default("true"),
});
const releaseChange = z.object({
  tag_name: z.string().min(1).optional(),
  target_commitish: z.string().optional(),
  name: z.string().nullable().optional(),
  body: z.string().nullable().optional(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
  make_latest: makeLatest.optional(),
});

function mayBeLatest(asked: z.output<typeof makeLatest>): boolean {
  if (asked !== "legacy") return asked === "true";
  throw new ApiError(501, "the simulator does not implement make_latest: legacy");
}

function assertFreeTag({ releases }: Repository, asked: string, own?: Release): void {
  if (releases.every((each) => each === own || each.draft || each.tag !== asked)) return;
  throw validationFailed({ resource: "Release", field: "tag_name", code: "already_exists" });
}

/** "Only users with push access will receive listings for draft releases." */
function visibleReleases(c: ApiContext, repository: Repository): Release[] {
  const maySeeDrafts = can(c.var, "write", repository);
  return repository.releases.filter(({ draft }) => !draft || maySeeDrafts);
}

/** The release of the path. */
export function releaseOf(c: ApiContext, repository: Repository): Release {
  const id = Number(c.req.param("id"));
  return orNotFound(visibleReleases(c, repository).find((item) => item.id === id));
}

// The wording of https://github.com/NyaMisty/action-ipadown/issues/1 and
// https://github.com/ncipollo/release-action/issues/335
const invalidTag = (message: string): FieldError => ({
  resource: "Release",
  code: "custom",
  field: "tag_name",
  message,
});
const noValidTag = invalidTag("tag_name is not a valid tag");
const noValidRelease = {
  resource: "Release",
  code: "custom",
  message: "Published releases must have a valid tag",
} as const;

function assertTagName(tag: string | undefined): void {
  if (tag === undefined || isRefName(`refs/tags/${tag}`)) return;
  throw validationFailed(noValidTag, invalidTag("tag_name is not well-formed"), noValidRelease);
}

function refusedAsField<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== "invalid") throw error;
    throw validationFailed(noValidTag, noValidRelease, {
      resource: "Release",
      field: "target_commitish",
      code: "invalid",
    });
  }
}
