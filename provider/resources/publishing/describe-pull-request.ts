import { structuredPatch } from "diff";
import type { FileCommit } from "../../../src/github/contents/commit-files.ts";
import { withoutTokens } from "../../../src/publishing/pasted-secrets.ts";
import { codeBlock, inlineCode, plainMarkdown } from "../../../src/markdown.ts";

export interface DescribedPullRequest {
  readonly commit: FileCommit;
  /** The files of the commit as they are on the base: path to text. */
  readonly present: Readonly<Record<string, string>>;
  /** Name of the stack. */
  readonly stack: string;
  /** Why the fleet writes these files, if it is known. */
  readonly why: string | undefined;
}

/** What a reader of the pull request should know before they merge or decline it, as Markdown. */
export function describePullRequest({ commit, present, stack, why }: DescribedPullRequest): string {
  const { owner, repository, branch, additions, deletions } = commit;
  const isRemoval = Object.keys(additions).length === 0;
  const reason = why === undefined ? "" : ` (${plainMarkdown(why)})`;
  return [
    isRemoval
      ? `The fleet of **${plainMarkdown(owner)}** no longer needs these workflows here.`
      : `The fleet of **${plainMarkdown(owner)}** publishes images to its container registry with one credential. ` +
        `With this, the workflows of this repository use it${reason}.`,
    "### What changes",
    ...describeFiles(additions, deletions, present),
    "### How to check",
    isRemoval
      ? `Nothing publishes with these files any more after the merge into ${inlineCode(branch)}.`
      : `Nothing changes before the merge into ${inlineCode(branch)}. The next run that publishes after it logs in with ` +
        "the fleet's secret, and its image arrives in the registry.",
    "### How to decline",
    "Close it. The fleet goes on without it, and offers nothing here again until it wants another change, or " +
      `until its owners run ${inlineCode(`ghcr-fleet rollout ${stack} --offer-again ${repository}`)}. ` +
      "You can also commit to this branch: your commits are kept.",
    "### Who owns this",
    `The stack ${inlineCode(stack)} of ${plainMarkdown(owner)}, which ghcr-fleet applies: changes of what it wants ` +
      "belong into its configuration. The package that the stack has installed describes such pull requests in " +
      `${inlineCode("docs/delivery.md")}, and GitHub [what the registry asks for](${registryPage}).`,
  ].join("\n\n");
}

const registryPage =
  "https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry";

/** Longer ones are on the tab "Files changed". */
const longestDiff = 40;

function describeFiles(
  additions: FileCommit["additions"],
  deletions: FileCommit["deletions"],
  present: DescribedPullRequest["present"],
): string[] {
  const changed = Object.entries(additions).flatMap(([path, text]) => {
    const name = inlineCode(path);
    const before = present[path];
    if (before === undefined) return [`${name} is new.`];
    const { hunks } = structuredPatch(path, path, before, text, "", "", { context: 2 });
    const lines = hunks.flatMap((hunk) => hunk.lines);
    const diff = codeBlock(withoutTokens(lines.join("\n")), "diff");
    return lines.length > longestDiff
      ? [`${name} changes in ${lines.length} lines.`]
      : [name, diff];
  });
  return [...changed, ...deletions.map((path) => `${inlineCode(path)} is deleted.`)];
}
