/** `simple-user` of GitHub's REST API. */
export function renderUser(login: string): Record<string, unknown> {
  const url = `http://api.simulator.test/users/${login}`;
  return {
    login,
    id: 42,
    node_id: "U_42",
    avatar_url: `${url}/avatar`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    site_admin: false,
  };
}

const URLS = [
  "archive assignees blobs branches collaborators comments commits compare contents contributors",
  "deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events",
  "issues keys labels languages merges milestones notifications pulls releases stargazers statuses",
  "subscribers subscription tags teams trees",
]
  .join(" ")
  .split(" ");

/** `minimal-repository` of GitHub's REST API. */
export function renderRepository(owner: string, repo: string): Record<string, unknown> {
  const url = `http://api.simulator.test/repos/${owner}/${repo}`;
  return {
    id: 4711,
    node_id: "R_4711",
    name: repo,
    full_name: `${owner}/${repo}`,
    owner: renderUser(owner),
    private: false,
    html_url: `https://github.com/${owner}/${repo}`,
    description: "An API",
    fork: false,
    url,
    ...Object.fromEntries(URLS.map((name) => [`${name}_url`, `${url}/${name}`])),
  };
}
