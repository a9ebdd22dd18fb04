import { resolve } from "node:path";
import { colors } from "../terminal/colors.ts";
import {
  assertOutputs,
  isStandardOutput,
  printJson,
  printText,
  writeOutput,
} from "../terminal/write-output.ts";
import { StoredTexts } from "../../github/contents/stored-texts.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { DeadToken, inspectToken } from "../../github/tokens/inspect-token.ts";
import { judgeToken } from "../../github/tokens/judge-token.ts";
import { describePatSource } from "../../pat/pat-source.ts";
import { readServerTime } from "../../github/client/server-time.ts";
import {
  findPullRequest,
  type PullRequestPlace,
} from "../../operations/preview/find-pull-request.ts";
import { previewStack } from "../../operations/preview/preview-stack.ts";
import { previewText } from "../../report/preview/preview-text.ts";
import {
  commentMarker,
  longestComment,
  renderComment,
} from "../../report/preview/render-comment.ts";
import { failedPreview, type StackPreview } from "../../operations/preview/stack-preview.ts";
import { withFleetOf } from "../../operations/preview/with-fleet-of.ts";
import { writeComment } from "../../operations/preview/write-comment.ts";
import { printableLines } from "../../printable.ts";
import { withPats } from "../../stack/with-pats.ts";
import { findStackFleet } from "../../stack/find-fleet.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { commandPlace, commandStacks } from "../stacks/open-command-stacks.ts";
import { assertApart } from "../stacks/assert-apart.ts";
import { policyPacks } from "../stacks/policy-packs.ts";
import { takeCommentToken } from "../stacks/take-comment-token.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";
import type { PreviewDocument } from "../terminal/json-documents.ts";

export interface PreviewCommand {
  readonly comment?: boolean;
  readonly plan?: string;
  /** A checkout of the pull request; only the stacks' files in it are read. */
  readonly head?: string;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly policyPackConfig?: string;
}

const [failed, misused, refused] = [1, 2, 3];
const exitCodes = { ready: 0, failed, refused };

/**
 * `ghcr-fleet preview`: what an update of the stacks would change. Neither a stack that fails nor a
 * comment that GitHub refuses stops the others. The process ends with 3 where a mandatory rule is
 * broken or the removal rule refuses, with 1 where something failed, with 2 where a stack is named or
 * configured wrongly, the PAT does not fit, or the admin token lacks rights, and nothing else failed.
 *
 * @throws {UsageError} no stack is named, or there is no pull request to comment on
 */
export async function preview(names: readonly string[], options: PreviewCommand): Promise<void> {
  // A plan is applied on another day: the program leaves open what changes with time.
  if (options.plan !== undefined) process.env["GHCR_FLEET_PLAN"] = "1";
  const place = await commandPlace(process.cwd());
  const stacks = await commandStacks(place, names);
  if (options.plan !== undefined && stacks.length > 1) {
    throw new UsageError("a plan is for one stack: name one, or leave out --plan");
  }
  await assertOutputs({
    "--json": options.json ? "-" : undefined,
    "--markdown": options.markdown,
    "--plan": options.plan,
  });
  const printsText = !options.json && !isStandardOutput(options.markdown);
  const pullRequest = options.comment ? await pullRequestOfRun(place, stacks) : undefined;
  const previews: StackPreview[] = [];
  const opened: OpenStack[] = [];
  const codes = new Set<number>();
  for (const stack of stacks) {
    const [result, code] = await previewOne(place, stack, options, opened);
    codes.add(code);
    previews.push(result);
    // Wrong configuration is reported as by every other verb.
    if (code === misused && result.missingRights.length === 0)
      printNote(printableLines(result.failures.join("\n")));
    else if (printsText) printText(previewText(result, colors));
    if (pullRequest && !(await comment(pullRequest, result))) codes.add(failed);
  }
  if (options.json) {
    printJson({ version: 1, stacks: previews } satisfies PreviewDocument);
  }
  if (options.markdown !== undefined) {
    const texts = previews.map((each) => renderComment(each));
    await writeOutput(options.markdown, `${texts.join("\n\n")}\n`);
  }
  process.exitCode = [refused, failed, misused].find((code) => codes.has(code)) ?? 0;
}

/** In a workflow run, the API is that of GITHUB_API_URL; elsewhere that of the first stack. */
async function pullRequestOfRun(
  place: StackPlace,
  [first = ""]: readonly string[],
): Promise<PullRequestPlace> {
  const GHCR_FLEET_COMMENT_TOKEN = takeCommentToken();
  const ofRun = process.env["GITHUB_API_URL"];
  const [stack] = ofRun === undefined ? await openStacks(place, [first]) : [];
  const GITHUB_API_URL = ofRun ?? stack?.connection.baseUrl;
  try {
    return findPullRequest({ ...process.env, GITHUB_API_URL, GHCR_FLEET_COMMENT_TOKEN });
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message) : error;
  }
}

/**
 * @param earlier the stacks before this one, which is added
 * @returns the preview, and the exit code for it
 */
async function previewOne(
  place: StackPlace,
  name: string,
  options: PreviewCommand,
  earlier: OpenStack[],
): Promise<[StackPreview, number]> {
  try {
    const result = await withProgress(`${name}: previewing`, () =>
      options.head === undefined
        ? openAndPreview(place, name, options, earlier, [])
        : withFleetOf(options.head, { folder: place.folder, stack: name }, (untried) =>
            openAndPreview(place, name, options, earlier, untried),
          ),
    );
    const isUnable = result.outcome === "failed" && result.missingRights.length > 0;
    return [result, isUnable ? misused : exitCodes[result.outcome]];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [failedPreview(name, error.message), error instanceof UsageError ? misused : failed];
  }
}

async function openAndPreview(
  place: StackPlace,
  name: string,
  { plan, policyPackConfig, comment }: PreviewCommand,
  earlier: OpenStack[],
  untried: readonly string[],
): Promise<StackPreview> {
  const packs = await policyPacks(policyPackConfig);
  const [stack] = await openStacks(place, [name]);
  if (!stack) throw new Error(`the stack ${name} was not opened`);
  await assertApart([...earlier, stack]);
  earlier.push(stack);
  const withheld = !hasPat(stack, place) || place.environment[withoutPat] === "1";
  if (withheld) stack.engine.environment[withoutPat] = "1";
  const github = createGitHubClient({ ...stack.connection, onWait: printNote });
  // First of all, because the engine waits in silence when GitHub does not answer.
  const now = new Date(await readServerTime(github));
  const result = await previewStack(stack, {
    github,
    stored: new StoredTexts(place.environment),
    ...packs,
    withheld,
    plan: plan === undefined ? undefined : resolve(plan),
    untried,
    isForOthers: (comment ?? false) || plan !== undefined,
    now,
  });
  // The program failed because of the configuration, or for another reason.
  if (result.outcome === "failed" && result.missingRights.length === 0) {
    await findStackFleet(github, stack).catch(throwUsageError);
    if (!withheld) await assertPatFits(stack, place);
  }
  return result;
}

/** @throws {UsageError} the reasons against the publishing PAT, each with where it comes from */
async function assertPatFits(stack: OpenStack, place: StackPlace): Promise<void> {
  const { settings, connection, patSources } = stack;
  const { pat } = await withPats(stack, place, ["pat"]);
  if (pat === undefined) return;
  const from = patSources.pat ? describePatSource(patSources.pat) : "ghcr-fleet:pat";
  const named = (reason: string) =>
    reason.replace(/\bthe (?:publishing PAT|token)\b/, `the publishing PAT (from ${from})`);
  const { baseUrl } = connection;
  const github = createGitHubClient({ baseUrl, token: pat, onWait: printNote });
  try {
    const token = await inspectToken(github, pat);
    const rules = { owner: settings.username, maxDays: settings.maxTokenDays };
    const reasons = judgeToken(github.host, token, rules);
    if (reasons.length > 0) throw new UsageError(reasons.map(named).join("\n"));
  } catch (error) {
    if (error instanceof DeadToken) throw new UsageError(named(error.message));
    // What else failed is in the preview already.
    throwUsageError(error);
  }
}

function throwUsageError(error: unknown): void {
  if (error instanceof UsageError) throw error;
}

/** A variable that is not set means that this preview is not to have the PAT. */
function hasPat({ pat, patSources }: OpenStack, { environment }: StackPlace): boolean {
  const source = patSources.pat;
  return source && "env" in source
    ? Boolean(environment[source.env])
    : (source ?? pat) !== undefined;
}

/** The program, the provider's resources and the policy pack read it. */
const withoutPat = "GHCR_FLEET_WITHOUT_PAT";

/** @returns whether GitHub accepted it */
async function comment(pullRequest: PullRequestPlace, result: StackPreview): Promise<boolean> {
  const github = createGitHubClient({ ...pullRequest, onWait: printNote });
  const marker = commentMarker(result.stack);
  // A failed run leaves the comment of an earlier one in place: so each comment names its commit.
  const { commit } = pullRequest;
  const end = commit === undefined ? "" : `\n\nFor commit ${commit}.`;
  const body = `${renderComment(result, longestComment - end.length)}${end}`;
  try {
    const { url, updated } = await writeComment(github, pullRequest, marker, body);
    printNote(`${updated ? "updated" : "wrote"} ${url}`);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    printNote(error.message);
    return false;
  }
}
