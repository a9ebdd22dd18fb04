import { basename } from "node:path/posix";
import { declaredImages } from "../../fleet/fleet.ts";
import { verifiedImages } from "../../publishing/verified-images.ts";
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
  { publications, texts }: Pick<BranchReading, "publications" | "texts">,
  next: string,
): Promise<Verdict> {
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
  if (repository.credential === "job-token") {
    const detail = `not proven: only a run has the job's own token; ${next}`;
    return { state: "unproven", detail };
  }
  const { images: settings, workflows } = repository;
  const { images, unnamed, foreign } = verifiedImages({
    registry: registry.name,
    owner,
    declared: declaredImages(repository),
    images: settings,
    mode: workflows.mode,
    publications,
    texts,
  });
  for (const name of images) {
    const image = `${owner.toLowerCase()}/${name}`;
    const result = await probePush(registry, image);
    if (!result.allowed) {
      const detail = `the registry refuses a push of ${registry.name}/${image}: ${result.reason}`;
      return { state: "failed", detail };
    }
  }
  const [nameless] = unnamed;
  const unknown = images.length === 0 && "no image of the repository is known";
  const others = foreign.length > 0 && `${foreign.join(" and ")} is not of ${owner}`;
  const open = nameless
    ? `only the run knows which image ${basename(nameless.file)} (job ${nameless.job}) pushes`
    : others || unknown;
  if (open) {
    const detail = `not proven: ${open}; ${next}; name the images to verify in images`;
    return { state: "unproven", detail };
  }
  return { state: "healthy", detail: `the registry accepts the PAT; ${next}` };
}
