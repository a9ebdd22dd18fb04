import { githubCom } from "../src/github-host.ts";
import type { WorkflowOptions } from "../src/publishing/templates/workflow-options.ts";

/** The settings on which a repository's workflow files depend, with their defaults. */
export function workflowOf(owner: string, repository: string): WorkflowOptions {
  return {
    host: githubCom,
    registry: "ghcr.io",
    owner,
    repository,
    defaultBranch: "main",
    image: repository,
    context: ".",
    dockerfile: "Dockerfile",
    platforms: ["linux/amd64"],
    buildArgs: {},
    secretName: "GHCR_PAT",
    visibility: "private",
    runner: "ubuntu-24.04",
    timeoutMinutes: 30,
  };
}
