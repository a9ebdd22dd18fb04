import * as github from "@pulumi/github";

type Options = { provider: github.Provider };

/** What changes between two updates. */
interface Wished {
  approvals: number;
  title: string;
}

/** What holds branches: by GraphQL, by REST, and as a ruleset. */
export function declareRules(
  made: github.Repository,
  { approvals }: Wished,
  options: Options,
): void {
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
      restrictPushes: [{ pushAllowances: ["/acme-dev"] }],
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
      restrictions: { users: ["acme-dev"] },
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
      bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "pull_request" }],
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

/** What people work with. */
export function declareWork(made: github.Repository, { title }: Wished, options: Options): void {
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

/** Every data source that asks for something the simulator serves. */
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
    github.getRestApi({ endpoint: "repos/acme/web" }, options),
  ]);
}
