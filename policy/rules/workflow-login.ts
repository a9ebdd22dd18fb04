import type { WorkflowRule } from "../model/rule.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import {
  demandsFailureOf,
  expressionsIn,
  normalised,
  parseExpression,
  readsOf,
  soleExpression,
} from "../workflow/language/expressions.ts";
import { mayWritePackages } from "../workflow/may-write-packages.ts";
import {
  actionLogins,
  foreignLogin,
  loginAction,
  logsInByScript,
  passedLogin,
  servesOthers,
  textsInReach,
} from "../workflow/ghcr-logins.ts";
import { givenName, givenToScript } from "../workflow/given-passwords.ts";
import {
  inheritsSecrets,
  isForPush,
  isIdle,
  localCallsOf,
  loginJobsOf,
  publishersOf,
  type LocalCall,
} from "../workflow/publishers.ts";
import { inputOf } from "../workflow/step-input.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";
import { runsAction } from "../workflow/language/uses.ts";
import type { Callee, Job, Step, Workflow, WorkflowFinding } from "../workflow/workflow.ts";
import { textOf } from "../workflow/language/yaml-nodes.ts";

const fallback = "secrets.GITHUB_TOKEN";

/**
 * `A || B` tests only whether the secret exists: without it the job's own token publishes; with an
 * invalid one, only a second login does.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
 */
export const workflowLoginFallback: WorkflowRule<SecretNames> = {
  kind: "workflow",
  id: "workflow-login-fallback",
  level: "mandatory",
  severity: "high",
  description:
    "The first login to ghcr.io uses exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN, and each further one secrets.GITHUB_TOKEN, only after a failure or to pull for a pull request of the repository itself.",
  remediation:
    "Log in with a username and `password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}`; `ghcr-fleet repair` writes it, or says where you have to.",
  source:
    "https://docs.github.com/en/packages/managing-github-packages-using-github-actions-workflows/publishing-and-installing-a-package-with-github-actions",
  sees: "Jobs that log in to ghcr.io and push: in files that people write, by an action or by a script; in files that the fleet writes, with docker/login-action only. A job that calls a reusable workflow of its own repository which publishes must pass the secret, unless the inputs that it gives turn every login off. Where that workflow, or an action of the repository, takes its password under another name, its callers must give the credential itself. A workflow in another repository is judged there, because GitHub refuses secrets that it does not declare; those of docker/github-builder and slsa-github-generator must get the credential itself. Jobs that only pull are not judged, unless they ask for packages: write themselves, or their workflow does and they run a script or a target of the repository, which may push.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(workflow, { secretNames }) {
    if (workflow.managed) yield* judgeTemplate(workflow, secretNames);
    else yield* judgeOwn(workflow, secretNames);
  },
};

/** A file that the fleet writes has only one way to log in. */
function* judgeTemplate(
  workflow: Workflow,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const { role, jobs, yaml, root } = workflow;
  for (const job of jobs) yield* judgeJob(workflow, job, secretNames);
  if (role === "other") return;
  const publishers = jobs.filter((job) => {
    // A call whose token may not write packages publishes nothing, unless no call of the file may.
    if (job.uses) return mayWritePackages(yaml, root, job.node);
    const otherwise = (step: Step) =>
      logsInByScript(workflow, job, step) || foreignLogin(workflow, job, step).length > 0;
    return actionLogins(workflow, job).length > 0 || job.steps.some(otherwise);
  });
  const asked = (publishers.length > 0 ? publishers : jobs).filter(({ uses }) => uses);
  for (const job of asked) yield* judgeCall(workflow, job, secretNames);
  if (publishers.length === 0 && asked.length === 0)
    yield { line: 1, must: "log in to ghcr.io before it pushes" };
}

/** A file that people write may log in in any way, but with the wanted credential. */
function* judgeOwn(workflow: Workflow, secretNames: readonly string[]): Iterable<WorkflowFinding> {
  for (const job of workflow.isForPush ? loginJobsOf(workflow) : publishersOf(workflow)) {
    const logins = actionLogins(workflow, job);
    for (const step of logins) yield* judgeActionLogin(workflow, job, step, logins, secretNames);
    for (const step of job.steps) {
      const credentials = logsInByScript(workflow, job, step)
        ? textsInReach(workflow, job, step).flatMap(expressionsIn)
        : foreignLogin(workflow, job, step).flatMap(expressionsIn);
      if (credentials.length === 0 && !logsInByScript(workflow, job, step)) continue;
      const given = workflow.isCalled ? givenToScript(workflow, job, step) : undefined;
      if (given !== undefined && !secretNames.includes(given)) continue;
      if (!credentials.some((each) => isWanted(each, secretNames)))
        yield { line: step.line, must: `log in to ghcr.io with ${wantedText(secretNames)}` };
    }
  }
  for (const job of workflow.jobs) {
    const passed = passedLogin(workflow, job);
    const name = givenName(workflow, soleExpression(textOf(passed)) ?? "");
    const isGiven = workflow.isCalled && name !== undefined && !secretNames.includes(name);
    if (
      !passed ||
      isGiven ||
      expressionsIn(textOf(passed) ?? "").some((each) => isWanted(each, secretNames))
    )
      continue;
    yield {
      line: workflow.lineOf(passed),
      must: `log in to ghcr.io with ${wantedText(secretNames)}`,
    };
  }
  const called = new Map(workflow.callees?.map((callee) => [callee.path, callee]));
  for (const call of localCallsOf(workflow)) {
    const { job, path } = call;
    const callee = called.get(path);
    if (!callee || !isForPush(workflow, call, callee) || isIdle(workflow, call, callee)) continue;
    const renamed = callee.passwords.filter((name) => !secretNames.includes(name));
    for (const name of renamed) yield* judgeGiven(workflow, call, callee, name, secretNames);
    const needsSecret = callee.hasOwnPassword || renamed.length < callee.passwords.length;
    if (!job.uses || !needsSecret || inheritsSecrets(workflow, job)) continue;
    const declared = secretNames.filter((name) => callee.secrets.includes(name));
    if (declared.length > 0) yield* judgeCall(workflow, job, declared);
    else
      yield {
        line: job.line,
        must: `call a workflow that declares ${secretNames.join(" or ")}: ${safeToPrint(path) ?? "the file that it calls"} publishes, and declares none`,
      };
  }
}

function* judgeActionLogin(
  workflow: Workflow,
  job: Job,
  step: Step,
  logins: readonly Step[],
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const password = inputOf(workflow, step, "password");
  if (isWantedOrGiven(workflow, soleExpression(password) ?? "", secretNames)) return;
  if (servesOthers(workflow, job, step) && chooses(password, secretNames)) return;
  const first = logins[0];
  if (first && first !== step && isOwnToken(password) && failedFirst(workflow, first, step)) return;
  const must = `log in to ghcr.io with ${wantedText(secretNames)} as the password`;
  yield { line: lineOfInput(workflow, step, "password"), must };
}

/**
 * A called file may take its password under another name: then its callers must give the wanted credential.
 * Where they give none, it cannot log in, or takes the job's token by itself.
 */
function* judgeGiven(
  workflow: Workflow,
  { job, line, given }: LocalCall,
  { preset }: Callee,
  name: string,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const { yaml, lineOf } = workflow;
  const password = yaml.find(given, name);
  const isLeft = preset.includes(name) || (job.uses && inheritsSecrets(workflow, job));
  if (!password && !isLeft) return;
  if (isWantedOrGiven(workflow, soleExpression(textOf(password)) ?? "", secretNames)) return;
  yield {
    line: password ? lineOf(password) : line,
    must: `give ${wantedText(secretNames)} as ${name}, the password of the file that it calls`,
  };
}

/** Whether a password is the wanted credential, or what the callers of the file give, who are judged themselves. */
function isWantedOrGiven(
  workflow: Workflow,
  expression: string,
  secretNames: readonly string[],
): boolean {
  const name = workflow.isCalled ? givenName(workflow, expression) : undefined;
  const isGiven = name !== undefined && !secretNames.includes(name);
  return isGiven || isWanted(expression, secretNames);
}

/** Whether the credential for several registries contains both of the wanted ones among its choices. */
function chooses(password = "", secretNames: readonly string[]): boolean {
  const paths = expressionsIn(password)
    .flatMap((each) => readsOf(parseExpression(each)))
    .map(({ path }) => path.join("."));
  return (
    secretNames.some((name) => paths.includes(`secrets.${name.toLowerCase()}`)) &&
    ownTokens.some((token) => paths.includes(token))
  );
}

const ownTokens = ["secrets.github_token", "github.token"];

function isOwnToken(password: string | undefined): boolean {
  return ownTokens.includes((soleExpression(password) ?? "").toLowerCase());
}

function failedFirst({ yaml }: Workflow, first: Step, step: Step): boolean {
  const condition = textOf(yaml.at(step.node, "if")) ?? "";
  const id = textOf(yaml.at(first.node, "id"));
  return id !== undefined && demandsFailureOf(id, soleExpression(condition) ?? condition);
}

/** Both names of the job's own token stand for the same token. */
function isWanted(expression: string, secretNames: readonly string[]): boolean {
  const written = normalised(expression).toLowerCase();
  return secretNames.some((name) =>
    ownTokens.some((token) => written === `secrets.${name} || ${token}`.toLowerCase()),
  );
}

function wantedText(secretNames: readonly string[]): string {
  return `exactly ${secretNames.map((name) => `secrets.${name} || ${fallback}`).join(", or ")}`;
}

function* judgeJob(
  workflow: Workflow,
  job: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  for (const step of job.steps) {
    if (logsInByScript(workflow, job, step))
      yield {
        line: step.line,
        must: "log in to ghcr.io with docker/login-action, not in a script",
      };
    if (foreignLogin(workflow, job, step).length > 0)
      yield {
        line: step.line,
        must: runsAction(step, loginAction)
          ? "log in to ghcr.io with registry, not with registry-auth"
          : "log in to ghcr.io with docker/login-action, and with no other action",
      };
  }
  const [first, ...further] = actionLogins(workflow, job);
  if (!first) return;
  yield* judgeFirstLogin(workflow, first, secretNames);
  if (further.length > 0 && !continuesOnError(workflow, first))
    yield {
      line: first.line,
      must: "have continue-on-error: true at the first login, or no other login is reached",
    };
  for (const login of further) yield* judgeFurtherLogin(workflow, first, login);
}

function* judgeFirstLogin(
  workflow: Workflow,
  step: Step,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const password = inputOf(workflow, step, "password");
  const wanted = secretNames.map((name) => `secrets.${name} || ${fallback}`);
  if (!wanted.includes(soleExpression(password) ?? "")) {
    const must = `log in first with ${wantedText(secretNames)} as the password`;
    yield { line: lineOfInput(workflow, step, "password"), must };
  }
  yield* judgeUsername(workflow, step);
}

function* judgeUsername(workflow: Workflow, step: Step): Iterable<WorkflowFinding> {
  const username = (inputOf(workflow, step, "username") ?? "").trim();
  if (username === "" || soleExpression(username) === "''")
    yield { line: step.line, must: "log in with a username" };
}

function* judgeFurtherLogin(
  workflow: Workflow,
  first: Step,
  step: Step,
): Iterable<WorkflowFinding> {
  if (soleExpression(inputOf(workflow, step, "password")) !== fallback) {
    const must = `use ${fallback} as the password of any further login`;
    yield { line: lineOfInput(workflow, step, "password"), must };
  }
  yield* judgeUsername(workflow, step);
  if (!failedFirst(workflow, first, step) && !isForPulls(workflow, step))
    yield {
      line: step.line,
      must: "log in once more only if the first login failed, by its outcome",
    };
}

/**
 * A login that only pulls base images: not for pushes, and not for pull requests of forks, whose files are
 * those of strangers.
 */
function isForPulls({ yaml }: Workflow, { node }: Step): boolean {
  const condition = textOf(yaml.at(node, "if")) ?? "";
  return normalised(soleExpression(condition) ?? condition) === normalised(pullCondition);
}

const pullCondition =
  "github.event_name == 'merge_group' || github.event.pull_request.head.repo.full_name == github.repository";

function continuesOnError({ yaml }: Workflow, { node }: Step): boolean {
  return (textOf(yaml.at(node, "continue-on-error")) ?? "false") !== "false";
}

function lineOfInput({ yaml, lineOf }: Workflow, { node, line }: Step, name: string): number {
  const input = yaml.find(yaml.at(node, "with"), name);
  return input ? lineOf(input) : line;
}

function* judgeCall(
  { yaml }: Workflow,
  { node, line }: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const passed = secretNames.some(
    (name) =>
      soleExpression(textOf(yaml.find(yaml.at(node, "secrets"), name))) === `secrets.${name}`,
  );
  if (!passed)
    yield { line, must: `pass ${secretNames.join(" or ")} to the workflow that it calls` };
}
