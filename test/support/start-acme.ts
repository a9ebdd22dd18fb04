import { parseSeed, startSimulator, type SeedInput } from "github-simulator";
import {
  createGitHubClient,
  type GitHubClientOptions,
} from "../../src/github/client/github-client.ts";

/** A simulated GitHub, where mona with the token `admin` administers acme unless the seed says otherwise; runs no workflows. */
export async function startAcme(seed: Partial<SeedInput> = {}) {
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo", "workflow", "admin:org"] }],
      repositories: [],
      ...seed,
    }),
  });
  return {
    simulator,
    close: () => simulator.close(),
    client: (token = "admin", options: Partial<GitHubClientOptions> = {}) =>
      createGitHubClient({
        baseUrl: simulator.url,
        token: simulator.world.tokenValue(token),
        ...options,
      }),
  };
}
