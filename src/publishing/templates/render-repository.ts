import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { renderWorkflows } from "./render.ts";

/** The workflow files of a repository of the fleet: path to text. */
export function renderRepository(
  { host, owner, registry, secret }: Pick<Fleet, "host" | "owner" | "registry" | "secret">,
  repository: FleetRepository,
): Readonly<Record<string, string>> {
  return renderWorkflows({
    ...repository,
    host,
    registry,
    owner,
    repository: repository.name,
    defaultBranch: repository.branch,
    images: repository.images.build,
    jobName: repository.workflows.jobName,
    pullRequestLogin: repository.workflows.pullRequestLogin,
    secretName: secret.name,
    releaseEnvironment: secret.scope === "environment" ? secret.environment : undefined,
  });
}
