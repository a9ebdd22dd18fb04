import { packagesGrant } from "./permissions.ts";
import { judgeCredential, type SecretNames } from "./credential.ts";
import { loginsOf, type Login, type Target } from "./logins.ts";
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
  return { job, logins, pushes, publishes: judgePublishing(names, job, logins, pushes) };
}

function judgePublishing(
  names: SecretNames,
  job: Job,
  logins: readonly Login[],
  pushes: readonly Push[],
): JobReading["publishes"] {
  if (pushes.some(({ sure }) => sure) || logins.some((login) => login.pushes)) return "yes";
  const grant = packagesGrant(job);
  // A job that asks for it itself, or has a token of its own, is there to push.
  if (grant.kind === "write" && grant.ofJob) return "yes";
  if (pushes.length === 0) return "no";
  if (grant.kind === "write" || logins.some((login) => isOwnSecret(names, login))) return "yes";
  return textOfLevel(grant) === "read" ? "no" : "unknown";
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
