import type { FleetRepository } from "../../fleet/fleet.ts";
import type { ContainerPackage } from "../../github/packages/container-packages.ts";
import { judgePackage } from "../../registry/judge-package.ts";
import type { PackageStatus } from "./fleet-status.ts";

export interface PackageQuestion {
  readonly owner: string;
  readonly repository: FleetRepository;
  /** Nothing where it does not exist. */
  readonly found: ContainerPackage | undefined;
  /** Whether the stack has ever seen it. */
  readonly before: boolean;
  /** Login that publishes. */
  readonly publisher: string;
  /** The registry's refusal of a push; nothing where it would take one, or was not asked. */
  readonly refusal: string | undefined;
}

export function packageName(owner: string, { image }: FleetRepository): string {
  return `ghcr.io/${owner.toLowerCase()}/${image}`;
}

/** A repository's package against what the fleet wishes of it. */
export function judgeAccess(question: PackageQuestion): PackageStatus {
  const { owner, repository, found, before, publisher, refusal } = question;
  const wishes = {
    owner,
    image: repository.image,
    repository: repository.name,
    publisher,
    visibility: repository.package.visibility,
  };
  return {
    name: packageName(owner, repository),
    visibility: found?.visibility ?? null,
    linkedTo: found?.repository ?? null,
    findings: judgePackage(wishes, found, before, refusal).map(({ url = null, ...rest }) => ({
      ...rest,
      url,
    })),
  };
}
