import { z } from "zod";
import { UserError } from "../../user-error.ts";

/** The pull request of a workflow run, and how to reach it. */
export interface PullRequestPlace {
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
  /** Its newest commit when the run started; absent where the workflow does not pass it. */
  readonly commit: string | undefined;
  /** Root of the REST API. */
  readonly baseUrl: string;
  readonly token: string;
}

const schema = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[^/]+\/[^/]+$/),
  GITHUB_REF: z.string().regex(/^refs\/pull\/\d+\//),
  GITHUB_API_URL: z.url(),
  GHCR_FLEET_COMMENT_TOKEN: z.string().min(1),
  GHCR_FLEET_COMMIT: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional(),
});

const fixes: Record<keyof z.input<typeof schema>, string> = {
  GITHUB_REPOSITORY: "set it to <owner>/<name> of the stack's own repository",
  GITHUB_REF: "it must be refs/pull/<number>/merge, as in runs of a pull request",
  GITHUB_API_URL: "set it to the root of the REST API",
  GHCR_FLEET_COMMENT_TOKEN:
    "set it to a token that may write pull requests, in a workflow to ${{ github.token }}",
  GHCR_FLEET_COMMIT: "set it to ${{ github.event.pull_request.head.sha }}, or leave it out",
};

/**
 * Where to comment, from the default variables of a workflow's steps. The token has a variable of its
 * own, because GITHUB_TOKEN is the token that reads the fleet.
 *
 * @throws {UserError} a variable is missing or wrong; says which and how to set it
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
export function findPullRequest(
  environment: Readonly<Record<string, string | undefined>>,
): PullRequestPlace {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path[0] as keyof typeof fixes);
    const lines = names.map((name) => `  ${name}: ${fixes[name]}`);
    throw new UserError(`there is no pull request to comment on:\n${lines.join("\n")}`);
  }
  const { GITHUB_REPOSITORY, GITHUB_REF, GITHUB_API_URL, GHCR_FLEET_COMMENT_TOKEN } = parsed.data;
  const commit = parsed.data.GHCR_FLEET_COMMIT;
  const [owner = "", repository = ""] = GITHUB_REPOSITORY.split("/");
  return {
    owner,
    repository,
    number: Number(GITHUB_REF.split("/")[2]),
    commit,
    baseUrl: GITHUB_API_URL,
    token: GHCR_FLEET_COMMENT_TOKEN,
  };
}
