import { dirname } from "node:path";
import type { Json } from "../language/expression.ts";
import type { JobFolders } from "../action/known-action.ts";
import { githubVariables } from "./github-context.ts";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#runner-context */
export function runnerContext(folders: JobFolders, arch: string): Record<string, Json> {
  return {
    name: "Simulated runner",
    os: "Linux",
    arch,
    environment: "github-hosted",
    temp: folders.temp,
    tool_cache: folders.toolCache,
    workspace: dirname(folders.workspace),
  };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables */
export function runnerVariables(
  github: Readonly<Record<string, Json>>,
  folders: JobFolders,
  arch: string,
): Record<string, string> {
  return {
    ...githubVariables(github),
    CI: "true",
    GITHUB_ACTIONS: "true",
    HOME: folders.home,
    LANG: "C.UTF-8",
    RUNNER_ARCH: arch,
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_NAME: "Simulated runner",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.toolCache,
    RUNNER_WORKSPACE: dirname(folders.workspace),
  };
}
