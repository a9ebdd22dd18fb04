import { pullOf } from "./discussion-of-path.ts";
import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { pullRequest, simplePullRequest } from "../../serializers/pull-request.ts";
import { findTeam } from "../../world/accounts/teams.ts";
import { knownLogins } from "../../world/discussions/issues.ts";
import { isCollaborator, requestReviews } from "../../world/discussions/reviews.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/pulls/review-requests */
export const reviewRequestRoutes = createRoutes()
  .get("/repos/:owner/:repo/pulls/:number{\\d+}/requested_reviewers", (c) => {
    const repository = openRepository(c, "pulls", "read");
    const shown = pullRequest(c.var, repository, pullOf(c, repository));
    return c.json({ users: shown.requested_reviewers, teams: shown.requested_teams });
  })
  .post("/repos/:owner/:repo/pulls/:number{\\d+}/requested_reviewers", async (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "pulls", "write");
    const pull = pullOf(c, repository);
    const given = await readBody(c, reviewers, "PullRequest");
    if (given.reviewers.some((login) => login.toLowerCase() === pull.author.toLowerCase())) {
      throw new ApiError(422, "Review cannot be requested from pull request author.");
    }
    const people = knownLogins(world, given.reviewers);
    const mayReview = people.every((login) => isCollaborator(world, repository, login));
    if (people.length < given.reviewers.length || !mayReview) throw noCollaborator(repository);
    const organisation = world.findOrganisation(repository.owner);
    const teams = given.team_reviewers.map((slug) => {
      const team = organisation && findTeam(organisation, slug);
      if (!team?.repositories.has(repository.id)) throw noCollaborator(repository);
      return team.id;
    });
    pull.requestedTeams = [...new Set([...pull.requestedTeams, ...teams])];
    requestReviews(c.var, repository, pull, [...pull.requestedReviewers, ...people]);
    return c.json(simplePullRequest(c.var, repository, pull), 201);
  });

const reviewers = z.object({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});

/** As https://github.com/peter-evans/create-pull-request/issues/4138 quotes it. */
function noCollaborator({ owner, name }: Repository): ApiError {
  return new ApiError(
    422,
    `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${owner}/${name} repository.`,
  );
}
