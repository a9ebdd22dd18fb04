import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { namedStack } from "../../../src/publishing/named-stack.ts";
import { isFromTemplate } from "../../../src/publishing/templates/template.ts";
import { UserError } from "../../../src/user-error.ts";
import type { Properties } from "../../protocol/property-values.ts";
import {
  filesId,
  type Blobs,
  type BranchAccess,
  type TemplateInputs,
} from "../publishing/inputs.ts";
import { versionsOf } from "./versions.ts";

/**
 * Another stack's workflow is not replaced: its callers would get what this configuration says.
 *
 * @param stack the name of this one
 * @param state what it remembers; nothing where it is new, or was lost
 * @param replaces path to blob id of what the last update did not write
 * @throws {UserError} another stack wrote it, or one that is not known, and this stack remembers nothing
 */
export async function assertOwn(
  { texts: workflowTexts }: BranchAccess,
  inputs: TemplateInputs,
  { stack, state }: { readonly stack: string; readonly state: Properties },
  snapshot: RepositorySnapshot,
  replaces: Blobs,
): Promise<void> {
  const unknown = Object.entries(replaces).filter(
    ([path, id]) => !versionsOf(state).some(({ files }) => files[path] === id),
  );
  if (unknown.length === 0) return;
  const remembersNothing = Object.keys(state).length === 0;
  const { texts } = await workflowTexts.get(snapshot, "nothing");
  const others = unknown.flatMap(([path]) => {
    const text = texts[path] ?? "";
    const writer = namedStack(text);
    const isOthers = writer === undefined ? remembersNothing : writer !== stack;
    return isOthers && isFromTemplate(text) ? [{ path, writer }] : [];
  });
  const [first] = others;
  if (!first) return;
  const whose =
    first.writer === undefined
      ? "is not in this stack's state, and may be another stack's"
      : `is that of the stack ${first.writer}`;
  const paths = others.map(({ path }) => path).join(" and ");
  throw new UserError(
    `the shared workflow in ${filesId(inputs)} ${whose}: name another repository in fleet.shared.repository, because two stacks would replace each other's; if no other stack has it any more, delete ${paths} on ${inputs.branch}, and run again`,
  );
}
