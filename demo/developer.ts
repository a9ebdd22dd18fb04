import type { Run, Simulator } from "github-simulator";
import { createGitHubClient } from "../src/github/client/github-client.ts";

/** The end of a workflow run, as seen by the person who caused it. */
export interface RunStory {
  readonly repository: string;
  readonly conclusion: string;
  /** The decisive line of the log; empty if nothing failed. */
  readonly failure: string;
  /** Tags that arrived in the registry, e.g. `ghcr.io/acme/web:1.4.0`. */
  readonly published: readonly string[];
  /** Jobs that ended well: ["lint", "test", "image"]. */
  readonly jobs: readonly string[];
  /** Titles of the warnings. */
  readonly warnings: readonly string[];
}

/** The actions of people in the organisation: push, release, dispatch, and look at the runs. */
export function createDeveloper(platform: Simulator) {
  const { actions, registry, world } = platform;
  const hands = platform.byHand("acme-dev");
  const { request } = createGitHubClient({
    baseUrl: platform.url,
    token: world.tokenValue("admin"),
    pace: "burst",
  });
  const arrived: string[] = [];
  registry.onPublish(({ owner, name, tags }) => {
    arrived.push(...tags.map((tag) => `ghcr.io/${owner}/${name}:${tag}`));
  });
  let seen = actions.runs().length;

  /** The runs since the last call, after all have ended. */
  async function look(): Promise<RunStory[]> {
    await actions.idle();
    const runs = actions.runs().slice(seen);
    seen += runs.length;
    const published = [...new Set(arrived.splice(0))].filter(
      (image) => !/:(?:sha|ghcr-fleet)/.test(image),
    );
    return runs.map((run) => describeRun(run, published));
  }

  async function lookAtOne(): Promise<RunStory> {
    const [story] = await look();
    if (!story) throw new Error("nothing started a workflow");
    return story;
  }

  return {
    look,
    async push(repository: string, text: string): Promise<RunStory> {
      hands.editFiles(`acme/${repository}`, { "README.md": `${text}\n` }, { message: text });
      return lookAtOne();
    },
    async release(repo: string, tag: string): Promise<RunStory> {
      await request("POST /repos/{owner}/{repo}/releases", { owner: "acme", repo, tag_name: tag });
      return mustPublish(await lookAtOne());
    },
    async dispatch(repo: string, tag: string): Promise<RunStory> {
      const { defaultBranch: ref, refs } = world.repository(`acme/${repo}`);
      const sha = refs.get(`refs/heads/${ref}`) ?? "";
      const at = { owner: "acme", repo };
      await request("POST /repos/{owner}/{repo}/git/refs", { ...at, ref: `refs/tags/${tag}`, sha });
      await request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
        ...at,
        workflow_id: "release.yml",
        ref,
        inputs: { tag },
      });
      return mustPublish(await lookAtOne());
    },
  };
}

export function mustPublish(story: RunStory): RunStory {
  if (story.conclusion === "success" && story.published.length > 0) return story;
  throw new Error(
    `the run in ${story.repository} ended with ${story.conclusion}: ${story.failure}`,
  );
}

function describeRun({ event, conclusion, jobs }: Run, published: readonly string[]): RunStory {
  const lines = jobs.flatMap(({ log }) => log.text().split("\n"));
  const failed = lines.findLast((line) => /denied|unauthorized/.test(line)) ?? "";
  return {
    repository: event.repo,
    conclusion: conclusion ?? "cancelled",
    failure: /(denied|unauthorized).*$/.exec(failed)?.[0] ?? "",
    published,
    jobs: jobs.filter((job) => job.conclusion === "success").map(({ name }) => name),
    warnings: jobs.flatMap(({ annotations }) =>
      annotations.filter(({ level }) => level === "warning").map(({ title }) => title),
    ),
  };
}
