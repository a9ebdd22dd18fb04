import { clipped, count, day, minute } from "../../format-text.ts";
import type { Credential, FileStatus, FleetStatus, RepositoryStatus, Run } from "./fleet-status.ts";

/** What can cross a threshold, in the order of the report. */
export const statusChecks = [
  "token",
  "days-left",
  "credential",
  "shadowed",
  "overwritten",
  "shared",
  "age",
  "files",
  "ci",
  "release",
  "package",
  "unread",
] as const;

export type StatusCheck = (typeof statusChecks)[number];

export interface Thresholds {
  /** The minimum number of days that the token must still be valid. */
  readonly minDays: number;
  /** The maximum number of days since the secret was written; unlimited if absent. */
  readonly maxAge: number | undefined;
  /** Checks that do not count. */
  readonly ignore: ReadonlySet<StatusCheck>;
}

/** A threshold that is crossed. */
export interface Crossing {
  readonly check: StatusCheck;
  /** `problem`: images do not arrive, or not with the declared credential. `warning`: this may happen later. */
  readonly severity: "problem" | "warning";
  /** Null where it is about the whole fleet. */
  readonly repository: string | null;
  /** What several repositories may share, where it is known. */
  readonly cause: CrossingCause | null;
  /** What was found, without the repository's name. */
  readonly text: string;
  /** The page to open, where there is one. */
  readonly url: string | null;
}

export type CrossingCause =
  NonNullable<Run["why"]>["cause"] | "not-merged" | "declined" | "second-publisher";

/** Every threshold that a fleet's status crosses: the fleet's own first, then by repository. */
export function judgeStatus(status: FleetStatus, thresholds: Thresholds): Crossing[] {
  const crossings = [
    ...judgeToken(status, thresholds),
    ...judgeShared(status),
    ...status.findings.map(({ text, url }) => crossing("unread", null, text, url)),
    ...status.repositories.flatMap((repository) => [
      ...judgeCredential(repository, status, thresholds),
      ...judgeFiles(repository),
      ...judgeRuns(repository),
      ...judgePackage(repository),
      ...repository.findings.map(({ text, url }) => crossing("unread", repository.name, text, url)),
    ]),
  ];
  return crossings.filter(({ check }) => !thresholds.ignore.has(check));
}

const problems: ReadonlySet<StatusCheck> = new Set([
  "token",
  "credential",
  "overwritten",
  "ci",
  "release",
]);

function crossing(
  check: StatusCheck,
  repository: string | null,
  text: string,
  url: string | null = null,
  cause: CrossingCause | null = null,
): Crossing {
  const severity = problems.has(check) ? "problem" : "warning";
  return { check, severity, repository, cause, text, url };
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

/** One cause is one finding, however many repositories it affects. */
function judgeShared({ differences }: FleetStatus): Crossing[] {
  return differences.map(({ kind, text }) => crossing(sharedChecks[kind], null, text));
}

const sharedChecks = {
  "secret-overwritten": "overwritten",
  "secret-deleted": "credential",
  "secret-widened": "shared",
  "secret-narrowed": "shared",
  "variable-changed": "shared",
  "file-edited": "shared",
  "file-deleted": "shared",
  "tag-moved": "shared",
  "permissions-widened": "shared",
  "permissions-narrowed": "shared",
  "repository-gone": "shared",
} as const;

function judgeCredential(
  repository: RepositoryStatus,
  { secret, differences }: FleetStatus,
  { maxAge }: Thresholds,
): Crossing[] {
  const { name, url, credential, declaredCredential = secret.scope } = repository;
  const page = `${url}/settings/secrets/actions`;
  if (declaredCredential === "job-token") return judgeStray(repository, secret.name, page);
  const isShared = (wanted: string) => differences.some(({ kind }) => kind === wanted);
  switch (credential.state) {
    case "unknown":
      // The findings report it.
      return [];
    case "absent":
      if (isShared("secret-deleted")) return [];
      return [crossing("credential", name, `no secret ${secret.name} reaches it`, page)];
    case "present": {
      const found: Crossing[] = [];
      if (!credential.declared) {
        const declared = { name: secret.name, scope: declaredCredential };
        found.push(judgePlace(name, credential, declared, page));
      }
      const isOfFleet = credential.scope === "organization" && isShared("secret-overwritten");
      if (credential.writtenByStack === false && !isOfFleet) {
        const text = `${secret.name} was overwritten on ${day(credential.updatedAt)}, not by the stack`;
        found.push(crossing("overwritten", name, text, page));
      }
      if (maxAge !== undefined && credential.ageDays > maxAge) {
        const text = `${secret.name} is ${count(credential.ageDays, "day")} old, more than ${maxAge}`;
        found.push(crossing("age", name, text, page));
      }
      return found;
    }
  }
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
  return [crossing("shadowed", name, text, page)];
}

function judgePlace(
  name: string,
  { scope, shadows }: Extract<Credential, { state: "present" }>,
  secret: Pick<FleetStatus["secret"], "name" | "scope">,
  page: string,
): Crossing {
  if (shadows.includes(secret.scope)) {
    const text = `a secret ${secret.name} of the ${scope} hides the one of the ${secret.scope}`;
    return crossing("shadowed", name, text, page);
  }
  const text = `${secret.name} comes from the ${scope}; the one of the ${secret.scope} does not reach it`;
  return crossing("credential", name, text, page);
}

function judgeFiles(repository: RepositoryStatus): Crossing[] {
  const { name, files } = repository;
  const isOff = files.some(({ state }) => state === "edited" || state === "missing");
  const offered = isOff ? judgeOffer(repository) : [];
  const rest = offered.length > 0 ? files.filter(({ state }) => state === "extra") : files;
  const own = rest.flatMap((file) => {
    const { path, state, url } = file;
    if (state === "in-sync" || (state === "extra" && !isDuplicate(file, files))) return [];
    if (state === "extra") {
      const text = `${fileName(path)} runs in addition to the fleet's file of that name`;
      return crossing("files", name, text, url, "second-publisher");
    }
    const text =
      state === "edited" && repository.workflows === "repair"
        ? notRepaired(repository, path)
        : `${fileName(path)} ${fileWords[state]}`;
    const who = state === "edited" ? lastChange(repository) : "";
    return crossing("files", name, `${text}${who}`, url);
  });
  return [...offered, ...own, ...secondPublishers(repository)];
}

/** What became of the pull request that brings the files. */
function judgeOffer({ name, pullRequests, declined }: RepositoryStatus): Crossing[] {
  const [waiting] = pullRequests;
  if (waiting) {
    return [
      crossing("files", name, `waits for merge #${waiting.number}`, waiting.url, "not-merged"),
    ];
  }
  if (!declined) return [];
  const text = `${declined.by ?? "somebody"} declined the change on ${day(declined.at)}`;
  return [crossing("files", name, text, declined.url, "declined")];
}

/** Workflows that push an image which the fleet's own workflow pushes, too. */
function secondPublishers({ name, files, workflows, publications }: RepositoryStatus): Crossing[] {
  if (workflows !== "template") return [];
  const ours = new Set(files.flatMap(({ path, state }) => (state === "extra" ? [] : [path])));
  const images = new Set(
    publications.filter(({ file }) => ours.has(file)).flatMap((each) => each.images),
  );
  const others = publications.filter(
    (each) => !ours.has(each.file) && each.images.some((image) => images.has(image)),
  );
  return [...new Set(others.map(({ file }) => file))].flatMap((path) => {
    const file = files.find((each) => each.path === path);
    if (file && isDuplicate(file, files)) return [];
    const image = others
      .find((each) => each.file === path)
      ?.images.find((each) => images.has(each));
    const text = `${fileName(path)} publishes ${image} beside the fleet's workflow; delete one of the two, or write workflows: repair`;
    return crossing("files", name, text, file?.url ?? null, "second-publisher");
  });
}

/** With the line of the login, where it is that. */
function notRepaired({ publications }: RepositoryStatus, path: string): string {
  const credentials = publications.flatMap((each) => each.credentials);
  const login = credentials.find(({ file, kind }) => file === path && kind !== "right");
  const place = login ? `${fileName(path)}:${login.line}` : fileName(path);
  return `${place} does not publish with the fleet's credential; the next update repairs it`;
}

const fileWords = {
  edited: "is not as rendered",
  missing: "is missing",
} as const;

/** Who changed the workflows last: of a file that differs, most often that change. */
function lastChange({ history: { changes } }: RepositoryStatus): string {
  const [last] = changes;
  if (!last) return "";
  return `; the last commit to the workflows is ${last.author}'s of ${day(last.at)}, "${clipped(last.headline, 60)}"`;
}

/** `ci.yaml` next to `ci.yml`: GitHub runs both. */
function isDuplicate({ path }: FileStatus, files: readonly FileStatus[]): boolean {
  const stem = path.replace(/\.ya?ml$/, "");
  return files.some((other) => other.state !== "extra" && other.path.startsWith(`${stem}.y`));
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
        return [crossing(workflow, name, text, stuck.url, stuck.why.cause)];
      }
      if (!last || last.conclusion === "success") return [];
      const why = last.why ? `: ${last.why.text}` : "";
      const text = `the last run of ${shown} ended with ${last.conclusion}${why}`;
      return [crossing(workflow, name, text, last.url, last.why?.cause ?? null)];
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
  return findings.flatMap(({ state, text, url }): Crossing[] => {
    if (state === "ok" || state === "pending") return [];
    const severity = state === "problem" ? "problem" : "warning";
    return [{ check: "package", severity, repository: name, cause: null, text, url }];
  });
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
