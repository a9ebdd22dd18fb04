import { packagesOf } from "../../publishing/package-names.ts";
import { probePush } from "../../registry/probe-push.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import { mergeFirst, type Candidate, type ProofContext, type Verdict } from "./verdict.ts";

/**
 * Asks the registry whether it takes a push of each image, without pushing.
 *
 * @param next what brings the next image, as the end of a sentence
 */
export async function probe(
  { owner, registry }: ProofContext,
  { repository, proof }: Candidate,
  { publications }: Pick<BranchReading, "publications">,
  next: string,
): Promise<Verdict> {
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
  const { names } = packagesOf(owner, publications);
  for (const name of names.length > 0 ? names : [repository.image]) {
    const image = `${owner.toLowerCase()}/${name}`;
    const result = await probePush(registry, image);
    if (!result.allowed) {
      const detail = `the registry refuses a push of ghcr.io/${image}: ${result.reason}`;
      return { state: "failed", detail };
    }
  }
  return { state: "healthy", detail: `the registry accepts the PAT; ${next}` };
}
