import type { Node } from "yaml";
import { ownEvents } from "../read/events.ts";
import { packagesGrant, type PackagesGrant } from "../read/permissions.ts";
import type { Job, Repository } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import { textOf } from "../read/yaml-reader.ts";
import type { Change, Edit } from "./edit.ts";
import { insertEntry } from "./insert-entry.ts";

/**
 * Gives the token of a job the right to push: `packages: write`, if the file has permissions without it. A
 * called workflow gets no more than the job that calls it has, and does not start if it asks for more, so
 * its callers come first.
 *
 * @param isAskedFor whether a workflow that the job calls asks for it already
 * @param inner the workflows that it calls on the way to the login
 */
export function needPackages(
  callersOf: Repository["callersOf"],
  job: Job,
  isAskedFor = false,
  inner: ReadonlySet<SourceFile> = new Set(),
): Change[] {
  // GitHub starts no workflow that calls itself.
  if (inner.has(job.file)) return [];
  const callees = new Set([...inner, job.file]);
  const grant = packagesGrant(job);
  const callers = callersOf(job.file);
  const ofCallers = callers.flatMap((caller) =>
    needPackages(callersOf, caller, isAskedFor || grant.kind === "write", callees),
  );
  switch (grant.kind) {
    case "write":
      return ofCallers;
    case "unsaid":
      return callers.length > 0 ? ofCallers : [unsaid(job, isAskedFor)];
    case "word":
      return [
        report(
          job.file,
          grant.line,
          `"${grant.word}" does not let the job's token push packages`,
          `in place of ${grant.word}:\n${blockFix}\n${othersToo}`,
        ),
      ];
    case "lacking": {
      const mayAsk = callers.every((caller) => canGrant(callersOf, caller, callees));
      if (isCalledFromOutside(callersOf, job.file) || !mayAsk) {
        return [
          ...ofCallers,
          report(
            job.file,
            grant.line,
            "the job's token may not push packages, and this workflow does not start where it asks for more than its caller has",
            "packages: write\nhere, when every job that calls this workflow has it",
          ),
        ];
      }
      return [...ofCallers, grantPackages(job, grant)];
    }
  }
}

/** Whether only other repositories can call it: what their jobs have is not known here. */
function isCalledFromOutside(callersOf: Repository["callersOf"], file: SourceFile): boolean {
  return callersOf(file).length === 0 && ownEvents(file).includes("workflow_call");
}

/** Whether a block may be changed: no program writes the file, and no alias brings the block elsewhere. */
function isFree(file: SourceFile, block: Node): boolean {
  return file.generated === undefined && file.yaml.timesReached(block) === 1;
}

function canGrant(
  callersOf: Repository["callersOf"],
  job: Job,
  inner: ReadonlySet<SourceFile>,
): boolean {
  if (inner.has(job.file)) return true;
  const callees = new Set([...inner, job.file]);
  const grant = packagesGrant(job);
  if (grant.kind !== "write" && grant.kind !== "lacking") return false;
  if (grant.kind === "lacking") {
    if (!isFree(job.file, grant.block) || isCalledFromOutside(callersOf, job.file)) return false;
  }
  return callersOf(job.file).every((caller) => canGrant(callersOf, caller, callees));
}

function grantPackages(job: Job, grant: Lacking): Change {
  const { file } = job;
  const edit = grantIn(file, grant, grant.ofJob ? job : file);
  if (!edit)
    return report(file, grant.line, "the job's token may not push packages", "packages: write");
  return { edit: { ...edit, shared: grant.ofJob ? undefined : ownBlock(job, grant) } };
}

type Lacking = Extract<PackagesGrant, { kind: "lacking" }>;

function grantIn(file: SourceFile, { block, level }: Lacking, claimant: object): Edit | undefined {
  if (level?.range) {
    const [start, end] = level.range;
    const quote = /^["']/.exec(file.text.slice(start, end))?.[0] ?? "";
    const text = `${quote}write${quote}`;
    return { file, kind: "permissions", start, end, text, node: level, claimant };
  }
  const splice = insertEntry(file, block, { key: "packages", value: "write" });
  return splice && { file, kind: "permissions", ...splice, node: block, claimant };
}

/** The workflow's block as the job's own, which takes its place there, with the permission. */
function ownBlock(job: Job, { block }: Lacking): Edit["shared"] {
  const { file, node } = job;
  const { yaml } = file;
  const others = yaml.entries(block).filter(({ key }) => key !== "packages");
  const kept = others.map(({ key, value }) => ({ key, value: textOf(value) ?? "none" }));
  const entry = { key: "permissions", value: [...kept, { key: "packages", value: "write" }] };
  const splice = insertEntry(file, node, entry, job.uses ? "uses" : "runs-on");
  const jobs = yaml.entries(yaml.at(file.root, "jobs")).flatMap(({ value }) => value ?? []);
  return (
    splice && {
      among: jobs.filter((each) => !yaml.at(each, "permissions")),
      own: { file, kind: "permissions", ...splice, node, claimant: job },
    }
  );
}

const blockFix = "permissions:\n  contents: read\n  packages: write";

const othersToo =
  "and whatever else its steps do with the job's token: what is not named is taken away";

/** A fleet can set the repository's default to read. */
const untilThen =
  "until then, leave the repository's default for workflows as it is (in a fleet, no actions: { tokenPermissions: read }): with read, the job's token would lose what it may do today";

function unsaid(job: Job, isAskedFor: boolean): Change {
  const effect = isAskedFor
    ? "the workflow that it calls asks for packages: write, so the run does not start where the repository's default is read"
    : "where the secret is missing, the repository's settings decide whether its token may push";
  return report(
    job.file,
    job.line,
    `job ${job.id} says no permissions: ${effect}`,
    `${blockFix}\n${othersToo}\n${untilThen}`,
  );
}

function report(file: SourceFile, line: number, reason: string, fix: string): Change {
  return { unresolved: { file, line, reason, fix } };
}
