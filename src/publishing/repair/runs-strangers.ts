import { actionName } from "../read/action-logins.ts";
import { conditionsOf, isFalse, treeOf } from "../read/conditions.ts";
import { ownEvents } from "../read/events.ts";
import { expressionsIn, parseExpression, readsOf } from "../read/expressions.ts";
import {
  inputOf,
  jobOf,
  ownerOf,
  variableOf,
  type Job,
  type Repository,
  type Step,
} from "../read/repository.ts";
import { allCommandsOf } from "../read/script/shell-commands.ts";
import { expandVariables } from "../read/script/variables.ts";
import type { SourceFile } from "../read/source-file.ts";
import { textOf } from "../read/yaml-reader.ts";
import { callerOf } from "./credential-place.ts";

/** What GitHub says in a run with the repository's secrets that a stranger starts, by path, in lower case. */
type StrangersRun = Readonly<Record<string, string>>;

const fork = "fork/fork";
const own = "own/own";

/**
 * What a run may follow that a stranger starts, whatever the workflows say on this branch: a pull request
 * may bring one of the same name, which these start.
 */
const pullEvents = [
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
];

/** The runs that a stranger can start with this event. */
function runsOf(event: string): StrangersRun[] {
  const said = { "github.event_name": event, "github.repository": own };
  switch (event) {
    case "issue_comment":
      return [said];
    case "pull_request_target":
      return [
        {
          ...said,
          ...repositoryAt("github.event.pull_request.head.repo", fork),
          ...repositoryAt("github.event.pull_request.base.repo", own),
        },
      ];
    case "workflow_run":
      return pullEvents.map((before) => ({
        ...said,
        ...repositoryAt("github.event.workflow_run.head_repository", fork),
        "github.event.workflow_run.event": before,
      }));
    default:
      return [];
  }
}

function repositoryAt(path: string, name: string): StrangersRun {
  return { [`${path}.full_name`]: name, [`${path}.fork`]: String(name === fork) };
}

/** The runs that strangers start and that reach a job: directly, or by a job that calls its workflow. */
function strangersRuns(
  repository: Repository,
  job: Job,
  inner: ReadonlySet<SourceFile> = new Set(),
): StrangersRun[] {
  const { file } = job;
  if (inner.has(file)) return [];
  const callers = repository.callersOf(file);
  return [
    ...ownEvents(file).flatMap(runsOf),
    ...callers.flatMap((caller) => strangersRuns(repository, caller, new Set([...inner, file]))),
  ].filter((run) => mayRun(repository, job, run));
}

/** Conditions with these hold where a job that is needed was skipped, too. */
const goesOn = /\b(?:always|failure|cancelled)\s*\(/i;

function mayRun(
  repository: Repository,
  job: Job,
  run: StrangersRun,
  passed: ReadonlySet<Job> = new Set(),
): boolean {
  const { yaml } = job.file;
  const condition = textOf(yaml.at(job.node, "if")) ?? "";
  if (isOff(condition, run)) return false;
  if (goesOn.test(condition) || passed.has(job)) return true;
  const needs = yaml.at(job.node, "needs");
  const ids = [needs, ...yaml.items(needs)].map(textOf);
  return repository.jobs
    .filter(({ file, id }) => file === job.file && ids.includes(id))
    .every((needed) => mayRun(repository, needed, run, new Set([...passed, job])));
}

function isOff(condition: string, run: StrangersRun): boolean {
  // With a name of its own, the condition asks which repository this is.
  const isNamed = /'[\w.-]+\/[\w.-]+'/.test(condition);
  return isFalse(treeOf(condition), (path) => {
    const name = path.join(".");
    const text = isNamed && name === "github.repository" ? undefined : run[name];
    return text === undefined ? undefined : { text, isBoolean: /^(?:true|false)$/.test(text) };
  });
}

const fetchesPull = /\bgh pr checkout\b|\bpull\/\S+\/(?:head|merge)\b/;

/** Commands that bring the code of a commit, a branch or a repository that they are given. */
const fetches =
  /\bgit\s(?:.*\s)?(?:clone|fetch|pull|checkout|switch|reset|merge|rebase|cherry-pick|worktree|remote)\s|\bgh repo clone\s|\b(?:curl|wget)\s.*(?:archive|tarball|zipball|codeload|raw)\b/;

/** Actions that bring code, and their inputs that say which. */
const checkouts = /(?:^|[/-])(?:checkout|git-clone)(?:[/-]|$)/;
const chosen = ["ref", "repository", "branch", "commit", "sha"];

/** What the sender of a pull request or of a comment chooses. */
const theirs =
  /^github\.(?:head_ref$|event\.(?:pull_request(?!\.base(?:\.|$))|workflow_run\.(?:head_|pull_requests)|issue|comment|number$|after$))/;

/** An input may be handed on in a circle. */
const mostHops = 10;

/**
 * Whether a job may check out the files of a pull request although it has the repository's secrets.
 *
 * @see https://docs.github.com/en/actions/reference/security/secure-use#mitigating-the-risks-of-untrusted-code-checkout
 */
export function runsStrangers(repository: Repository, job: Job): boolean {
  return strangersRuns(repository, job).some((run) => {
    // What another step or job gives is mostly the commit of a pull request; after a run, a version.
    const asked = { repository, ifUnknown: run["github.event_name"] !== "workflow_run" };
    return job.steps
      .filter((step) => !conditionsOf(step).some(({ text }) => isOff(text, run)))
      .some((step) => fetchedBy(step).some((text) => isTheirs(asked, step, text)));
  });
}

/** The texts that say which code a step brings. */
function fetchedBy(step: Step): string[] {
  const script = step.run?.value ?? "";
  if (script !== "") {
    if (fetchesPull.test(script)) return ["refs/pull/"];
    const commands = allCommandsOf(script)?.map(({ words }) => words.map(({ text }) => text));
    const lines = commands?.map((words) => words.join(" ")) ?? [script];
    return lines
      .filter((line) => fetches.test(line))
      .map((line) => expandVariables(step, line).replaceAll(/\$\{?GITHUB_HEAD_REF\b/g, headRef));
  }
  const isCheckout = checkouts.test(actionName(step.uses?.value ?? ""));
  // A build may take its files from a repository.
  const context = textOf(inputOf(step, "context")) ?? "";
  const inputs = isCheckout ? chosen.map((name) => textOf(inputOf(step, name)) ?? "") : [];
  return /:\/\/|_url\b/.test(context) ? [...inputs, context] : inputs;
}

const headRef = () => "${{ github.head_ref }}";

interface Asked {
  readonly repository: Repository;
  /** The answer for what only the run knows. */
  readonly ifUnknown: boolean;
}

/** Whether somebody else may choose a text of a step, or of a job that calls a workflow. */
function isTheirs(asked: Asked, place: Step | Job, text: string, hops = mostHops): boolean {
  if (text.includes("refs/pull/")) return true;
  if (hops <= 0) return asked.ifUnknown;
  return expressionsIn(text)
    .flatMap(({ expression }) => readsOf(parseExpression(expression)))
    .some(({ path, shown }) => shown && readsTheirs(asked, place, path, hops));
}

function readsTheirs(
  asked: Asked,
  place: Step | Job,
  path: readonly string[],
  hops: number,
): boolean {
  const [context, name = "*"] = path;
  switch (context) {
    case "github":
      return theirs.test(path.join("."));
    case "inputs":
      return givenTexts(asked, place, name).some((given) =>
        isTheirs(asked, given.place, given.text, hops - 1),
      );
    case "env": {
      const found = "job" in place ? variableOf(place, name) : undefined;
      const text = textOf(found?.node);
      if (!found || text === undefined || !("job" in place)) return asked.ifUnknown;
      return isTheirs(asked, ownerOf(place, found.file), text, hops - 1);
    }
    case "steps":
    case "needs":
      return asked.ifUnknown;
    default:
      return false;
  }
}

/** What is given as an input; who starts a workflow by hand may write to the repository. */
function givenTexts(
  { repository }: Asked,
  place: Step | Job,
  name: string,
): { place: Step | Job; text: string }[] {
  const { file } = place;
  const step = callerOf(place);
  const preset = step && textOf(file.yaml.at(file.root, "inputs", name, "default"));
  const givers = step ? [step] : repository.callersOf(jobOf(place).file);
  return givers.map((giver) => ({
    place: giver,
    text: textOf(inputOf(giver, name)) ?? preset ?? "",
  }));
}
