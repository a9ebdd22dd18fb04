import { z } from "zod";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { readOnce } from "../client/read-once.ts";
import { unlessMissing } from "../client/unless-refused.ts";
import { readFiles } from "../contents/read-files.ts";

/** Path to git blob id. */
type Files = Readonly<Record<string, string>>;

/** What an update wrote there. */
interface Version {
  /** Absent where the branch no longer has it. */
  readonly commit?: string | undefined;
  readonly tag?: string | undefined;
  readonly files: Files;
}

interface CentralBranch {
  /** With its owner: `acme/.github`. */
  readonly repository: string;
  readonly branch: string;
}

/** What commits of the central repository have. Callers pin few different ones, so each is read once. */
export class CentralCommits {
  readonly #github: GitHubClient;
  readonly #files = new Map<string, Promise<Files>>();
  readonly #isInHistory = new Map<string, Promise<boolean>>();

  constructor(github: GitHubClient) {
    this.#github = github;
  }

  /**
   * Which version of the shared workflow a commit or tag has. Everything else is not to be called: a person
   * who edited the workflow by hand could give it the credential of each caller that pins that commit.
   *
   * @param called paths of the workflows that are compared
   * @returns the index among the versions of its oldest file; `undefined` where the fleet did not write all of
   *   them, or where the branch no longer has the commit
   */
  async #versionOf(
    central: CentralBranch & { readonly versions: readonly Version[] },
    pin: string,
    called: readonly string[],
  ): Promise<number | undefined> {
    const { versions } = central;
    const own = versions.find(({ commit, tag }) => pin === commit || pin === tag);
    const files = own?.files ?? (await this.#filesInHistory(central, pin, called));
    if (!files) return undefined;
    // A bot may have brought later actions to one of the files only.
    const index = Math.min(
      ...called.map((path) =>
        versions.findLastIndex(
          (version) => files[path] !== undefined && version.files[path] === files[path],
        ),
      ),
    );
    return index < 0 ? undefined : index;
  }

  /**
   * Whether callers may pin this: a workflow that the fleet wrote, and not one from before that of the former pin,
   * which somebody could go back to for what was repaired since.
   *
   * @param central with the newest commit that its own resource knows
   */
  async mayPin(
    central: CentralBranch & {
      readonly commit?: string | undefined;
      readonly versions: readonly Version[];
    },
    called: readonly string[],
    pin: string,
    former = pin,
  ): Promise<boolean> {
    if (pin === central.commit) return true;
    const version = await this.#versionOf(central, pin, called);
    if (version === undefined || pin === former) return version !== undefined;
    return version >= ((await this.#versionOf(central, former, called)) ?? 0);
  }

  /** The workflows that a commit has, of those that are called. */
  async filesOf(
    { repository: central }: CentralBranch,
    commit: string,
    called: readonly string[],
  ): Promise<Files> {
    const [owner = "", repository = ""] = central.split("/");
    return readOnce(this.#files, [commit, ...called].join(" "), async () => {
      const found = await explaining(`read the shared workflow of ${central}`, () =>
        readFiles(
          this.#github,
          owner,
          called.map((path) => ({ repository, revision: commit, path })),
        ),
      );
      const ids = called.flatMap((path, index) => {
        const blob = found[index]?.blob;
        return blob === undefined ? [] : [[path, blob] as const];
      });
      return Object.fromEntries(ids);
    });
  }

  /** Whether the branch has the commit: a forced push may have removed it. */
  isInHistory({ repository: central, branch }: CentralBranch, commit: string): Promise<boolean> {
    const [owner = "", repository = ""] = central.split("/");
    return readOnce(this.#isInHistory, commit, () =>
      explaining(`read the commits of ${central}`, () =>
        branchHasCommit(this.#github, { owner, repository, branch }, commit),
      ),
    );
  }

  async #filesInHistory(
    central: CentralBranch,
    pin: string,
    called: readonly string[],
  ): Promise<Files | undefined> {
    const [isKnown, files] = await Promise.all([
      this.isInHistory(central, pin),
      this.filesOf(central, pin, called),
    ]);
    return isKnown ? files : undefined;
  }
}

const comparisonSchema = z.object({ status: z.string() });

/**
 * Whether a commit is in the history of a branch. GitHub shows commits of forks by their id, too: those are not.
 *
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
async function branchHasCommit(
  github: GitHubClient,
  { owner, repository: repo, branch }: { owner: string; repository: string; branch: string },
  commit: string,
): Promise<boolean> {
  const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
  const query = { owner, repo, basehead: `${branch}...${commit}`, per_page: 1 };
  const found = await unlessMissing(() => readAnswer(github, comparisonSchema, route, query));
  return found?.status === "behind" || found?.status === "identical";
}
