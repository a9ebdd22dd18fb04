import { safeToPrint } from "../workflow/safe-to-print.ts";
import { ghcr, github } from "../model/resource-types.ts";
import type { Resource, ResourceRule, WorkflowRule } from "../model/rule.ts";
import { isUnknownValue } from "../model/unknown-value.ts";
import { isBlobId, type StoredTexts } from "../workflow/stored-text.ts";
import type { WorkflowSource } from "../workflow/workflow.ts";

/** Resources that write workflow files to a repository. */
const workflowTypes: readonly string[] = [ghcr.publishing, ghcr.shared, github.file];

/** Whether a rule about single resources judges this type. */
export function appliesTo(
  rule: ResourceRule | WorkflowRule,
  { type }: Pick<Resource, "type">,
): boolean {
  const types = rule.kind === "workflow" ? workflowTypes : rule.resourceTypes;
  return types === "all" || types.includes(type);
}

let parsers: ReturnType<typeof importParsers> | undefined;

/** Loaded with the first file to parse, and only once, because each `import()` is resolved again. */
function loadParsers(): ReturnType<typeof importParsers> {
  return (parsers ??= importParsers());
}

async function importParsers() {
  const [{ findInWorkflow }, { remediatedText }] = await Promise.all([
    import("./find-in-workflow.ts"),
    import("./remediated-text.ts"),
  ]);
  return { findInWorkflow, remediatedText };
}

export interface FileAccess {
  readonly texts: StoredTexts | undefined;
  /** Host of the registry; "ghcr.io" if absent. */
  readonly registry: string | undefined;
  /**
   * Whether the update leaves the resource as it is: then the text of a file may be missing here, and was
   * judged when it was written.
   */
  readonly isLeftOut?: boolean;
}

/**
 * Judges every workflow file of a resource; a value that preview does not know yet hides no other file.
 */
export async function judgeWorkflowsOf(
  resource: Resource,
  rule: WorkflowRule,
  thresholds: object,
  say: (must: string) => void,
  { texts, registry, isLeftOut = false }: FileAccess,
): Promise<void> {
  let unknown: Error | undefined;
  for (const path of workflowPaths(resource)) {
    try {
      const { findInWorkflow } = await loadParsers();
      const source = sourceOf(resource, path, rule, { texts, registry });
      if (!source && isLeftOut) continue;
      if (!source) {
        say(`have a text in the cache of this run, to be judged: run again (${placeOf(path, 1)})`);
        continue;
      }
      for (const { line, must } of await findInWorkflow(rule, source, thresholds))
        say(`${must} (${placeOf(path, line)})`);
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      unknown ??= error;
    }
  }
  if (unknown) throw unknown;
}

/**
 * Edits the workflow files of a resource in place, so that secret properties stay secret.
 *
 * @returns the properties, or nothing if no file had to change
 */
export async function remediateWorkflowsOf(
  resource: Resource,
  rule: WorkflowRule,
  thresholds: object,
  files: FileAccess,
): Promise<Record<string, unknown> | undefined> {
  let changed = false;
  for (const path of workflowPaths(resource)) {
    const { remediatedText } = await loadParsers();
    const source = sourceOf(resource, path, rule, files);
    const text = source && remediatedText(source, rule, thresholds);
    if (text === undefined) continue;
    write(resource, path, text, files.texts);
    changed = true;
  }
  return changed ? resource.props : undefined;
}

/** ".github/workflows/ci.yml:12" */
function placeOf(path: string, line: number): string {
  return `${safeToPrint(path) ?? "workflow file"}:${line}`;
}

function workflowPaths({ type, props }: Resource): string[] {
  const files = type === github.file ? undefined : props["files"];
  const paths = type === github.file ? [props["file"]] : Object.keys(files ?? {});
  return paths.filter((path) => typeof path === "string").filter(isWorkflowPath);
}

/**
 * Workflows, and the actions in their own repository that they may use.
 * https://docs.github.com/en/actions/how-tos/create-and-publish-actions/choose-where-your-actions-are
 */
function isWorkflowPath(path: string): boolean {
  return /^(?:\.?\/)?\.github\/(?:workflows\/[^/]+|actions\/(?:[^/]+\/)+action)\.ya?ml$/.test(path);
}

function sourceOf(
  { type, props }: Resource,
  path: string,
  { asks }: WorkflowRule,
  { texts, registry }: FileAccess,
): WorkflowSource | undefined {
  // Only text can be a workflow, and empty text cannot.
  const asText = (value: unknown) => (typeof value === "string" ? value : "");
  const repository = ifKnown(() => props["repository"]);
  const place = {
    ...(registry !== undefined && { registry }),
    ...(repository !== undefined && { repository }),
  };
  if (type === github.file)
    return { path, text: asText(props["content"]), managed: false, ...place };
  const [owner, branch] = (["owner", "branch"] as const).map((key) =>
    key === asks ? asText(props[key]) : ifKnown(() => props[key]),
  );
  const newerPins = props["newerPins"];
  const file = asText((props["files"] as Record<string, unknown>)[path]);
  const text = isBlobId(file) ? texts?.read(file) : file;
  if (text === undefined) return undefined;
  return {
    path,
    text,
    managed: true,
    ...place,
    ...(owner !== undefined && { owner }),
    ...(branch !== undefined && { branch }),
    ...(Array.isArray(newerPins) && { newerPins: newerPins.map(asText).join("\n") }),
  };
}

/** For a value that not every rule needs: it must not prevent the others from running. */
function ifKnown(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

function write(
  { type, props }: Resource,
  path: string,
  text: string,
  texts: StoredTexts | undefined,
): void {
  if (type === github.file) {
    (props as Record<string, unknown>)["content"] = text;
    return;
  }
  const files = props["files"] as Record<string, unknown>;
  files[path] = texts && isBlobId(String(files[path])) ? texts.store(text) : text;
}
