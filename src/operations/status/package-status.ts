import { imageAddress } from "../../image-address.ts";
import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import type { ContainerPackage } from "../../github/packages/container-packages.ts";
import { judgeHidden, judgePackage } from "../../registry/judge-package.ts";
import type { PackageStatus, RepositoryStatus } from "./fleet-status.ts";

export interface PackageQuestion {
  readonly fleet: Pick<Fleet, "host" | "owner" | "ownerKind" | "registry">;
  readonly repository: FleetRepository;
  readonly mode: RepositoryStatus["workflows"];
  /** The package, without its owner. */
  readonly image: string;
  /** Absent where it does not exist; `hidden` where the admin token may not see whether it does. */
  readonly found: ContainerPackage | "hidden" | undefined;
  /** Whether the stack ever found it. */
  readonly before: boolean;
  /** The login that publishes. */
  readonly publisher: string;
  /** The registry's refusal of a push; absent where it accepts one, or was not asked. */
  readonly refusal: string | undefined;
}

/** Compares a repository's package with what the fleet declares. */
export function packageStatus(question: PackageQuestion): PackageStatus {
  const { fleet, repository, mode, image, found, before, publisher, refusal } = question;
  const name = imageAddress(fleet, image);
  if (found === "hidden") {
    const finding = { ...judgeHidden({ ...fleet, image }), url: null };
    return { name, visibility: null, linkedTo: null, findings: [finding] };
  }
  const jobToken = repository.credential === "job-token";
  const declared = {
    host: fleet.host,
    registry: fleet.registry,
    owner: fleet.owner,
    ownerKind: fleet.ownerKind,
    image,
    repository: repository.name,
    publisher,
    visibility: repository.package.visibility,
    jobToken,
    // The templates set the label. Where it is missing, the preview before the first push warns.
    isLinked: mode === "template" || jobToken || repository.package.bootstrap || undefined,
  };
  return {
    name,
    visibility: found?.visibility ?? null,
    linkedTo: found?.repository ?? null,
    findings: judgePackage(declared, found, before, refusal).map(({ url = null, ...rest }) => ({
      ...rest,
      url,
    })),
  };
}
