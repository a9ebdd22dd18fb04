import type { Account } from "../../account.ts";
import type { FleetRepository } from "../../fleet/fleet.ts";
import type { ContainerPackage } from "../../github/packages/container-packages.ts";
import { judgeHidden, judgePackage } from "../../registry/judge-package.ts";
import type { PackageStatus } from "./fleet-status.ts";

export interface PackageQuestion {
  readonly account: Account;
  readonly repository: FleetRepository;
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

export function packageName(owner: string, image: string): string {
  return `ghcr.io/${owner.toLowerCase()}/${image}`;
}

/** Compares a repository's package with what the fleet declares. */
export function packageStatus(question: PackageQuestion): PackageStatus {
  const { account, repository, image, found, before, publisher, refusal } = question;
  const name = packageName(account.owner, image);
  if (found === "hidden") {
    const finding = { ...judgeHidden({ ...account, image }), url: null };
    return { name, visibility: null, linkedTo: null, findings: [finding] };
  }
  const wishes = {
    owner: account.owner,
    ownerKind: account.ownerKind,
    image,
    repository: repository.name,
    publisher,
    visibility: repository.package.visibility,
  };
  return {
    name,
    visibility: found?.visibility ?? null,
    linkedTo: found?.repository ?? null,
    findings: judgePackage(wishes, found, before, refusal).map(({ url = null, ...rest }) => ({
      ...rest,
      url,
    })),
  };
}
