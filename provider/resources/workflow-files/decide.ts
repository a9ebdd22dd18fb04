import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { workflowFilesProperties } from "../../../src/properties/workflow-files.ts";
import { decideWorkflows, repairVersion } from "../../../src/publishing/decide-workflows.ts";

import { keepSpelling, toFailures, type CheckResult } from "../../protocol/check-inputs.ts";
import { diffProperties } from "../../protocol/property-diff.ts";
import { hasUnknown, pick, type Properties } from "../../protocol/property-values.ts";
import type { Changes } from "../../protocol/resource-type.ts";
import { readBranch, type BranchAccess } from "./deliver.ts";
import { filesId, type WorkflowArgs, type WorkflowState } from "./inputs.ts";
import { editsOf, repairOptions } from "./repairs.ts";
import { idsOf, isUnchanged, workflowIds } from "./workflow-ids.ts";

const place = ["owner", "repository"];

/** The inputs of a refresh or of an import may have fewer properties than those of an update. */
type Known = Partial<WorkflowState> & { readonly imported?: boolean };

/** Decides how the repository publishes, and finds what has to change for that. */
export async function checkWorkflows(
  access: BranchAccess,
  olds: Properties,
  news: Properties,
): Promise<CheckResult> {
  if (hasUnknown(news)) return { inputs: news, failures: [] };
  const parsed = workflowFilesProperties.args.safeParse(keepSpelling(olds, news, place));
  if (!parsed.success) return { inputs: news, failures: toFailures(parsed.error) };
  const known = olds as Known;
  const isImport = known.imported === true && news["mode"] === undefined;
  const inputs = await decide(access, known, parsed.data);
  return { inputs: { ...inputs, ...(isImport && { imported: true }) }, failures: [] };
}

async function decide(access: BranchAccess, known: Known, args: WorkflowArgs): Promise<Properties> {
  const { mode: asked, files, secret, replaceSecrets, deadPatFallback, ...common } = args;
  const template = (why: string) => ({ ...common, mode: "template", why, files });
  if (asked === "template") return template("the configuration asks for it");
  const wasRepaired = known.mode === "repair" || known.wasRepaired === true;
  const none = { ...common, mode: "none", ...(wasRepaired && { wasRepaired }) };
  if (asked === "none") return { ...none, why: "the configuration leaves them alone" };
  if (asked === "auto" && known.files !== undefined && !known.imported) {
    return template("an earlier update wrote these files");
  }
  const formerSecrets = [
    ...new Set([...(known.formerSecrets ?? []), known.secret ?? secret]),
  ].filter((name) => name !== secret);
  const settings = {
    secret,
    replaceSecrets,
    ...(formerSecrets.length > 0 && { formerSecrets }),
    deadPatFallback,
  };
  const snapshot = await explaining(`read the workflow files of ${filesId(args)}`, () =>
    readBranch(access.snapshots, args),
  );
  const before = { ...common, ...settings, reader: repairVersion };
  if (isKnown(known, before, asked) && (await isUnchanged(access.github, known, snapshot))) {
    const same = pick(known, [
      "mode",
      "why",
      "publishing",
      "workflows",
      "unresolved",
      "wasRepaired",
    ]);
    return { ...before, ...same, edits: [] };
  }
  const isNew = known.mode === undefined;
  const present = await access.texts.get(snapshot, isNew ? "fleet" : "guess");
  const decision = decideWorkflows(
    {
      asked,
      present: present.texts,
      unreadable: present.unreadable,
      templates: files,
      wasRepaired,
    },
    repairOptions(args, settings),
  );
  const { mode, why, publishing, files: repaired } = decision;
  // Nobody asked for the files, so they are written only while these workflows are the present ones.
  if (mode === "template") return { ...template(why), workflows: workflowIds(snapshot) };
  const texts = new Map(repaired.map(({ path, text }) => [path, text]));
  return {
    ...before,
    ...(mode === "none" ? none : { mode }),
    why,
    publishing: [...publishing],
    workflows: idsOf(snapshot, present, texts),
    edits: repaired.flatMap(editsOf),
    unresolved: [
      ...repaired.flatMap(({ path, unresolved }) =>
        unresolved.map(({ line, reason, fix }) => ({ file: path, line, reason, fix })),
      ),
      ...present.unreadable.map((file) => ({ file, line: 1, ...unreadable })),
    ],
  };
}

const unreadable = {
  reason: "this file is not plain UTF-8 text",
  fix: "save it as UTF-8, or repair it by hand",
};

/** Whether the branch is as it was when it was found right, or as the repair that followed left it. */
export async function isRight(
  access: BranchAccess,
  inputs: Properties,
  snapshot: RepositorySnapshot,
): Promise<boolean> {
  const known = inputs as Known;
  return known.reader === repairVersion && isUnchanged(access.github, known, snapshot);
}

/** Whether an earlier read was for the same settings. */
function isKnown(known: Known, now: Properties, asked: "auto" | "repair"): boolean {
  const names = ["branch", "secret", "replaceSecrets", "deadPatFallback", "reader"];
  const isSame = (name: string) =>
    JSON.stringify((known as Properties)[name]) === JSON.stringify(now[name]);
  return names.every(isSame) && (known.mode === "repair" || asked === "auto");
}

const compared = [
  ...place,
  "branch",
  "files",
  "secret",
  "replaceSecrets",
  "deadPatFallback",
  "delivery",
  "onRemove",
  "publishing",
];

/**
 * What an update would do. Inputs also contain the result of reading the branch; only needed edits and
 * new tasks for a person count as changes.
 */
export function diffWorkflows(olds: Properties, news: Properties, state: Properties): Changes {
  const relevant = (inputs: Properties): Properties => ({
    mode: "template",
    ...pick(inputs, [...compared, "mode"]),
  });
  const changes = { ...diffProperties(relevant(olds), relevant(news), place) };
  const { edits = [], unresolved = [] } = news as Known;
  const before = olds as Known;
  const { pending, pullRequestUrl } = state as Known;
  const waits =
    pullRequestUrl !== undefined && isSameList(edits, pending) && isSameList(edits, before.edits);
  if (!waits) for (const index of edits.keys()) changes[`edits[${index}]`] = "add";
  if (!isSameList(unresolved, before.unresolved)) changes["unresolved"] = "update";
  return changes;
}

/** Line numbers change when somebody edits something above. */
function isSameList(one: readonly object[], other: readonly object[] = []): boolean {
  const withoutLines = (list: readonly object[]) =>
    JSON.stringify(list, (key, value: unknown) => (key === "line" ? undefined : value));
  return withoutLines(one) === withoutLines(other);
}
