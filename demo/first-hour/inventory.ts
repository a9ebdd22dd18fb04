import type { Simulator } from "github-simulator";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

/** What the organisation has at one moment: the id of each branch head, secret and so on, by name. */
export type Inventory = ReadonlyMap<string, string>;

export function takeInventory({ world }: Simulator, owner: string): Inventory {
  const shared = world.findOrganisation(owner);
  const entries = [
    ...[...(shared?.secrets.secrets.values() ?? [])].map((each) => [
      `shared: secret ${each.name}`,
      each.updatedAt,
    ]),
    ...[...(shared?.variables.values() ?? [])].map((each) => [
      `shared: variable ${each.name}`,
      each.updatedAt,
    ]),
    ...world.repositoriesOf(owner).flatMap((repository) => {
      const { name, defaultBranch, refs, pulls } = repository;
      return [
        [`${name}: branch`, refs.get(`refs/heads/${defaultBranch}`) ?? ""],
        ...pulls.map(({ number, title }) => [`${name}: pull request`, `${number} ${title}`]),
        ...[...repository.secrets.secrets.values()].map((each) => [
          `${name}: secret ${each.name}`,
          each.updatedAt,
        ]),
        ...[...repository.variables.values()].map((each) => [
          `${name}: variable ${each.name}`,
          each.updatedAt,
        ]),
        [`${name}: settings`, JSON.stringify(repository.actions)],
      ];
    }),
  ];
  return new Map(entries as [string, string][]);
}

/** What was written between two moments: `web: .github/workflows/ci.yml`, `shared: secret GHCR_PAT`. */
export async function writesBetween(
  platform: Simulator,
  owner: string,
  before: Inventory,
  after: Inventory,
): Promise<string[]> {
  const { request } = createGitHubClient({
    baseUrl: platform.url,
    token: platform.world.tokenValue("admin"),
    pace: "burst",
  });
  const changed = [...after].filter(([name, id]) => before.get(name) !== id);
  const writes = changed.map(async ([name, id]) => {
    const [repo = ""] = name.split(": ");
    if (!name.endsWith(": branch")) return [name];
    const basehead = `${before.get(name)}...${id}`;
    const { data } = await request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      owner,
      repo,
      basehead,
    });
    return (data.files ?? []).map(({ filename }) => `${repo}: ${filename}`);
  });
  return (await Promise.all(writes)).flat().sort();
}
