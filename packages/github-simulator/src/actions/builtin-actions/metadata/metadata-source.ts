import { StepFailure } from "../../action/step-failure.ts";
import type { ActionStep } from "../../action/known-action.ts";
import { under, type TagSource } from "./metadata-template.ts";

/** What docker/metadata-action reads from the event. @throws StepFailure */
export function readTagSource(step: ActionStep): TagSource {
  const { event, env, repository } = step;
  assertContext(step.input("context") || "workflow");
  const { number, pull_request: pull } = event.payload as {
    number?: number;
    pull_request?: { base?: { ref?: string }; head?: { sha?: string } };
  };
  const ofHead = /true/i.test(env.DOCKER_METADATA_PR_HEAD_SHA ?? "") ? pull?.head?.sha : undefined;
  // Its runs are on the base branch, but are about the pull request.
  const ref = event.name === "pull_request_target" ? `refs/pull/${number}/merge` : event.ref;
  const commit = step.host.commit(event.owner, event.repo, event.sha);
  return {
    ref,
    sha: ofHead ?? event.sha,
    eventName: event.name,
    defaultBranch: repository.defaultBranch,
    now: step.host.now(),
    commitDate: commit.date,
    baseRef: baseRefOf(ref, event.payload.base_ref, pull?.base?.ref),
    shortShaLength: env.DOCKER_METADATA_SHORT_SHA_LENGTH || "7",
  };
}

function assertContext(context: string): void {
  if (context === "workflow") return;
  if (context !== "git") throw new StepFailure(`Invalid context source: ${context}`);
  throw new StepFailure(`the simulator does not know context=${context}`);
}

/** A tag's branch, if the push names it, or the branch that a pull request targets. */
function baseRefOf(ref: string, pushed: unknown, base: string | undefined): string {
  if (under("refs/tags/", ref) !== undefined && typeof pushed === "string") {
    return pushed.replace(/^refs\/heads\//, "");
  }
  return under("refs/pull/", ref) === undefined ? "" : (base ?? "");
}
