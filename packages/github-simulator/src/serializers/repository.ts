import type { View } from "./view.ts";
import { propertiesOf } from "../world/repositories/custom-properties.ts";
import { effectiveRole, hasRole } from "../world/accounts/permissions.ts";
import { permissionFlags } from "../world/state/role.ts";
import type { Repository } from "../world/state/repository.ts";
import { simpleUserByLogin, webUrl } from "./account.ts";
import { nodeId } from "./node-id.ts";

/** Sub-resources whose template in a repository is `{url}/{name}` under `{name}_url`. */
const plainLinks = [
  "forks",
  "teams",
  "hooks",
  "events",
  "tags",
  "languages",
  "stargazers",
  "contributors",
  "subscribers",
  "subscription",
  "merges",
  "downloads",
  "deployments",
] as const;

const templatedLinks: Readonly<Record<string, string>> = {
  keys_url: "/keys{/key_id}",
  collaborators_url: "/collaborators{/collaborator}",
  issue_events_url: "/issues/events{/number}",
  assignees_url: "/assignees{/user}",
  branches_url: "/branches{/branch}",
  blobs_url: "/git/blobs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  git_refs_url: "/git/refs{/sha}",
  trees_url: "/git/trees{/sha}",
  statuses_url: "/statuses/{sha}",
  commits_url: "/commits{/sha}",
  git_commits_url: "/git/commits{/sha}",
  comments_url: "/comments{/number}",
  issue_comment_url: "/issues/comments{/number}",
  contents_url: "/contents/{+path}",
  compare_url: "/compare/{base}...{head}",
  archive_url: "/{archive_format}{/ref}",
  issues_url: "/issues{/number}",
  pulls_url: "/pulls{/number}",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  labels_url: "/labels{/name}",
  releases_url: "/releases{/id}",
};

export function repositoryUrl({ api }: View, repository: Repository): string {
  return `${api}/repos/${repository.owner}/${repository.name}`;
}

export function repositoryHtmlUrl(repository: Repository): string {
  return `${webUrl}/${repository.owner}/${repository.name}`;
}

/** The first fields of every form of a repository. */
function simpleRepository(view: View, repository: Repository) {
  const self = repositoryUrl(view, repository);
  const links = Object.fromEntries([
    ...plainLinks.map((name) => [`${name}_url`, `${self}/${name}`] as const),
    ...Object.entries(templatedLinks).map(([key, template]) => [key, self + template] as const),
  ]);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: repository.visibility !== "public",
    owner: simpleUserByLogin(view, repository.owner),
    html_url: repositoryHtmlUrl(repository),
    description: repository.description,
    fork: false,
    url: self,
    ...links,
  };
}

/** GitHub's `minimal-repository`, as in lists. */
export function minimalRepository(view: View, repository: Repository): Record<string, unknown> {
  const { world, actor } = view;
  const html = repositoryHtmlUrl(repository);
  const fullName = `${repository.owner}/${repository.name}`;
  const { settings, issues, pulls } = repository;
  const openIssues = [...issues, ...pulls].filter(({ state }) => state === "open").length;
  return {
    ...simpleRepository(view, repository),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `git://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: repository.homepage,
    size: Math.ceil(sizeOf(repository) / 1024),
    stargazers_count: 0,
    watchers_count: 0,
    language: repository.language,
    has_issues: settings.has_issues,
    has_projects: settings.has_projects,
    has_downloads: settings.has_downloads,
    has_wiki: settings.has_wiki,
    has_pages: settings.has_pages,
    has_discussions: settings.has_discussions,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: repository.disabled,
    // Pull requests are issues, too.
    open_issues_count: openIssues,
    license: null,
    allow_forking: settings.allow_forking,
    is_template: settings.is_template,
    web_commit_signoff_required: settings.web_commit_signoff_required,
    topics: repository.topics,
    visibility: repository.visibility,
    forks: 0,
    open_issues: openIssues,
    watchers: 0,
    default_branch: repository.defaultBranch,
    custom_properties: propertiesOf(world, repository),
    ...(actor.kind !== "anonymous" && {
      permissions: permissionFlags(effectiveRole(view, repository)),
    }),
  };
}

/** GitHub's `full-repository`; merge settings only for those who may push. */
export function fullRepository(view: View, repository: Repository): Record<string, unknown> {
  const organisation = view.world.findOrganisation(repository.owner);
  const { settings } = repository;
  return {
    ...minimalRepository(view, repository),
    temp_clone_token: "",
    ...(hasRole(effectiveRole(view, repository), "write")
      ? {
          allow_squash_merge: settings.allow_squash_merge,
          allow_merge_commit: settings.allow_merge_commit,
          allow_rebase_merge: settings.allow_rebase_merge,
          allow_auto_merge: settings.allow_auto_merge,
          delete_branch_on_merge: settings.delete_branch_on_merge,
          allow_update_branch: settings.allow_update_branch,
          use_squash_pr_title_as_default: settings.use_squash_pr_title_as_default,
          squash_merge_commit_title: settings.squash_merge_commit_title,
          squash_merge_commit_message: settings.squash_merge_commit_message,
          merge_commit_title: settings.merge_commit_title,
          merge_commit_message: settings.merge_commit_message,
        }
      : {}),
    ...(organisation !== undefined && {
      organization: simpleUserByLogin(view, organisation.login),
    }),
    network_count: 0,
    subscribers_count: 0,
  };
}

function sizeOf(repository: Repository): number {
  let bytes = 0;
  for (const { body } of repository.objects.values()) bytes += body.length;
  return bytes;
}
