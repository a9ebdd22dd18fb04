import { basename } from "node:path/posix";
import { clipped, count, day, listed, minute, waitsForMerge } from "../../format-text.ts";
import { describeUndeployed, writeEnvironment } from "../../publishing/deploys-to.ts";
import { crossing, type Crossing, type StatusCheck } from "./crossing.ts";
import { judgeDifferences } from "./judge-differences.ts";
import type { Credential, Difference, FleetStatus, RepositoryStatus, Run } from "./fleet-status.ts";

export interface Thresholds {
  /** The minimum number of days that the token must still be valid. */
  readonly minDays: number;
  /** The maximum number of days since the secret was written; unlimited if absent. */
  readonly maxAge: number | undefined;
  /** Checks that do not count. */
  readonly ignore: ReadonlySet<StatusCheck>;
}

/** Every threshold that a fleet's status crosses: the fleet's own first, then by repository. */
export function judgeStatus(status: FleetStatus, thresholds: Thresholds): Crossing[] {
  const changed = Map.groupBy(judgeDifferences(status), ({ repository }) => repository);
  const crossings = [
    ...judgeToken(status, thresholds),
    ...(changed.get(null) ?? []),
    ...status.findings.map(({ text, url }) => crossing("unread", null, text, { url })),
    ...status.repositories.flatMap((repository) => {
      const { name, findings } = repository;
      const own = status.differences.filter((each) => each.repository === name);
      const credential = judgeCredential(repository, own, status, thresholds);
      // A secret that moves waits for the pull request that brings the files.
      const isOfferSaid = credential.some(({ check }) => check === "files");
      return [
        ...(changed.get(name) ?? []),
        ...credential,
        ...judgeFiles(repository, own, isOfferSaid),
        ...judgeLeft(repository),
        ...judgeRuns(repository),
        ...judgePackage(repository),
        ...findings.map(({ text, url }) => crossing("unread", name, text, { url })),
      ];
    }),
  ];
  return crossings.filter(({ check }) => !thresholds.ignore.has(check));
}

function judgeToken({ token }: FleetStatus, { minDays }: Thresholds): Crossing[] {
  switch (token.state) {
    case "dead":
    case "unknown":
      return [crossing("token", null, token.reason)];
    case "unneeded":
      return [];
    case "live": {
      const refused = token.refusals.map((text) => crossing("token", null, text));
      const { daysLeft } = token;
      if (daysLeft === null || daysLeft >= minDays) return refused;
      const text = `the PAT of ${token.owner} has ${count(Math.max(0, daysLeft), "day")} left, fewer than ${minDays}; rotate it`;
      return [...refused, crossing("days-left", null, text)];
    }
  }
}

/** Leaves out what a difference explains already: one of `own`, or one of what all repositories share. */
function judgeCredential(
  repository: RepositoryStatus,
  own: readonly Difference[],
  { secret, differences, isTrial = false }: FleetStatus,
  { maxAge }: Thresholds,
): Crossing[] {
  const { name, url, credential, declaredCredential = secret.scope, visibility } = repository;
  const { applied = true } = repository;
  const page = `${url}/settings/secrets/actions`;
  const shared = differences.filter((each) => each.repository === null);
  const has = (found: readonly Difference[], ...kinds: Difference["kind"][]) =>
    found.some(({ kind }) => kinds.includes(kind));
  if (declaredCredential === "job-token") {
    const isKnown = has(own, "secret-shadowed") || has(shared, "secret-widened");
    return isKnown ? [] : judgeStray(repository, secret.name, page);
  }
  const isLost =
    has(own, "secret-deleted") ||
    (declaredCredential === "organization" &&
      (has(shared, "secret-deleted", "secret-narrowed") ||
        // Given to all private repositories, it reaches no public one.
        (visibility === "public" && has(shared, "secret-widened"))));
  switch (credential.state) {
    case "unknown":
      // The findings report it.
      return [];
    case "absent":
      if (isLost) return [];
      return [
        crossing("credential", name, `no secret ${secret.name} reaches it`, {
          url: page,
          cause: applied ? null : "not-applied",
        }),
      ];
    case "present": {
      const found = credential.declared ? judgeDeployment(repository, secret, page) : [];
      if (!credential.declared && !isLost && !has(own, "secret-shadowed")) {
        const declared = { ...secret, scope: declaredCredential };
        found.push(
          isTrial && credential.writtenByStack !== null && credential.scope === "repository"
            ? judgeTrial(repository, secret.name, page)
            : judgePlace(repository, credential, declared, page),
        );
      }
      if (maxAge !== undefined && credential.ageDays > maxAge) {
        const text = `${secret.name} is ${count(credential.ageDays, "day")} old, more than ${maxAge}`;
        found.push(crossing("age", name, text, { url: page }));
      }
      return found;
    }
  }
}

/** Whether the workflows that people write use the environment that has the secret. */
function judgeDeployment(
  { name, branch, declaredCredential, deploys, workflows: mode }: RepositoryStatus,
  secret: FleetStatus["secret"],
  page: string,
): Crossing[] {
  if (declaredCredential !== "environment" || deploys !== false || mode === "template") return [];
  const place = { name: secret.name, environment: environmentOf(secret) };
  const text = describeUndeployed(place, { branch, kept: undefined, mode });
  return [crossing("credential", name, text, { url: page, cause: "no-job" })];
}

function environmentOf({ environment }: FleetStatus["secret"]): string {
  return environment ?? "release";
}

/** With the job's own token, no secret of that name should reach it: workflows prefer it. */
function judgeStray(
  { name, credential }: RepositoryStatus,
  secret: string,
  page: string,
): Crossing[] {
  if (credential.state !== "present") return [];
  const next =
    credential.scope === "organization" ? "take it off that secret's list" : "delete that secret";
  const text = `a secret ${secret} of the ${credential.scope} reaches it, and it publishes with that one instead of the job's own token; ${next}, or write credential: pat`;
  return [crossing("shadowed", name, text, { url: page })];
}

function judgeTrial({ name }: RepositoryStatus, secret: string, page: string): Crossing {
  const text = `it has the new PAT in a secret ${secret} of its own, which the end of the rotation deletes`;
  return crossing("shadowed", name, text, { url: page, cause: "trial" });
}

function judgePlace(
  { name, pullRequests: [waiting], declined, deploys, workflows }: RepositoryStatus,
  { scope, shadows }: Extract<Credential, { state: "present" }>,
  secret: FleetStatus["secret"],
  page: string,
): Crossing {
  if (shadows.includes(secret.scope)) {
    const text = `a secret ${secret.name} of the ${scope} hides the one of the ${secret.scope}`;
    return crossing("shadowed", name, text, { url: page });
  }
  if (secret.scope === "environment") {
    const text = `${secret.name} stays that of the ${scope}`;
    if (waiting) {
      const { url } = waiting;
      const rest = `, and its move to the environment ${waitsForMerge(url)}`;
      return crossing("files", name, text + rest, { url, cause: "not-merged" });
    }
    if (declined) return judgeDeclined(name, declined, `; ${text}`);
    if (workflows !== "template" && deploys !== true) {
      const step = `${text}: ${writeEnvironment(environmentOf(secret))}`;
      const place = crossing("credential", name, step, { url: page, cause: "not-deployed" });
      return { ...place, severity: "warning" };
    }
    const rest =
      deploys === true
        ? " until the next update"
        : " until an update finds a job that deploys to the environment";
    const move = crossing("credential", name, text + rest, { url: page, cause: "not-moved" });
    return { ...move, severity: "warning" };
  }
  const text = `${secret.name} comes from the ${scope}; the one of the ${secret.scope} does not reach it`;
  return crossing("credential", name, text, { url: page });
}

/** Files that an update has not written yet; those that somebody changed since are differences. */
function judgeFiles(
  repository: RepositoryStatus,
  own: readonly Difference[],
  isOfferSaid: boolean,
): Crossing[] {
  const { name, files, applied = true } = repository;
  const isChanged = (path: string) => own.some(({ subject }) => subject === path);
  const off = files.filter(
    ({ path, state }) => (state === "edited" || state === "missing") && !isChanged(path),
  );
  if (off.length === 0) return [];
  const offered = judgeOffer(repository);
  if (offered.length > 0) return isOfferSaid ? [] : offered;
  return off.map(({ path, state, url }) => {
    if (!applied) {
      const text = beforeFirstUpdate(repository, path, state);
      return crossing("files", name, text, { url, cause: "not-applied" });
    }
    if (state === "missing")
      return crossing("files", name, `${basename(path)} is missing`, { url });
    const text =
      repository.workflows === "repair"
        ? notRepaired(repository, path)
        : `${basename(path)} is not as rendered`;
    return crossing("files", name, `${text}${lastChange(repository)}`, { url });
  });
}

/** What a repair cannot decide: until a person does, these places publish with another credential, or not at all. */
function judgeLeft({ name, unresolved, files }: RepositoryStatus): Crossing[] {
  const [first] = unresolved;
  if (!first) return [];
  const shown = (file: string) => file.replace(/^\.github\/workflows\//, "");
  const places = unresolved.map(({ file, line }) => `${shown(file)}:${line}`);
  const text = `left to a person: ${listed(places)}`;
  const url = files.find(({ path }) => path === first.file)?.url;
  return [crossing("left", name, text, url ? { url: `${url}#L${first.line}` } : {})];
}

function beforeFirstUpdate(
  repository: RepositoryStatus,
  path: string,
  state: RepositoryStatus["files"][number]["state"],
): string {
  if (repository.workflows === "repair") return notRepaired(repository, path);
  return state === "missing"
    ? `${basename(path)} is not there yet; the next update writes it`
    : `${basename(path)} is another file; the next update replaces it`;
}

/** What became of the pull request that brings the files. */
function judgeOffer({ name, pullRequests, declined }: RepositoryStatus): Crossing[] {
  const [waiting] = pullRequests;
  if (waiting) {
    const { url } = waiting;
    return [crossing("files", name, waitsForMerge(url), { url, cause: "not-merged" })];
  }
  return declined ? [judgeDeclined(name, declined)] : [];
}

function judgeDeclined(
  name: string,
  { by, at, url }: NonNullable<RepositoryStatus["declined"]>,
  rest = "",
): Crossing {
  const text = `${by ?? "somebody"} declined the change on ${day(at)}${rest}`;
  return crossing("files", name, text, { url, cause: "declined" });
}

/** With the line of the login, where it is that. */
function notRepaired({ publications }: RepositoryStatus, path: string): string {
  const credentials = publications.flatMap((each) => each.credentials);
  const login = credentials.find(({ file, kind }) => file === path && kind !== "right");
  const place = login ? `${basename(path)}:${login.line}` : basename(path);
  return `${place} does not publish with the fleet's credential; the next update repairs it`;
}

/** The last commit to the workflows, which most often is the one that changed the file. */
function lastChange({ history: { changes } }: RepositoryStatus): string {
  const [last] = changes;
  if (!last) return "";
  return `; the last commit to the workflows is ${last.author}'s of ${day(last.at)}, "${clipped(last.headline, 60)}"`;
}

function judgeRuns({ name, history }: RepositoryStatus): Crossing[] {
  return (["ci", "release"] as const).flatMap((workflow) => {
    const own = history.runs.filter((run) => run.workflow === workflow);
    return [...new Set(own.map(({ file }) => file))].flatMap((file) => {
      const last = lastDecided(
        own.filter((run) => run.file === file),
        workflow,
      );
      const [newest] = own.filter((run) => run.file === file);
      const shown = file ?? workflow;
      const stuck = newest?.conclusion === null ? newest : undefined;
      if (stuck?.why) {
        const text = `the run of ${shown} since ${minute(stuck.startedAt)} UTC has not started: ${stuck.why.text}`;
        return [crossing(workflow, name, text, { url: stuck.url, cause: stuck.why.cause })];
      }
      if (!last || last.conclusion === "success") return [];
      const why = last.why ? `: ${last.why.text}` : "";
      const text = `the last run of ${shown} ended with ${last.conclusion}${why}`;
      return [crossing(workflow, name, text, { url: last.url, cause: last.why?.cause ?? null })];
    });
  });
}

/** The newest run with a result: not one that is running, was replaced by a newer one, or had nothing to do. */
export function lastDecided(runs: readonly Run[], workflow: Run["workflow"]): Run | undefined {
  const isResult = (conclusion: string | null) =>
    conclusion !== null && !["cancelled", "skipped", "neutral", "stale"].includes(conclusion);
  return runs.find((run) => run.workflow === workflow && isResult(run.conclusion));
}

function judgePackage({ name, package: { findings } }: RepositoryStatus): Crossing[] {
  return findings.flatMap(({ subject, state, text, url }): Crossing[] => {
    if (state === "ok" || state === "pending") return [];
    const severity = state === "problem" ? "problem" : "warning";
    const cause = subject === "name" ? "unnamed" : url === null ? "no-page" : null;
    return [{ check: "package", severity, repository: name, cause, text, url }];
  });
}
