import { basename } from "node:path/posix";
import type {
  Image,
  PackageStatus,
  RepositoryStatus,
  Run,
} from "../operations/status/fleet-status.ts";
import type { Crossing } from "../operations/status/crossing.ts";
import { lastDecided } from "../operations/status/judge-status.ts";
import type { Tone, Words } from "./tone.ts";
import { ago, waitsForMerge } from "../format-text.ts";

/** A repository in a few words for each column of a table. */
export interface RepositoryWords {
  /** The worst severity of its crossed thresholds. */
  readonly tone: Tone;
  readonly credential: Words;
  readonly files: Words;
  readonly ci: Words;
  readonly release: Words;
  readonly package: Words;
  /** Each image, where the repository publishes several. */
  readonly images: readonly ImageWords[];
}

/** One of several images of a repository. */
export type ImageWords = Pick<RepositoryWords, "ci" | "release" | "package"> & {
  /** "worker", the last part of its name. */
  readonly name: string;
};

/**
 * @param crossings the thresholds that this repository crosses
 * @param now ISO-8601, for "3 h ago"
 */
export function describeRepository(
  repository: RepositoryStatus,
  crossings: readonly Crossing[],
  now: string,
): RepositoryWords {
  const { history, ci, release, images } = repository;
  const missing: Words = isUnread(repository) ? unknown : { text: "none yet", tone: "quiet" };
  const published = (kind: Run["workflow"], image: Image | null) => {
    const words = describePublished(lastDecided(history.runs, kind), image, now) ?? missing;
    const arrived = images.filter((each) => each[kind] !== null).length;
    if (words.tone !== "good" || arrived === images.length) return words;
    return { text: `${arrived} of ${images.length} images`, tone: "warn" } as const;
  };
  return {
    tone: toneOf(crossings),
    credential: describeCredential(repository),
    files: describeFiles(repository),
    ci: published("ci", ci.image),
    release: published("release", release.image),
    package: describePackage(repository.package),
    images: images.map((each) => ({
      name: basename(each.package.name),
      ci: describePublished(undefined, each.ci, now) ?? missing,
      release: describePublished(undefined, each.release, now) ?? missing,
      package: describePackage(each.package),
    })),
  };
}

const unknown: Words = { text: "unknown", tone: "warn" };

/** Whether runs or images could not be read: then an empty list does not mean that there are none. */
function isUnread({ findings, package: { findings: checks } }: RepositoryStatus): boolean {
  return (
    checks.length === 0 ||
    findings.some(({ subject }) => subject === "runs" || subject === "images")
  );
}

/** "main, 3 h ago" */
export function joinWords({ text, detail }: Words): string {
  return detail === undefined ? text : `${text}, ${detail}`;
}

function toneOf(crossings: readonly Crossing[]): Tone {
  if (crossings.some(({ severity }) => severity === "problem")) return "bad";
  return crossings.length > 0 ? "warn" : "good";
}

function describeCredential(repository: RepositoryStatus): Words {
  const { credential, declaredCredential } = repository;
  switch (credential.state) {
    case "absent":
      if (declaredCredential === "job-token") return { text: "job's token", tone: "good" };
      return { text: "none", tone: "bad" };
    case "unknown":
      return unknown;
    case "present": {
      const { scope, ageDays, declared, writtenByStack } = credential;
      const detail = `${ageDays} d`;
      if (writtenByStack === false) return { text: `${scope}, overwritten`, detail, tone: "bad" };
      if (!declared) {
        const moves = declaredCredential === "environment";
        const words = moves ? "environment declared" : "not declared";
        return { text: `${scope}, ${words}`, detail, tone: "warn" };
      }
      if (isUnused(repository)) return { text: `${scope}, no job deploys`, detail, tone: "bad" };
      return { text: scope, detail, tone: "good" };
    }
  }
}

/** Whether the only secret is that of an environment to which no job deploys. */
export function isUnused({ credential, deploys }: RepositoryStatus): boolean {
  if (credential.state !== "present" || deploys !== false) return false;
  return [credential.scope, ...credential.shadows].every((scope) => scope === "environment");
}

function describeFiles(repository: RepositoryStatus): Words {
  const { files, workflows, left, pullRequests, declined, applied = true } = repository;
  const managed = files.filter(({ state }) => state !== "extra");
  if (managed.length === 0 && workflows === "none") return { text: "left alone", tone: "quiet" };
  if (managed.length === 0) return unknown;
  const off = managed.filter(({ state }) => state !== "in-sync");
  if (off.length === 0) {
    if (left > 0) return { text: `as repaired, ${left} left`, tone: "warn" };
    return { text: workflows === "repair" ? "as repaired" : "as rendered", tone: "good" };
  }
  const [waiting] = pullRequests;
  if (waiting) return { text: waitsForMerge(waiting.url), tone: "warn" };
  if (declined) return { text: `declined by ${declined.by ?? "somebody"}`, tone: "warn" };
  if (!applied) return { text: "not applied yet", tone: "warn" };
  const states = [...new Set(off.map(({ state }) => state))];
  if (off.length === managed.length && states.length === 1) {
    return { text: states.join(), tone: "warn" };
  }
  const each = off.map(({ path, state }) => `${basename(path)} ${state}`);
  return { text: each.join(", "), tone: "warn" };
}

/** The newest image, unless the run after it failed; nothing where neither is known. */
function describePublished(
  run: Run | undefined,
  image: Image | null,
  now: string,
): Words | undefined {
  if (run && run.conclusion !== "success") {
    return { text: run.conclusion ?? "", detail: ago(run.startedAt, now), tone: "bad" };
  }
  if (image) {
    return { text: mainTag(image), detail: ago(image.pushedAt, now), tone: "good" };
  }
  if (run) return { text: "ran", detail: ago(run.startedAt, now), tone: "quiet" };
  return undefined;
}

/** The tag that people use: the longest version, or a tag that is not a commit. */
function mainTag({ kind, tags }: Image): string {
  const named = tags.filter((tag) => !tag.startsWith("sha-"));
  const versions = kind === "release" ? named.filter((tag) => /^v?\d/.test(tag)) : named;
  const [first = ""] = [...versions, ...named, ...tags];
  return versions.reduce((longest, tag) => (tag.length > longest.length ? tag : longest), first);
}

const packageTones = {
  ok: "good",
  pending: "quiet",
  manual: "warn",
  unknown: "warn",
  problem: "bad",
} as const;

function describePackage({ findings }: PackageStatus): Words {
  if (findings.length === 0) return unknown;
  const open = findings.filter(({ state }) => state !== "ok");
  if (open.length === 0) return { text: "ok", tone: "good" };
  const worst = (["problem", "manual", "unknown", "pending"] as const).find((state) =>
    open.some((finding) => finding.state === state),
  );
  const text = open.map(({ subject, state }) => `${subject}: ${state}`).join(", ");
  return { text, tone: packageTones[worst ?? "pending"] };
}
