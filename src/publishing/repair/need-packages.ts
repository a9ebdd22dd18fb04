import type { Node } from "yaml";
import { ownEvents } from "../read/events.ts";
import { packagesGrant, type PackagesGrant } from "../read/permissions.ts";
import type { Job, Repository } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import type { Change } from "./edit.ts";
import { insertEntry } from "./insert-entry.ts";

/**
 * What lets the token of a job push: `packages: write` where the permissions are said and lack it. A
 * called workflow gets no more than the job that calls it has, and does not start where it asks for
 * more: so its callers come first.
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

function grantPackages(
  job: Job,
  { block, level, ofJob }: Extract<PackagesGrant, { kind: "lacking" }>,
): Change {
  const { file } = job;
  const claimant = ofJob ? job : file;
  if (level?.range) {
    const [start, end] = level.range;
    const raw = file.text.slice(start, end);
    const quote = /^["']/.exec(raw)?.[0] ?? "";
    return {
      edit: {
        file,
        kind: "permissions",
        start,
        end,
        text: `${quote}write${quote}`,
        node: level,
        claimant,
      },
    };
  }
  const splice = insertEntry(file, block, { key: "packages", value: "write" });
  return splice
    ? { edit: { file, kind: "permissions", ...splice, node: block, claimant } }
    : report(file, file.lineOf(block), "the job's token may not push packages", "packages: write");
}

const blockFix = "permissions:\n  contents: read\n  packages: write";

const othersToo =
  "and whatever else its steps do with the job's token: what is not named is taken away";

/** A fleet can set the repository's default to read. */
const untilThen =
  "until then, do not set actions: { tokenPermissions: read } for it in a fleet: the job's token would lose what it may do today";

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
