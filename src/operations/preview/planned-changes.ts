import type { OpType } from "@pulumi/pulumi/automation/index.js";
import { isFromTemplate } from "../../publishing/templates/template.ts";
import { holdsFiles, repositoryOf, takesBack } from "../../stack/engine-change.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { withRepositoryNames } from "./credential-moves.ts";
import { diffFiles } from "./diff-files.ts";
import { diffProperties } from "./diff-properties.ts";
import { describeResource, isInternal } from "./describe-resource.ts";
import type { EventLog, Properties, ResourceStep } from "./event-log.ts";
import { textsOf, type FileTexts } from "./file-texts.ts";
import { readSkipped } from "./read-skipped.ts";
import { listIn } from "./recorded-lists.ts";
import {
  asReverted,
  decisionOf,
  editedFiles,
  editsOf,
  pendingOf,
  withoutEdits,
} from "./workflow-edits.ts";
import type {
  CredentialMove,
  Delivery,
  FileChange,
  PropertyChange,
  RepositoryChanges,
  ResourceChange,
} from "./stack-preview.ts";

/** A change, and its step of the engine. */
export interface PlannedChange extends ResourceChange {
  readonly step: ResourceStep;
  readonly repository: string | undefined;
}

/**
 * What the configuration declares beyond the stack's state. Differences on GitHub are drift, not changes:
 * so a refreshed step is compared with the state before the refresh, and an update that only repairs
 * drift is no change.
 *
 * @param withheld whether the PAT was withheld: then unknown values may be unchanged
 */
export function plannedChanges(
  { planned, refreshed }: Pick<EventLog, "planned" | "refreshed">,
  texts: FileTexts,
  withheld: boolean,
): PlannedChange[] {
  const unwritable = readSkipped({ planned }).repositories;
  return [...planned.values()].flatMap((step) => {
    const takenBack = holdsFiles(step.type) ? takenBackFiles(step, texts, unwritable) : [];
    const operation = operationOf(step, takenBack);
    if (operation === undefined || isInternal(step.type)) return [];
    const repository = repositoryOf(step.urn);
    const recorded = refreshed.get(step.urn)?.before ?? step.before;
    const [before, after] = [recorded?.inputs, step.after?.inputs];
    const writesFiles = holdsFiles(step.type) && step.after !== undefined;
    const mode = step.type === ghcrType.publishing ? after?.["mode"] : undefined;
    const comparable = (inputs: Properties) =>
      withRepositoryNames(withPushes(asDecided(inputs, mode)), planned);
    const old = before?.["files"] ?? texts.present.get(repository ?? "");
    const edits = isRepaired(step)
      ? []
      : withoutEdits(editsOf(after), driftOf(refreshed.get(step.urn)));
    const oldTexts = writesFiles && after?.["files"] ? textsOf(old, texts) : {};
    const isFirst = before?.["files"] === undefined;
    const files = writesFiles
      ? [
          ...diffFiles(oldTexts, textsOf(after?.["files"], texts)).map((file) =>
            isFirst ? asReplaced(file, oldTexts[file.path]) : file,
          ),
          ...editedFiles(edits, "repaired"),
        ]
      : takenBack;
    const properties = [
      ...(writesFiles && after ? decisionOf(before, after) : []),
      ...(before && after ? diffProperties(comparable(before), comparable(after), withheld) : []),
      ...(!before && after ? newSettings(step, after) : []),
    ];
    const repairs = before && after && operation !== "replace";
    if (repairs && properties.length + files.length === 0) return [];
    const known = before && operation === "create" ? "update" : operation;
    return [
      { operation: known, what: describeResource(step), properties, files, step, repository },
    ];
  });
}

/**
 * The inputs keep the edits of the last update; the provider lists those that are left to make. Those of a pull request
 * are not made again: a person merged or declined them, or they still wait, unless the update has to rewrite them.
 */
function isRepaired({ before, after, paths }: ResourceStep): boolean {
  if (!before) return false;
  const { pullRequestUrl, declined } = after?.outputs ?? {};
  if (declined != null) return true;
  if (paths.some((path) => path.startsWith("edits["))) return false;
  return pullRequestUrl == null || !paths.includes("pullRequestUrl");
}

/** A file from a template is the fleet's, also where the stack does not know it yet. */
function asReplaced(file: FileChange, old: string | undefined): FileChange {
  const isOther = file.kind === "changed" && old !== undefined && !isFromTemplate(old);
  return isOther ? { ...file, kind: "replaced" } : file;
}

/** The first values of settings are shown, too, because each is a decision. */
function newSettings({ type }: ResourceStep, after: Properties): PropertyChange[] {
  if (type !== ghcrType.settings) return [];
  const settings = Object.entries(after).filter(
    ([name]) => !["owner", "repository"].includes(name),
  );
  return diffProperties({}, Object.fromEntries(settings), false);
}

const ofRepairs = ["secret", "replaceSecrets", "formerSecrets", "deadPatFallback", "environment"];

/** Without the settings of repairs, where nothing is repaired: there they only record how the branch was read. */
function asDecided(inputs: Properties, mode: unknown): Properties {
  if (mode === undefined || mode === "repair") return inputs;
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !ofRepairs.includes(name)));
}

/** The packages by name, each with the registry's answer to a push. */
function withPushes({ packages, ...inputs }: Properties): Properties {
  if (!Array.isArray(packages)) return inputs;
  const tried = packages as readonly { readonly image: string; readonly push: unknown }[];
  return { ...inputs, packages: Object.fromEntries(tried.map(({ image, push }) => [image, push])) };
}

/** The edits that somebody reverted, as a refresh found. */
function driftOf(step: ResourceStep | undefined) {
  return withoutEdits(pendingOf(step?.after?.outputs), pendingOf(step?.before?.outputs));
}

/** Changes by repository, sorted by name; changes that all repositories share come first. */
export function groupChanges(
  changes: readonly PlannedChange[],
  deliveries: ReadonlyMap<string, Delivery>,
  moves: ReadonlyMap<string, CredentialMove>,
): RepositoryChanges[] {
  const repositories = [...new Set(changes.map(({ repository = "" }) => repository))];
  return repositories.sort().map((name) => {
    const repository = name === "" ? undefined : name;
    const own = changes.filter((change) => change.repository === repository).map(withoutStep);
    const [delivery, credential] = [deliveries.get(name), moves.get(name)];
    return {
      repository,
      resources: own.sort((a, b) => a.what.localeCompare(b.what, "en")),
      ...(credential && { credential }),
      ...(delivery && { delivery }),
    };
  });
}

function withoutStep({ operation, what, properties, files }: PlannedChange): ResourceChange {
  return { operation, what, properties, files };
}

function operationOf(
  step: ResourceStep,
  takenBack: readonly FileChange[],
): ResourceChange["operation"] | undefined {
  const operation = operations[step.operation];
  if (operation !== "delete") return operation;
  if (takenBack.some(({ kind }) => kind === "restored")) return "restore";
  const stays = holdsFiles(step.type) ? takenBack.length === 0 : staysOnGitHub(step);
  return stays ? "release" : "delete";
}

/**
 * What the provider takes back of the files that leave with their record. Not what waits in a pull request, which is
 * closed; nor where the repository takes no commit.
 *
 * @param unwritable repositories that are archived, disabled or empty, by name
 */
function takenBackFiles(
  { operation, urn, before }: ResourceStep,
  texts: FileTexts,
  unwritable: Readonly<Record<string, string>>,
): FileChange[] {
  const isUnwritable = Object.hasOwn(unwritable, repositoryOf(urn) ?? "");
  if (operation !== "delete" || !before || isUnwritable || !takesBack(before)) return [];
  const { inputs, outputs } = before;
  if (inputs["files"] === undefined) {
    const restored = withoutEdits(listIn(outputs, "originals"), pendingOf(outputs));
    return editedFiles(restored.map(asReverted), "restored");
  }
  const { blobs } = outputs;
  const present = Object.entries(textsOf(inputs["files"], texts)).filter(
    ([path]) => typeof blobs !== "object" || blobs === null || Object.hasOwn(blobs, path),
  );
  return diffFiles(Object.fromEntries(present), {});
}

/** As the program declares it, or as the provider deletes: provider/resources */
function staysOnGitHub({ type, before }: ResourceStep): boolean {
  switch (type) {
    case ghcrType.environment:
    case ghcrType.settings:
    case ghcrType.token:
      return true;
    default:
      return before?.retainOnDelete === true;
  }
}

const operations: Partial<Record<OpType, ResourceChange["operation"]>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "create",
};
