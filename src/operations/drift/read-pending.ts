import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { gitBlobIds, isSameFiles } from "../../github/contents/git-blob-id.ts";
import { isSameName } from "../../is-same-name.ts";
import type { FilesRecord, StackRecord } from "../../stack/stack-record.ts";
import {
  renderSharedWritten,
  renderWritten,
} from "../../publishing/templates/render-repository.ts";

/**
 * What the configuration declares and no update has applied: no drift, but a reason why GitHub differs
 * from the configuration.
 *
 * @param drifted repositories with drifted files, whose pending changes are not known
 */
export function readPending(
  fleet: Fleet,
  { files, sharedWorkflows }: Pick<StackRecord, "files" | "sharedWorkflows">,
  drifted: ReadonlySet<string>,
): string[] {
  const applied = new Map(files.map((record) => [record.repository.toLowerCase(), record]));
  const wanted = new Set(fleet.repositories.map(({ name }) => name.toLowerCase()));
  const joining: string[] = [];
  const changing: string[] = [];
  for (const repository of fleet.repositories) {
    const known = applied.get(repository.name.toLowerCase());
    if (!known) joining.push(repository.name);
    else if (drifted.has(repository.name)) continue;
    else if (!isAsConfigured(known, repository, fleet)) changing.push(repository.name);
  }
  const { shared } = fleet;
  const central = sharedWorkflows.find(({ repository }) =>
    isSameName(shared?.repository, repository),
  );
  if (central && shared && !drifted.has(shared.repository)) {
    const rendered = gitBlobIds(renderSharedWritten(fleet, central));
    if (!isSameFiles(central.files, rendered)) changing.push(shared.repository);
  }
  const leaving = files
    .map(({ repository }) => repository)
    .filter((name) => !wanted.has(name.toLowerCase()));
  return [
    ...describe("not in the stack yet", joining),
    ...describe("other workflow files than recorded", changing),
    ...describe("no longer in the fleet", leaving),
  ];
}

function describe(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${[...names].sort().join(", ")}`];
}

/** What `auto` decides for a repository is known when an update asks. */
function isAsConfigured(
  { mode, files, ...versions }: FilesRecord,
  repository: FleetRepository,
  fleet: Fleet,
): boolean {
  const asked = repository.workflows.mode;
  if (asked !== "auto" && asked !== mode) return false;
  if (mode !== "template") return true;
  return isSameFiles(files, gitBlobIds(renderWritten(fleet, repository, versions)));
}
