import picomatch from "picomatch";
import { rulesFor } from "../world/repositories/branch-rules.ts";
import type { Environment, Repository } from "../world/state/repository.ts";
import { createEnvironment } from "../world/repositories/create-repository.ts";
import type { World } from "../world/world.ts";

/**
 * Why a ref may not deploy to an environment, or `undefined` if it may. "Running a workflow that
 * references an environment that does not exist will create an environment with the referenced name."
 * https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
 */
export function enterEnvironment(
  world: World,
  repository: Repository,
  name: string,
  ref: string,
): string | undefined {
  const environment =
    repository.environments.get(name.toLowerCase()) ?? createEnvironment(world, repository, name);
  if (environment.reviewers.length > 0 || environment.waitTimer > 0) {
    return `the simulator cannot wait for the reviewers or the timer of the environment ${environment.name}`;
  }
  const target = targetOf(ref);
  if (mayDeploy(world, repository, environment, target)) return undefined;
  const kind = target.type === "tag" ? "Tag" : "Branch";
  return `${kind} "${target.name}" is not allowed to deploy to ${environment.name} due to environment protection rules.`;
}

interface Target {
  type: "branch" | "tag";
  name: string;
}

/** Runs of pull requests deploy from `refs/pull/3/merge`, as it stands. */
function targetOf(ref: string): Target {
  if (ref.startsWith("refs/tags/")) return { type: "tag", name: ref.slice("refs/tags/".length) };
  return { type: "branch", name: ref.replace(/^refs\/heads\//, "") };
}

function mayDeploy(
  world: World,
  repository: Repository,
  { branchPolicy, branchPolicies }: Environment,
  { type, name }: Target,
): boolean {
  if (branchPolicy === null) return true;
  if (branchPolicy.protectedBranches) {
    return type === "branch" && rulesFor(world, repository, name).length > 0;
  }
  return branchPolicies.some((policy) => policy.type === type && isNamed(name, policy.name));
}

/** Ruby's `File.fnmatch` with `FNM_PATHNAME`, which has neither braces nor negation. */
function isNamed(name: string, pattern: string): boolean {
  return picomatch.isMatch(name, pattern, { nobrace: true, noextglob: true, nonegate: true });
}
