import { mergeWhatIsReady } from "../world/discussions/auto-merge.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";

/** Looks for pull requests that may be merged by now after everything that can make them ready. */
export function startAutoMerges(world: World): void {
  const look = ({ repository }: { readonly repository?: Repository | undefined }) => {
    if (repository !== undefined) mergeWhatIsReady(world, repository);
  };
  for (const name of [
    "pull_request",
    "pull_request_review",
    "merge_group",
    "push",
    "status",
  ] as const) {
    world.events.on(name, look);
  }
  // The progress of the checks.
  world.events.on("webhook", (event) => {
    if (event.name === "workflow_job" || event.name === "workflow_run") look(event);
  });
}
