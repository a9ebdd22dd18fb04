import type { FleetStatus, RepositoryStatus } from "../operations/status/fleet-status.ts";
import { isUnused } from "./describe-repository.ts";
import { count } from "../format-text.ts";

/** "the PAT reaches 3 of 5 repositories, and 2 repositories can do without it"; nothing without a PAT */
export function describeReach({
  token,
  repositories,
}: Pick<FleetStatus, "token" | "repositories">): string | undefined {
  if (token.state === "unneeded" || repositories.length === 0) return undefined;
  const reached = repositories.filter(
    (each) => each.credential.state === "present" && !isUnused(each),
  ).length;
  const candidates = repositories.filter(({ candidate }) => candidate !== null).length;
  const rest = candidates > 0 ? `, and ${count(candidates, "repository")} can do without it` : "";
  const unread = repositories.filter(({ credential }) => credential.state === "unknown").length;
  if (unread === repositories.length) {
    return `which of ${count(unread, "repository")} the PAT reaches is not known${rest}`;
  }
  const open = unread > 0 ? ` (not known of ${unread})` : "";
  return `the PAT reaches ${reached} of ${count(repositories.length, "repository")}${open}${rest}`;
}

/** A repository that can do without the PAT: what shows that, and the line that moves it. */
export interface CandidateWords {
  readonly name: string;
  readonly text: string;
  readonly url: string;
}

export function describeCandidates(repositories: readonly RepositoryStatus[]): CandidateWords[] {
  return repositories.flatMap(({ name, candidate }) => {
    if (candidate === null) return [];
    const line = `{ name: ${name}, credential: job-token }`;
    const text = `can do without the PAT: ${candidate.evidence}; in fleet.repositories: ${line}`;
    return [{ name, text, url: candidate.url }];
  });
}
