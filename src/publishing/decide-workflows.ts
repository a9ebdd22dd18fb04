/** Raised when repair finds more, or writes otherwise: stacks then read every repository again. */
export const repairVersion = 14;

import { readSourceFile } from "./read/source-file.ts";
import { readPublications } from "./read-publications.ts";
import { isFromTemplate } from "./templates/template.ts";
import { repairWorkflows, type RepairedFile, type RepairOptions } from "./repair-workflows.ts";

/** How a repository comes to publish. */
export type WorkflowMode = "repair" | "template" | "none";

export interface WorkflowQuestion {
  readonly asked: "auto" | "repair";
  /** Path to text: the repository's workflows and local actions. */
  readonly present: Readonly<Record<string, string>>;
  /** Workflows that are there and cannot be read. */
  readonly unreadable: readonly string[];
  /** Path to text: what the templates would write. */
  readonly templates: Readonly<Record<string, string>>;
  /** Whether an earlier update repaired this repository. */
  readonly wasRepaired: boolean;
}

export interface WorkflowDecision {
  readonly mode: WorkflowMode;
  /** In one sentence. */
  readonly why: string;
  /** Paths of the repository's own workflows that publish, or call one that does; sorted. */
  readonly publishing: readonly string[];
  /** The repository's files after a repair; empty in the other modes. */
  readonly files: readonly RepairedFile[];
}

/**
 * Decides for a repository whose files no earlier update wrote from the templates. People's files are
 * never replaced here: only an explicit `workflows: template` does that.
 */
export function decideWorkflows(
  { asked, present, unreadable, templates, wasRepaired }: WorkflowQuestion,
  options: RepairOptions,
): WorkflowDecision {
  const taken = Object.keys(templates).flatMap((path) => sameName(path, present));
  const isOurs = (path: string) =>
    present[path] === templates[path] || isFromTemplate(present[path] ?? "");
  if (asked === "auto" && taken.length > 0 && taken.every(isOurs)) {
    return without("template", `${namesOf(taken)} came from the templates`);
  }
  const files = repairWorkflows(present, options);
  const { secret = "GHCR_PAT" } = options;
  const sure = [
    ...readPublications(present, options),
    // A script, which is not read, may be what publishes with the secret.
    ...files.filter(({ edits, text }) => edits.length > 0 || text.includes(`secrets.${secret}`)),
  ].filter(isWorkflow);
  const found = [...sure, ...files.filter((file) => isReported(file, present))];
  const publishing = withCallers(
    found.map(({ path }) => path),
    present,
  );
  if (publishing.length > 0) {
    const verb = publishing.length === 1 ? "publishes" : "publish";
    const why = `${namesOf(publishing)} ${sure.length > 0 ? verb : "may publish"} to the registry already`;
    return { mode: "repair", why, publishing, files };
  }
  if (asked === "repair") {
    const why = "the configuration asks for it; no workflow publishes yet";
    return { mode: "repair", why, publishing, files };
  }
  if (wasRepaired) {
    return without(
      "none",
      "the workflows that were repaired are gone; set workflows: template to get those of the templates",
    );
  }
  if (unreadable.length > 0) {
    const names = namesOf(unreadable);
    return without(
      "none",
      `${names} is not plain UTF-8 text, so whether it publishes is not known`,
    );
  }
  if (taken.length > 0) {
    const names = namesOf(taken);
    return without(
      "none",
      `${names} publishes nothing, and is not replaced unasked; set workflows: template to replace it`,
    );
  }
  const names = namesOf(Object.keys(templates), "or");
  return without("template", `no workflow publishes, and no file is called ${names}`);
}

function without(mode: "template" | "none", why: string): WorkflowDecision {
  return { mode, why, publishing: [], files: [] };
}

/** The caller of a workflow that publishes passes it the credential. */
function withCallers(paths: readonly string[], present: WorkflowQuestion["present"]): string[] {
  const called = paths.map((path) => `./${path}`);
  const callers = Object.entries(present).filter(([, text]) =>
    [...text.matchAll(/\buses\s*["']?\s*:\s*["']?([^\s"'#]+)/g)].some(([, uses = ""]) =>
      called.includes(uses),
    ),
  );
  return [...new Set([...paths, ...callers.map(([path]) => path)])].sort();
}

/** What an action of the repository needs shows in the workflow that uses it, too. */
function isWorkflow({ path }: { readonly path: string }): boolean {
  return path.startsWith(".github/workflows/");
}

/** A file that cannot be read at all may publish, so it is reported; it decides nothing. */
function isReported(file: RepairedFile, present: WorkflowQuestion["present"]): boolean {
  const { path, unresolved } = file;
  if (!isWorkflow(file) || unresolved.length === 0) return false;
  return !readSourceFile(path, present[path] ?? "").problem;
}

/** A workflow keeps its name when its file is called .yaml instead of .yml. */
function sameName(path: string, present: Readonly<Record<string, string>>): string[] {
  return [path, path.replace(/\.yml$/, ".yaml")].filter((each) => Object.hasOwn(present, each));
}

function namesOf(paths: Iterable<string>, word: "and" | "or" = "and"): string {
  const names = [...paths].map((path) => path.replace(/^\.github\/workflows\//, "")).sort();
  const [last = ""] = names.slice(-1);
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} ${word} ${last}` : last;
}
