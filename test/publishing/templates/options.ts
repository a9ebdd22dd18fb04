import type { WorkflowOptions } from "../../../src/publishing/templates/render.ts";

/** The options of an ordinary repository; tests name only what they vary. */
export function workflowOptions(changes: Partial<WorkflowOptions> = {}): WorkflowOptions {
  return {
    owner: "Acme",
    repository: "api",
    defaultBranch: "main",
    image: "api",
    context: ".",
    dockerfile: "Dockerfile",
    platforms: ["linux/amd64"],
    buildArgs: {},
    secretName: "GHCR_PAT",
    visibility: "public",
    runner: "ubuntu-24.04",
    timeoutMinutes: 30,
    ...changes,
  };
}
