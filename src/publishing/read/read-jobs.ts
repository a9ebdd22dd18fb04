import { actionName, loginActions } from "./action-logins.ts";
import { judgeCredential, type SecretNames } from "./credential.ts";
import { loginsOf, type Login, type Target } from "./logins.ts";
import { packagesGrant } from "./permissions.ts";
import { pushesOf, type Push } from "./pushes.ts";
import type { Job } from "./repository.ts";

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
  { registry }: Target,
  names: SecretNames,
  job: Job,
  logins: readonly Login[],
  pushes: readonly Push[],
): JobReading["publishes"] {
  const grant = packagesGrant(job);
  const certain = pushes.filter(({ sure }) => sure);
  const isNamed = certain.some(({ images }) => images.some(({ host }) => host === registry));
  if (isNamed || logins.some((login) => login.pushes)) return "yes";
  const onlyToken = grant.kind === "lacking" && !logins.some((login) => isOwnSecret(names, login));
  // What is pulled with a token that may not push here can go to the other registry.
  if (certain.length > 0) return onlyToken && logsInElsewhere(job, logins) ? "unknown" : "yes";
  // A job that asks for it itself, or has a token of its own, is there to push.
  if (grant.kind === "write" && grant.ofJob) return "yes";
  if (pushes.length === 0) return "no";
  if (grant.kind === "write" || logins.some((login) => isOwnSecret(names, login))) return "yes";
  return textOfLevel(grant) === "read" ? "no" : "unknown";
}

const otherLogins =
  /\bconfigure-docker\b|\becr get-login|\bacr login\b|^(?:google-github-actions\/auth|aws-actions\/amazon-ecr-login|azure\/login)@/i;

function logsInElsewhere(job: Job, logins: readonly Login[]): boolean {
  return job.steps.some((step) => {
    const isLogin = loginActions[actionName(step.uses?.value ?? "")] !== undefined;
    const isOurs = logins.some((login) => login.step === step);
    return (isLogin && !isOurs) || otherLogins.test(step.uses?.value ?? step.run?.value ?? "");
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
