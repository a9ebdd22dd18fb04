import { isSameFiles } from "../../github/contents/git-blob-id.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { sharedWorkflowProperties } from "../../properties/shared-workflow.ts";
import type { EventLog } from "./event-log.ts";
import type { PlannedChange } from "./planned-changes.ts";

const { files, versions } = sharedWorkflowProperties.state.shape;

/**
 * The repositories that stay at an earlier version of the shared workflow, by name: only `--repin` moves them. A commit
 * that no update wrote is not looked up, so what calls one is left out.
 */
export function leftBehind(
  { planned }: Pick<EventLog, "planned">,
  changes: readonly PlannedChange[],
): string[] {
  const steps = [...planned.values()];
  const shared = steps.find(({ type }) => type === sharedWorkflowProperties.token);
  const wanted = files.safeParse(shared?.after?.inputs["files"]).data;
  const written = versions.safeParse(shared?.before?.outputs["versions"]).data ?? [];
  const changing = new Set(
    changes.filter((each) => each.files.length > 0).map((each) => each.repository),
  );
  return steps
    .flatMap(({ type, urn, after }) => {
      const repository = repositoryOf(urn);
      const pin = after?.inputs["pin"];
      if (type !== ghcrType.publishing || repository === undefined || changing.has(repository))
        return [];
      const own = written.find(({ commit, tag }) => pin === commit || pin === tag);
      return pin === undefined || !wanted || !own || isSameFiles(own.files, wanted)
        ? []
        : [repository];
    })
    .sort();
}
