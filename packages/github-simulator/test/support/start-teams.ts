import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";

const scopes = ["repo", "admin:org", "read:audit_log"];

/** An organisation whose members have rights only through their teams. */
export async function startTeams(): Promise<Simulator> {
  const seed = parseSeed({
    organisation: { login: "acme", plan: "enterprise", basePermission: "none" },
    users: [
      { login: "ada", role: "admin" },
      { login: "lea" },
      { login: "dee" },
      { login: "eve", role: "none" },
    ],
    tokens: [
      { name: "owner", owner: "ada", scopes },
      { name: "lead", owner: "lea", scopes },
      { name: "dev", owner: "dee", scopes },
      { name: "stranger", owner: "eve", scopes },
      { name: "no-scope", owner: "ada", scopes: ["repo"] },
      { name: "fine", owner: "ada", kind: "fine-grained", permissions: { metadata: "read" } },
      { name: "app", owner: "acme", kind: "app", permissions: { members: "write" } },
    ],
    repositories: [
      { name: "web", visibility: "private" },
      { name: "api", visibility: "private" },
      { name: "site" },
    ],
    teams: [
      { name: "Engineering", repositories: { web: "write" } },
      {
        name: "Platform Core",
        parent: "Engineering",
        members: { lea: "maintainer" },
        repositories: { api: "maintain", web: "read" },
      },
      { name: "Night watch", privacy: "secret" },
    ],
  });
  return startSimulator({ actions: false, seed });
}
