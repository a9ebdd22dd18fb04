import { actionName, loginActions } from "./action-logins.ts";
import { judgeCredential, type SecretNames } from "./credential.ts";
import { judgeRegistry, loginsOf, type Login, type Target } from "./logins.ts";
import { packagesGrant } from "./permissions.ts";
import { namesRegistry, pushesOf, type Push } from "./pushes.ts";
import { inputOf, type Job, type Step } from "./repository.ts";
import { commandsOf, unquoted } from "./script/shell-commands.ts";
import { expandVariables } from "./script/variables.ts";
import { textOf } from "./yaml-reader.ts";

/** What a job does with the registry. */
export interface JobReading {
  readonly job: Job;
  readonly logins: readonly Login[];
  readonly pushes: readonly Push[];
  /** Whether it publishes: "unknown" where it logs in and then runs programs that may push. */
  readonly publishes: "yes" | "no" | "unknown";
}

export function readJob(
  target: Target,
  names: SecretNames,
  job: Job,
  logins: readonly Login[] = loginsOf(target, job),
): JobReading {
  const pushes = pushesOf(target, job);
  return { job, logins, pushes, publishes: judgePublishing(target, names, job, logins, pushes) };
}

function judgePublishing(
  target: Target,
  names: SecretNames,
  job: Job,
  logins: readonly Login[],
  pushes: readonly Push[],
): JobReading["publishes"] {
  const grant = packagesGrant(job);
  const certain = pushes.filter(({ sure }) => sure);
  if (certain.some((push) => namesRegistry(target, push)) || logins.some((login) => login.pushes))
    return "yes";
  const onlyToken = grant.kind === "lacking" && !logins.some((login) => isOwnSecret(names, login));
  if (certain.length > 0)
    return onlyToken && mayMoveToCloud(target, job, certain) ? "unknown" : "yes";
  // A job that asks for it itself, or has a token of its own, is there to push.
  if (grant.kind === "write" && grant.ofJob) return "yes";
  if (pushes.length === 0) return "no";
  if (grant.kind === "write" || logins.some((login) => isOwnSecret(names, login))) return "yes";
  return textOfLevel(grant) === "read" ? "no" : "unknown";
}

/** What logs in to the registry of a cloud. */
const cloudLogin =
  /\bconfigure-docker\b|\becr get-login|\bacr login\b|^(?:google-github-actions\/auth|aws-actions\/amazon-ecr-login|azure\/login)@/i;
const cloudHost = /\.(?:amazonaws\.com|azurecr\.io|pkg\.dev)\b|(?<![\w-])gcr\.io\b/i;

/** Whether a job pulls an image from the registry before it pushes, and logs in to that of a cloud, which runs it. */
function mayMoveToCloud(target: Target, job: Job, pushes: readonly Push[]): boolean {
  const isCloud = (step: Step) => {
    const action = loginActions[actionName(step.uses?.value ?? "")];
    const registry = action && textOf(inputOf(step, action.registry));
    const text = step.uses?.value ?? step.run?.value ?? "";
    return cloudLogin.test(text) || cloudHost.test(registry ?? step.run?.value ?? "");
  };
  const end = job.steps.findIndex((step) => pushes.some((push) => push.step === step)) + 1;
  return job.steps.slice(0, end).some((step) => pullsFrom(target, step)) && job.steps.some(isCloud);
}

/** Whether a script pulls an image of the registry, or copies one from it. */
function pullsFrom(target: Target, step: Step): boolean {
  const commands = commandsOf(step.run?.value ?? "") ?? [];
  return commands.some(({ words }) => {
    const plain = words.map(unquoted);
    const at = plain.findIndex((word) => /^(?:pull|copy|cp)$/.test(word));
    const sources = at < 0 ? [] : plain.slice(at + 1, plain[at] === "pull" ? undefined : -1);
    return sources.some(
      (word) => judgeRegistry(target, step, expandVariables(step, word)) === "sure",
    );
  });
}

function textOfLevel(grant: ReturnType<typeof packagesGrant>): string | undefined {
  return grant.kind === "lacking" && grant.level ? String(grant.level.value) : undefined;
}

function isOwnSecret(names: SecretNames, { credential }: Login): boolean {
  const text = credential?.node.value.slice(credential.from, credential.to) ?? "";
  const { kind } = judgeCredential(text, { names, declared: new Set() });
  const mentions = [names.secret, ...names.replaced].some((name) =>
    text.toLowerCase().includes(`secrets.${name.toLowerCase()}`),
  );
  return mentions && (kind === "right" || kind === "replaceable");
}
