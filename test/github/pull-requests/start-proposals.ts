import { onTestFinished } from "vitest";
import { parseSeed, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
import { endProposals } from "../../../src/github/pull-requests/close-proposals.ts";
import { proposeFiles, type Offer } from "../../../src/github/pull-requests/propose-files.ts";
import { readRepositories } from "../../../src/github/repositories/repository-snapshot.ts";
import { gitHubAs } from "../../support/github-as.ts";

export const ci = ".github/workflows/ci.yml";
export const branch = "ghcr-fleet/publishing";

/** acme/api, whose main takes only pull requests, and what the fleet offers there. */
export async function startProposals(pattern = "main", checks: readonly string[] = []) {
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [
        { login: "mona", role: "admin" },
        { login: "hubot", role: "member" },
      ],
      tokens: [
        { name: "admin", owner: "mona", scopes: ["repo", "workflow"] },
        { name: "hubot", owner: "hubot", scopes: ["repo", "workflow"] },
      ],
      repositories: [
        {
          name: "api",
          dockerfile: "Dockerfile",
          rules: [{ pattern, requirePullRequest: true, requiredStatusChecks: [...checks] }],
        },
      ],
    }),
  });
  onTestFinished(() => simulator.close());
  const { world, url } = simulator;
  const github = createGitHubClient({
    baseUrl: url,
    token: world.tokenValue("admin"),
    pace: "burst",
  });
  const repository = world.repository("acme/api");
  repository.collaborators.set("hubot", "write");
  const byHand = simulator.byHand("mona");
  const warnings: string[] = [];
  /** The last pull request, as the state of a stack knows it. */
  let known: string | undefined;
  const propose = async (text = "name: ci\n", more: Partial<Offer> = {}) => {
    const [snapshot] = await readRepositories(github, "acme", [{ name: "api" }]);
    const offered = await proposeFiles(
      github,
      {
        commit: {
          owner: "acme",
          repository: "api",
          branch: "main",
          expectedHead: snapshot?.head ?? "",
          headline: "ci: publish",
          body: templateNote,
          additions: { [ci]: text },
          deletions: [],
        },
        change: text.replaceAll(/\W/g, ""),
        title: "ci: publish",
        body: async () => `Offers ${text}`,
        details: {},
        detailsChanged: false,
        known,
        declined: undefined,
        again: false,
        ...more,
      },
      (message) => void warnings.push(message),
    );
    known = offered.url;
    return offered;
  };
  const branches = () => [...repository.refs.keys()].filter((ref) => ref.includes("ghcr-fleet/"));
  return {
    simulator,
    github,
    propose,
    repository,
    comments: () => repository.comments.map(({ issue, body }) => `${issue}: ${body}`),
    branches,
    byHand,
    warnings,
    hubot: gitHubAs(simulator, "hubot"),
    /** What is on the branch of the pull request. */
    offered: (path = ci) => world.readFile(repository, branch, path)?.toString("utf8"),
    /** Changes main, whose rules forbid it. */
    editMain(files: Record<string, string>) {
      const rules = repository.rules.splice(0);
      byHand.editFiles("acme/api", files);
      repository.rules.push(...rules);
    },
    end: (why = "Nothing is left.") =>
      endProposals(
        github,
        { owner: "acme", repository: "api" },
        { known, why },
        (message) => void warnings.push(message),
      ),
  };
}
