import { onTestFinished } from "vitest";
import { parseSeed, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
import { endProposals } from "../../../src/github/pull-requests/close-proposals.ts";
import { proposalBranch } from "../../../src/github/pull-requests/proposal.ts";
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
  const hubot = gitHubAs(simulator, "hubot");
  const warnings: string[] = [];
  /** The last pull request, as the state of a stack knows it. */
  let known: string | undefined;
  const propose = async (text = "name: ci\n", more: Partial<Offer> = {}) => {
    const [snapshot] = await readRepositories(github, "acme", [{ name: "api" }]);
    const offered = await proposeFiles(
      github,
      {
        branch: proposalBranch,
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
        endsAutoMerge: false,
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
    hubot,
    /** What is on the branch of the pull request. */
    offered: (path = ci) => world.readFile(repository, branch, path)?.toString("utf8"),
    /**
     * Puts a commit with this text at the end of the fleet's branch, in place of `parents` or on top of them.
     *
     * @param web whether the person makes it on GitHub's page
     */
    async commitOn(
      parents: readonly (string | undefined)[],
      { text, message, web }: { text: string; message: string; web?: true },
    ) {
      const at = "/repos/acme/api/git";
      const tree = await hubot(`POST ${at}/trees`, {
        base_tree: repository.refs.get(`refs/heads/${branch}`),
        tree: [{ path: ci, mode: "100644", type: "blob", content: text }],
      });
      const made = await hubot(`POST ${at}/commits`, {
        message,
        parents,
        tree: (tree.body as { sha: string }).sha,
        author: { name: "Mona", email: "mona@example.com" },
        committer: web
          ? { name: "GitHub", email: "noreply@github.com" }
          : { name: "hubot", email: "hubot@users.noreply.github.com" },
      });
      const { sha } = made.body as { sha: string };
      if (web) repository.signed.add(sha);
      const ref = await hubot(`PATCH ${at}/refs/heads/${branch}`, { sha, force: true });
      if (ref.status !== 200) throw new Error(JSON.stringify([tree, made, ref]));
    },
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
        { branch: proposalBranch, known, why },
        (message) => void warnings.push(message),
      ),
  };
}
