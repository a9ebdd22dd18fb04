import { basename } from "node:path";
import type { Workflow, WorkflowSource } from "./workflow.ts";

/** The files of the fleet's templates, by name. */
const templateRoles: Readonly<Record<string, Exclude<Workflow["role"], "other">>> = {
  "ci.yml": "ci",
  "release.yml": "release",
};

/**
 * What a file of the templates has to do, by its name: by what it does, one that lost its trigger would be
 * another kind of file, and right. `undefined` for all other files.
 */
export function templateRole({ path, managed }: Pick<WorkflowSource, "path" | "managed">) {
  return managed ? templateRoles[basename(path)] : undefined;
}
