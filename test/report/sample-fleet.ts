import type { FleetReport, Policies, TimelineEvent } from "../../src/report/fleet-report.ts";
import type {
  Change,
  Credential,
  FleetStatus,
  Image,
  RepositoryStatus,
  Run,
} from "../../src/operations/status/fleet-status.ts";

export const thresholds = { minDays: 14, maxAge: undefined, ignore: new Set<never>() };

const readAt = "2026-11-24T08:30:00.000Z";
const hours = (number: number) =>
  new Date(Date.parse(readAt) - number * 3_600_000).toISOString().replace(".000", "");

const names = ["api", "billing", "checkout", "gateway", "mailer", "media", "orders", "search"];
const roles = ["", "-worker", "-web", "-jobs", "-admin", "-proxy"];

export interface SampleOptions {
  readonly stack?: string;
  /** Days that the token has left. */
  readonly daysLeft?: number;
}

/** A plausible fleet, the same at every call: most is healthy, and each kind of problem occurs. */
export function sampleStatus(size: number, options: SampleOptions = {}): FleetStatus {
  const { stack = "production", daysLeft = 41 } = options;
  return {
    version: 1,
    stack,
    owner: "acme",
    readAt,
    secret: { name: "GHCR_PAT", scope: "organization", environment: null },
    token: {
      state: "live",
      owner: "acme-publisher",
      hash: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      kind: "classic",
      scopes: ["read:packages", "write:packages"],
      expiresAt: hours(-24 * daysLeft - 3),
      daysLeft,
      firstSeenAt: hours(24 * (90 - daysLeft)),
      refusals: [],
    },
    repositories: Array.from({ length: size }, (_, index) => sampleRepository(index)).sort(
      (a, b) => (a.name < b.name ? -1 : 1),
    ),
    differences: [],
    skipped: [{ name: "legacy-reports", reason: "archived: unarchive it to bring it in" }],
    findings: [],
  };
}

function nameOf(index: number): string {
  const [base = "", role = ""] = [names[index % 8], roles[Math.floor(index / 8) % 6]];
  const round = Math.floor(index / 48);
  return `${base}${role}${round === 0 ? "" : `-${round + 1}`}`;
}

/** One repository in every few has its own problem. */
type Trouble = "none" | "edited" | "shadowed" | "failed" | "unlinked" | "absent" | "proposed";

function troubleOf(index: number): Trouble {
  const few: Record<number, Trouble> = {
    3: "edited",
    5: "shadowed",
    6: "failed",
    8: "unlinked",
    10: "proposed",
    31: "absent",
  };
  return few[index % 37] ?? "none";
}

export function sampleRepository(index: number): RepositoryStatus {
  const name = nameOf(index);
  const trouble = troubleOf(index);
  const url = `https://github.com/acme/${name}`;
  const images = sampleImages(index, url);
  const runs = sampleRuns(index, url, trouble);
  const off = trouble === "edited" || trouble === "proposed";
  return {
    name,
    url,
    visibility: index % 3 === 0 ? "public" : "private",
    branch: "main",
    head: sha(index, 1),
    credential: sampleCredential(trouble),
    candidate: null,
    files: [
      file(url, "ci.yml", off ? "edited" : "in-sync", index),
      file(url, "release.yml", trouble === "proposed" ? "missing" : "in-sync", index),
      ...(index % 4 === 0 ? [file(url, "lint.yml", "extra", index)] : []),
    ],
    left: 0,
    unresolved: [],
    workflows: "template",
    publications: [],
    pullRequests:
      trouble === "proposed"
        ? [{ number: 17, title: "Publish to GHCR", openedAt: hours(20), url: `${url}/pull/17` }]
        : [],
    declined: null,
    package: samplePackage(name, trouble),
    images: [],
    ci: {
      run: runs.find(({ workflow }) => workflow === "ci") ?? null,
      image: images.find(({ kind }) => kind === "ci") ?? null,
    },
    release: {
      run: runs.find(({ workflow }) => workflow === "release") ?? null,
      image: images.find(({ kind }) => kind === "release") ?? null,
    },
    history: { images, runs, changes: sampleChanges(index, url) },
    findings: [],
  };
}

/** It publishes two images: `web` arrived, `worker` did not, because nobody may push it. */
export function addImages({ images, package: first, ci, release }: RepositoryStatus): void {
  const part = (name: string, state: "ok" | "problem") => ({
    ...first,
    name: `ghcr.io/acme/${name}`,
    findings: [{ subject: "pushable" as const, state, text: `${name}: ${state}`, url: null }],
  });
  images.push(
    { ci: ci.image, release: release.image, package: part("web", "ok") },
    { ci: null, release: null, package: part("api/worker", "problem") },
  );
}

function sha(index: number, salt: number): string {
  return ((index + 1) * 2_654_435_761 * salt)
    .toString(16)
    .padStart(40, "0123456789abcdef")
    .slice(-40);
}

function file(
  url: string,
  name: string,
  state: RepositoryStatus["files"][number]["state"],
  index: number,
) {
  const path = `.github/workflows/${name}`;
  const blob = state === "missing" ? null : sha(index, name.length);
  return { path, state, blob, url: `${url}/blob/main/${path}` };
}

function sampleCredential(trouble: Trouble): Credential {
  if (trouble === "absent") return { state: "absent" };
  const shadowed = trouble === "shadowed";
  return {
    state: "present",
    scope: shadowed ? "repository" : "organization",
    declared: !shadowed,
    updatedAt: hours(24 * 49),
    ageDays: 49,
    writtenByStack: shadowed ? null : true,
    shadows: shadowed ? ["organization"] : [],
  };
}

function samplePackage(name: string, trouble: Trouble): RepositoryStatus["package"] {
  const full = `ghcr.io/acme/${name}`;
  const linked = trouble !== "unlinked";
  return {
    name: full,
    visibility: "private",
    linkedTo: linked ? `acme/${name}` : null,
    findings: [
      { subject: "exists", state: "ok", text: `${full} exists`, url: null },
      linked
        ? { subject: "linked", state: "ok", text: `linked to acme/${name}`, url: null }
        : {
            subject: "linked",
            state: "manual",
            text: `${full} is linked to no repository, so the workflow's own token is denied; choose "Connect repository" and acme/${name}`,
            url: `https://github.com/orgs/acme/packages/container/${name}/settings`,
          },
    ],
  };
}

function sampleImages(index: number, url: string): Image[] {
  return Array.from({ length: 30 }, (_, number): Image => {
    const released = (number + index) % 5 === 2;
    const version = `1.${30 - number}.0`;
    return {
      kind: released ? "release" : "ci",
      tags: released
        ? [version, version.slice(0, -2), ...(number < 5 ? ["latest"] : [])]
        : [...(number === 0 ? ["main"] : []), `sha-${sha(index, number + 3).slice(0, 7)}`],
      digest: `sha256:${sha(index, number + 2).padEnd(64, "4f2a")}`,
      pushedAt: hours(number * (11 + (index % 7) * 3) + (index % 9)),
      url: `${url.replace("acme/", "orgs/acme/packages/container/")}/${900 + number}`,
    };
  });
}

function sampleRuns(index: number, url: string, trouble: Trouble): Run[] {
  const conclusions = (number: number) =>
    trouble === "failed" && number === 0 ? "failure" : "success";
  return Array.from({ length: 10 }, (_, number): Run => {
    const workflow = number % 2 === 0 ? "ci" : "release";
    return {
      workflow,
      file: `${workflow}.yml`,
      number: 120 - number,
      event: workflow === "ci" ? "push" : "release",
      conclusion: conclusions(number),
      ref: workflow === "ci" ? "main" : `v1.${30 - number}.0`,
      head: sha(index, number + 3),
      startedAt: hours(number * (11 + (index % 7) * 3) + (index % 9)),
      url: `${url}/actions/runs/70000${index}${number}`,
    };
  });
}

function sampleChanges(index: number, url: string): Change[] {
  const headlines = [
    "Publish to GHCR",
    "Update the workflows of GHCR",
    "Pin the actions",
    "Build for arm64 as well",
  ];
  return Array.from({ length: 8 }, (_, number) => ({
    commit: sha(index, number + 11),
    headline: headlines[(number + index) % 4] ?? "",
    author: number % 3 === 0 ? "acme-admin" : "mona",
    at: hours(number * 200 + 30),
    url: `${url}/commit/${sha(index, number + 11)}`,
  }));
}

function samplePolicies(status: FleetStatus): Policies {
  const source = "https://docs.github.com/en/actions/reference/security/secure-use";
  const rule = (id: string, description: string, remediation: string) => ({
    id,
    description,
    remediation,
    source,
    level: "mandatory" as const,
    severity: "high" as const,
    violations: [] as Policies["rules"][number]["violations"],
  });
  const pinned = rule(
    "workflow-pinned",
    "Every action is pinned to a commit.",
    "Pin it, with its version as a comment.",
  );
  pinned.violations = status.repositories
    .filter(({ files }) => files.some(({ state }) => state === "edited"))
    .map(({ name, files: [first] }) => ({
      stack: status.stack,
      repository: name,
      path: first?.path ?? "",
      line: 14,
      message: "must pin actions/checkout to a full commit.",
      url: `${first?.url ?? ""}#L14`,
    }));
  return {
    files: status.repositories.length * 2,
    rules: [
      pinned,
      rule("workflow-permissions", "Jobs may write packages only.", "Take the others away."),
      rule("workflow-login-fallback", "The login falls back.", "Use the fleet's login."),
    ],
  };
}

function sampleTimeline(stack: string): TimelineEvent[] {
  const event = (
    minutes: number,
    wave: string | null,
    repository: string | null,
    outcome: TimelineEvent["outcome"],
    text: string,
  ): TimelineEvent => ({
    at: hours(26 - minutes / 60),
    stack,
    wave,
    repository,
    outcome,
    text,
    url: repository === null ? null : `https://github.com/acme/${repository}/actions`,
  });
  return [
    event(0, null, null, "neutral", "Rollout of 12 repositories in 3 waves"),
    event(1, "canary", null, "good", "Applied to 2 repositories"),
    event(4, "canary", "api", "good", "CI published main"),
    event(5, "canary", "billing", "good", "CI published main"),
    event(6, "quarter", null, "good", "Applied to 3 repositories"),
    event(9, "quarter", "orders", "bad", "CI ended with failure"),
    event(10, null, null, "warn", "Stopped: 1 of 3 repositories failed, none may"),
  ];
}

export function sampleReport(size: number, options: SampleOptions = {}): FleetReport {
  const status = sampleStatus(size, options);
  return {
    version: 1,
    writtenAt: readAt,
    stacks: [status],
    policies: samplePolicies(status),
    timeline: sampleTimeline(status.stack),
    audit: null,
  };
}
