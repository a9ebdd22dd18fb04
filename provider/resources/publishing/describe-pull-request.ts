import { structuredPatch } from "diff";
import type { FileCommit } from "../../../src/github/contents/commit-files.ts";
import { withoutTokens } from "../../../src/publishing/pasted-secrets.ts";
import { codeBlock, inlineCode, plainMarkdown } from "../../../src/markdown.ts";
import { lockPath } from "../../../src/publishing/lockfile/workflow-lock.ts";
import { isFromTemplate } from "../../../src/publishing/templates/template.ts";

interface DescribedPullRequest {
  readonly commit: FileCommit;
  /** The files of the commit as they are on the base: path to text. */
  readonly present: Readonly<Record<string, string>>;
  /** Name of the stack. */
  readonly stack: string;
  /** Why the repository publishes in this way, if it is known. */
  readonly why: string | undefined;
  /** Whether the job's own token publishes, and not the PAT. */
  readonly jobToken: boolean;
  /** Names that the secret had before. */
  readonly formerSecrets: readonly string[];
}

/** What a reader of the pull request should know before they merge or decline it, as Markdown. */
export function describePullRequest(described: DescribedPullRequest): string {
  const { commit, present, stack, jobToken } = described;
  const { owner, repository, branch, additions, deletions } = commit;
  const isRemoval = Object.keys(additions).length === 0;
  const login = jobToken ? "its job's own token" : "the fleet's secret";
  return [
    isRemoval
      ? `The fleet of **${plainMarkdown(owner)}** no longer needs these workflows here.`
      : describePurpose(described),
    "### What changes",
    ...describeFiles(additions, deletions, present),
    "### How to check",
    isRemoval
      ? `Nothing publishes with these files any more after the merge into ${inlineCode(branch)}.`
      : `Nothing changes before the merge into ${inlineCode(branch)}. The next run that publishes after it logs in with ` +
        `${login}, and its image arrives in the registry.`,
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

type Texts = Readonly<Record<string, string>>;

/** What the change is for: of a first one why the fleet makes it, of a later one what it changes. */
function describePurpose(described: DescribedPullRequest): string {
  const { commit, present, why, jobToken, formerSecrets } = described;
  const owner = `**${plainMarkdown(commit.owner)}**`;
  const reason = why === undefined ? "" : ` (${plainMarkdown(why)})`;
  const paths = Object.keys(commit.additions).filter((path) => path !== lockPath);
  const textsIn = (files: Texts) =>
    Object.fromEntries(paths.map((path) => [path, files[path] ?? ""]));
  const [before, after] = [textsIn(present), textsIn(commit.additions)];
  const [texts, former] = [Object.values(after), Object.values(before)];
  if (texts.length === 0) {
    return `The fleet of ${owner} adds the actions of its workflows to the lockfile: without, their runs do not start.`;
  }
  const credential = jobToken ? "with its job's own token" : "with one credential";
  const purpose = `The fleet of ${owner} publishes images to its container registry ${credential}. With this, `;
  if (!texts.some(isFromTemplate)) {
    const renamed = renamedSecret(before, after);
    if (renamed && formerSecrets.includes(renamed.former)) {
      return `In the fleet of ${owner}, ${renamed.text}.`;
    }
    return credentialsIn(after).length === 0 && credentialsIn(before).length > 0
      ? `This repository left the fleet of ${owner}: its logins become what they were before the fleet repaired them.`
      : `${purpose}the workflows of this repository use it${reason}.`;
  }
  if (texts.some((text) => /^ {2}workflow_call:/m.test(text))) {
    return `The repositories of the fleet of ${owner} publish by calling these workflows. With this, they are as the fleet wants them now.`;
  }
  if (!former.some(isFromTemplate)) {
    const what = former.some((text) => text !== "")
      ? "its workflows replace those that are here"
      : "this repository gets workflows for that";
    const place = aboutEnvironment(before, after).map((text) => ` In them, ${text}.`);
    return `${purpose}${what}${reason}.${place.join("")}`;
  }
  const news = [
    renamedSecret(before, after)?.text ?? [],
    newVersions(before, after) ?? [],
    aboutEnvironment(before, after),
  ].flat();
  const other = "their templates changed, or its settings for this repository";
  return `The fleet of ${owner} changes its workflows here: ${news.length > 0 ? news.join("; ") : other}.`;
}

function renamedSecret(
  before: Texts,
  after: Texts,
): { readonly former: string; readonly text: string } | undefined {
  const [old, names] = [credentialsIn(before), credentialsIn(after)];
  const name = names.find((each) => !old.includes(each));
  const former = old.find((each) => !names.includes(each));
  if (name === undefined || former === undefined) return undefined;
  const text = `the secret with the credential is called ${inlineCode(name)}, and no longer ${inlineCode(former)}`;
  return { former, text };
}

function newVersions(before: Texts, after: Texts): string | undefined {
  const uses = (texts: Texts, pattern: RegExp) => namesIn(texts, pattern).sort().join();
  const isSame = (pattern: RegExp) => uses(before, pattern) === uses(after, pattern);
  const haveOthers = isSame(/^[ -]*uses: ([^@\s]+)/gm) && !isSame(/^[ -]*uses: (\S+)/gm);
  return haveOthers ? "actions have other versions" : undefined;
}

/** What another environment of the release means for the secret, and for the runs until the merge. */
function aboutEnvironment(before: Texts, after: Texts): string[] {
  const [[former], [name]] = [environmentsIn(before), environmentsIn(after)];
  if (name === former) return [];
  if (name === undefined) {
    return [
      "releases do not deploy to an environment any more, because the secret is in another place, from which every job gets it",
    ];
  }
  const place = `releases deploy to the environment ${inlineCode(name)}, which has the secret: only the branches and tags that it allows get it`;
  return [
    former === undefined
      ? `${place}; a secret that this repository has from another place stays until an update of the fleet finds this on the branch`
      : `${place}; the environment ${inlineCode(former)} does not have it any more, so until the merge releases publish without it`,
  ];
}

/** Names of the secrets before the job's own token. */
function credentialsIn(texts: Texts): string[] {
  return namesIn(texts, /\bsecrets\.(\w+)\s*\|\|\s*secrets\.GITHUB_TOKEN\b/g);
}

function environmentsIn(texts: Texts): string[] {
  return namesIn(texts, /^ {4}environment: "?([^"\n]+)"?$/gm);
}

/** What the pattern's group matches, each once. */
function namesIn(texts: Texts, pattern: RegExp): string[] {
  const found = Object.values(texts).flatMap((text) => [...text.matchAll(pattern)]);
  return [...new Set(found.map(([, group = ""]) => group))];
}

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
