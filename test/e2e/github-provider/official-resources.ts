import * as github from "@pulumi/github";

type Options = { provider: github.Provider };

/** What changes between two updates. */
interface Wanted {
  approvals: number;
  title: string;
  permission: "pull" | "maintain";
}

/** Rules for branches: by GraphQL, by REST, and as a ruleset. */
export function declareRules(
  made: github.Repository,
  team: github.Team,
  { approvals }: Wanted,
  options: Options,
): void {
  const teamId = team.id.apply(Number);
  const teamName = team.slug.apply((slug) => `acme/${slug}`);
  new github.BranchProtection(
    "protection",
    {
      repositoryId: made.nodeId,
      pattern: "release/*",
      enforceAdmins: true,
      requiredLinearHistory: true,
      requiredStatusChecks: [{ strict: true, contexts: ["ci"] }],
      requiredPullRequestReviews: [
        { requiredApprovingReviewCount: approvals, pullRequestBypassers: ["/acme-admin"] },
      ],
      restrictPushes: [{ pushAllowances: ["/acme-dev", teamName] }],
    },
    options,
  );
  new github.BranchProtectionV3(
    "protection-v3",
    {
      repository: "api",
      branch: "main",
      enforceAdmins: true,
      requireSignedCommits: true,
      requireConversationResolution: true,
      requiredStatusChecks: { strict: true, checks: ["ci"] },
      requiredPullRequestReviews: {
        requiredApprovingReviewCount: approvals,
        dismissStaleReviews: true,
        dismissalUsers: ["acme-admin"],
      },
      restrictions: { users: ["acme-dev"], teams: [team.slug] },
    },
    options,
  );
  new github.RepositoryRuleset(
    "ruleset",
    {
      repository: "gateway",
      name: "hold",
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
      bypassActors: [
        { actorId: 5, actorType: "RepositoryRole", bypassMode: "pull_request" },
        { actorId: teamId, actorType: "Team", bypassMode: "always" },
      ],
      rules: {
        creation: true,
        deletion: true,
        nonFastForward: true,
        requiredLinearHistory: true,
        requiredSignatures: true,
        pullRequest: { requiredApprovingReviewCount: approvals },
        requiredStatusChecks: { requiredChecks: [{ context: "ci" }] },
      },
    },
    options,
  );
}

/** Members and teams, and their rights. */
export function declareTeams(
  made: github.Repository,
  wanted: Wanted,
  options: Options,
): github.Team {
  const { approvals, title, permission } = wanted;
  const above = new github.Team("team-above", { name: "Engineering", privacy: "closed" }, options);
  const team = new github.Team(
    "team",
    { name: "Platform", description: title, privacy: "closed", parentTeamId: above.id },
    options,
  );
  new github.TeamMembership(
    "team-membership",
    {
      teamId: team.id,
      username: "acme-dev",
      role: permission === "pull" ? "member" : "maintainer",
    },
    options,
  );
  new github.TeamMembers(
    "team-members",
    { teamSlug: above.slug, members: [{ username: "acme-publisher" }] },
    options,
  );
  new github.TeamRepository(
    "team-repository",
    { teamId: team.id, repository: made.name, permission },
    options,
  );
  new github.TeamSettings(
    "team-settings",
    {
      teamId: team.slug,
      reviewRequestDelegation: { algorithm: "LOAD_BALANCE", memberCount: approvals },
    },
    options,
  );
  new github.RepositoryCollaborators(
    "collaborators",
    {
      repository: "handbook",
      // The list of collaborators has their whole role, so at least the base permission.
      users: [{ username: "acme-dev", permission: permission === "pull" ? "push" : permission }],
      teams: [{ teamId: above.slug, permission }],
    },
    options,
  );
  new github.Membership(
    "membership",
    { username: "acme-publisher", role: "member", downgradeOnDestroy: true },
    options,
  );
  new github.RepositoryEnvironment(
    "reviewed",
    {
      repository: "web",
      environment: "reviewed",
      reviewers: [{ teams: [team.id.apply(Number)] }],
    },
    options,
  );
  github.getTeamOutput({ slug: above.slug }, options);
  return team;
}

/** Issues, labels, releases and the like. */
export function declareWork(made: github.Repository, { title }: Wanted, options: Options): void {
  const label = new github.IssueLabel(
    "label",
    { repository: made.name, name: "area: ci", color: "ff0000", description: title },
    options,
  );
  new github.Issue(
    "issue",
    { repository: made.name, title: title, labels: [label.name], assignees: ["acme-dev"] },
    options,
  );
  new github.BranchDefault("default", { repository: made.name, branch: "main" }, options);
  new github.Release(
    "release",
    { repository: made.name, tagName: "v1", name: title, body: "First" },
    options,
  );
  new github.RepositoryCollaborator(
    "collaborator",
    { repository: made.name, username: "acme-dev", permission: "maintain" },
    options,
  );
  new github.RepositoryTopics("topics", { repository: "gateway", topics: ["container"] }, options);
}

/** Every data source that requests something from the simulator. */
export async function readAll(options: Options): Promise<void> {
  const web = { repository: "web" };
  const acmes = { owner: "acme", repository: "web" };
  await Promise.all([
    github.getRepository({ fullName: "acme/web" }, options),
    github.getOrganization({ name: "acme" }, options),
    github.getUser({ username: "acme-dev" }, options),
    github.getActionsPublicKey(web, options),
    github.getActionsOrganizationPublicKey(options),
    github.getBranch({ ...web, branch: "main" }, options),
    github.getRepositoryBranches(web, options),
    github.getRef({ ...acmes, ref: "heads/main" }, options),
    github.getTree({ repository: "web", treeSha: "main", recursive: true }, options),
    github.getRepositoryFile({ ...web, file: "README.md" }, options),
    github.getIssueLabels(web, options),
    github.getRepositoryPullRequests({ baseRepository: "web" }, options),
    github.getActionsSecrets({ name: "web" }, options),
    github.getActionsVariables({ name: "web" }, options),
    github.getActionsOrganizationSecrets(options),
    github.getActionsOrganizationVariables(options),
    github.getCollaborators(acmes, options),
    github.getMembership({ username: "acme-dev" }, options),
    github.getRepositoryEnvironments(web, options),
    github.getBranchProtectionRules({ repository: "web" }, options),
    github.getIpRanges(options),
    github.getUsers({ usernames: ["acme-dev"] }, options),
    github.getOrganizationTeams({}, options),
    github.getRepositoryTeams({ name: "web" }, options),
    github.getRestApi({ endpoint: "repos/acme/web" }, options),
  ]);
}
