import { count, day, duration, listed } from "../../format-text.ts";
import type { BudgetEstimate } from "../../operations/budget/estimate-budget.ts";
import type {
  CredentialMove,
  CredentialPlace,
  Delivery,
  Drift,
  DriftedResource,
  FileChange,
  PropertyChange,
  ResourceChange,
  StackPreview,
  TokenOutlook,
} from "../../operations/preview/stack-preview.ts";

export function headline(preview: StackPreview): string {
  const { outcome, changes, rules, failures, missingRights, drift } = preview;
  switch (outcome) {
    case "failed":
      if (missingRights.length > 0) return "the admin token lacks rights, so an update would fail";
      return failures.length > 0 ? "the preview failed" : "the plan could not be saved";
    case "refused": {
      const broken = rules.filter(({ level }) => level === "mandatory").length;
      // The failure names the rule and the numbers.
      if (broken === 0) return "refused by the removal rule";
      return `refused, ${count(broken, "mandatory rule")} broken`;
    }
    case "ready":
      if (changes.length > 0) return changedWords(changes);
      return drift.judged && drift.resources.length > 0
        ? "nothing changes, except for drift"
        : "nothing changes";
  }
}

export function changedWords(changes: StackPreview["changes"]): string {
  const repositories = changes.filter(({ repository }) => repository !== undefined).length;
  const common = changes.find(({ repository }) => repository === undefined)?.resources ?? [];
  const shared = common.filter(({ files }) => files.length === 0).length;
  const parts = [
    ...(shared < common.length ? ["the shared workflow changes"] : []),
    ...(repositories > 0 ? [`${count(repositories, "repository")} ${verb(repositories)}`] : []),
    ...(shared > 0 ? [`${count(shared, "shared setting")} ${verb(shared)}`] : []),
  ];
  return parts.join(", ") || "nothing changes";
}

export function ruleWords({ rules, failures }: StackPreview): string {
  // A preview that failed on the way did not judge all of the fleet.
  if (failures.length > 0 && rules.length === 0) return "not judged";
  const broken = (["mandatory", "advisory"] as const).flatMap((wanted) => {
    const { length } = rules.filter(({ level }) => level === wanted);
    return length === 0 ? [] : [`${length} ${wanted}`];
  });
  return broken.length === 0 ? "no rule is broken" : `${broken.join(" and ")} broken`;
}

export function driftWords(drift: Drift): string {
  if (!drift.judged) return "not judged";
  const { length } = drift.resources;
  return length === 0 ? "none" : `${count(length, "resource")} changed outside of the stack`;
}

export function budgetWords({ writes, requests, graphqlPoints, seconds }: BudgetEstimate): string {
  const cost = `${count(writes, "write")}, ${count(requests, "request")}, ${count(graphqlPoints, "GraphQL point")}`;
  return writes === 0 ? "nothing to write" : `${cost}; at least ${duration(Math.max(1, seconds))}`;
}

export function tokenWords({ used, owner, expiresAt, daysLeft, withheld }: TokenOutlook): string {
  if (!used) return "none: every repository publishes with the job's own token";
  const known = owner === undefined ? "" : `of ${owner}${lifeWords(expiresAt, daysLeft)}`;
  if (!withheld) return known || "not known";
  return `not judged, its value is withheld here${known && `; the last update found one ${known}`}`;
}

function lifeWords(expiresAt: string | undefined, daysLeft: number | undefined): string {
  if (expiresAt === undefined || daysLeft === undefined) return "";
  const end = day(expiresAt);
  return daysLeft < 0 ? `, expired on ${end}` : `, ${count(daysLeft, "day")} left (until ${end})`;
}

function verb(number: number): string {
  return number === 1 ? "changes" : "change";
}

/** Files written by hand that would be overwritten: `api .github/workflows/ci.yml`. */
export function replacedFiles(changes: StackPreview["changes"]): string[] {
  return changes.flatMap(({ repository = "", resources }) =>
    resources.flatMap(({ files }) =>
      files
        .filter(({ kind }) => kind === "replaced")
        .map((file) => `${repository}: ${file.path}, written by hand (${fileWords(file)})`),
    ),
  );
}

/** "by a pull request to main, because ruleset "x" forbids a commit" */
export function deliveryWords(delivery: Delivery): string {
  const { by, branch } = delivery;
  switch (by) {
    case "commit":
      return `by a commit to ${branch}`;
    case "bypass":
      return `by a commit to ${branch} that bypasses ${delivery.why}, as the owner of the admin token may; delivery: pull-request opens a pull request`;
    case "pull-request":
      return `by a pull request to ${branch}, because of ${delivery.why}`;
    case "unknown":
      return `by a commit to ${branch}, or by a pull request if its rules forbid that (not known: ${delivery.why})`;
  }
}

/** "2 repositories stay at an earlier version of the shared workflow (api, web): `ghcr-fleet rollout acme --repin` moves them" */
export function leftBehindWords({ stack, leftBehind }: StackPreview): string[] {
  const { length } = leftBehind;
  if (length === 0) return [];
  const who = `${count(length, "repository")} ${length === 1 ? "stays" : "stay"}`;
  return [
    `${who} at an earlier version of the shared workflow (${listed(leftBehind, mostNames)}): \`ghcr-fleet rollout ${stack} --repin\` moves ${length === 1 ? "it" : "them"}`,
  ];
}

export function skippedWords(skipped: StackPreview["skipped"]): string[] {
  return Object.entries(skipped).map(([name, reason]) => `${name}: ${reason}`);
}

const verbs = {
  create: "new",
  update: "changed",
  replace: "replaced",
  delete: "removed",
  restore: "restored",
  release: "no longer managed, stays",
} as const;

/** "workflow files (changed, +3 −1)" */
export function resourceWords({ operation, what, properties, files }: ResourceChange): string {
  const isOther = operation !== "update" || files.length > 0 || !properties.some(isJobToken);
  if (!isOther && properties.every(isOfCredential)) return "credential (changed)";
  const isOfFiles = what === "logins in workflows" || what === "workflow files";
  const isRecorded = operation === "create" && files.length === 0 && isOfFiles;
  if (isRecorded) return `${what} (nothing to write)`;
  return `${what} (${[verbs[operation], ...lineCount(files)].join(", ")})`;
}

export function driftedWords({ what, kind, files }: DriftedResource): string {
  return `${what} (${[kind === "gone" ? "gone" : "changed", ...lineCount(files)].join(", ")})`;
}

/** "+3 −1" */
export function fileWords({ added, removed }: Pick<FileChange, "added" | "removed">): string {
  return `+${added} −${removed}`;
}

/**
 * What changes in a resource, or drifted, a line each; which repositories it reaches in three lines at most.
 *
 * @param credential where the repository's credential moves, which is shown for itself
 */
export function propertyWords(
  { what, properties }: Pick<ResourceChange, "what" | "properties">,
  credential?: CredentialMove,
): string[] {
  const isReach = ({ path }: PropertyChange) => path.startsWith(reach);
  const names = (changes: readonly PropertyChange[]) =>
    listed(
      changes.map(({ path }) => path.slice(reach.length)),
      mostNames,
    );
  const isMoving = credential !== undefined && properties.some(isJobToken);
  const reaching = properties.filter(isReach);
  const given = reaching.filter(({ before }) => before === undefined);
  const taken = reaching.filter(({ after }) => after === undefined);
  const others = reaching.filter((each) => !given.includes(each) && !taken.includes(each));
  return [
    ...(given.length > 0 ? [`${what} reaches ${names(given)}, too`] : []),
    ...(taken.length > 0 ? [`${what} no longer reaches ${names(taken)}`] : []),
    // Deleted and created again under the same name.
    ...(others.length > 0 ? [`${what} reaches ${names(others)} with another id`] : []),
    ...properties
      .filter((each) => !isReach(each) && !(isMoving && isOfCredential(each)))
      .map(oneProperty),
  ];
}

const reach = "repositories.";

function isJobToken({ path }: PropertyChange): boolean {
  return path === "jobToken";
}

/** The job's own token cannot be tried before a run, so the registry's answers change with it. */
function isOfCredential(change: PropertyChange): boolean {
  return isJobToken(change) || change.path.startsWith("packages.");
}

/** How many names of repositories are shown. */
export const mostNames = 20;

function oneProperty({ path, before, after }: PropertyChange): string {
  switch (path) {
    case "hash":
      return before === undefined || after === undefined ? "value: new" : "value: another one";
    case "jobToken":
      return after === "true" ? "publishes with the job's own token" : "publishes with the PAT";
    case "undeployed":
      return after === "true"
        ? "no job deploys to the environment that has the secret"
        : "a job deploys to the environment that has the secret";
  }
  const image = /^packages\.(.+)$/.exec(path)?.[1];
  const name = image === undefined ? (wordsFor[path] ?? path) : `push to ${image}`;
  if (before === undefined) return `${name}: ${shown(after)}, new`;
  return after === undefined
    ? `${name}: no longer ${shown(before)}`
    : `${name}: ${shown(before)} → ${shown(after)}`;
}

/** Properties of the provider's resources, where a person knows them by another name. */
const wordsFor: Readonly<Record<string, string>> = {
  allowedActions: "allowed actions",
  canApprovePullRequestReviews: "Actions may approve pull requests",
  defaultWorkflowPermissions: "default permissions of GITHUB_TOKEN",
  shaPinningRequired: "actions have to be pinned",
  checksOutsideQueue: "required checks that do not run for the merge queue",
  deadPatFallback: "second login with GITHUB_TOKEN",
  environment: "environment with the secret",
  expiresAt: "expires",
  foreign: "images of other owners",
  formerSecrets: "former names of the secret",
  linkedTo: "linked to",
  lostChecks: "required checks that no workflow reports any more",
  missingDockerfile: "missing Dockerfile",
  newerPins: "later versions of actions that stay",
  notStarting: "its runs do not start",
  onRemove: "when the repository leaves the fleet",
  pin: "version of the shared workflow",
  publishing: "workflows that publish",
  replaceSecrets: "other secrets that a repair replaces",
  secondPublishers: "other workflows that push the image",
  unnamed: "images whose name only the run knows",
  updatedAt: "last written",
  waitsFor: "waits for",
};

/** Commits in short. */
function shown(value = ""): string {
  return /^[\da-f]{40}$/.test(value) ? value.slice(0, 12) : value;
}

/** "GHCR_PAT moves from the organisation's secret to the repository's own one" */
export function credentialWords({ secret, before, after }: CredentialMove): string {
  const [from, to] = [places[before], places[after]];
  if (after === "job-token") {
    return `publishes with ${to}, and no longer with ${from} secret ${secret}`;
  }
  return before === "job-token"
    ? `publishes with ${to} secret ${secret}, and no longer with ${from}`
    : `${secret} moves from ${from} secret to ${to} one`;
}

const places: Readonly<Record<CredentialPlace, string>> = {
  organization: "the organisation's",
  repository: "the repository's own",
  environment: "its environment's",
  "job-token": "the job's own token",
};

function lineCount(files: readonly FileChange[]): string[] {
  if (files.length === 0) return [];
  const sum = (side: "added" | "removed") => files.reduce((all, file) => all + file[side], 0);
  return [fileWords({ added: sum("added"), removed: sum("removed") })];
}
