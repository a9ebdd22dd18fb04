import { imageAddress } from "../../image-address.ts";
import { packageSettingsPage, packagesPage, type Account } from "../../account.ts";
import { ContainerPackages } from "../../github/packages/container-packages.ts";
import type { PackageRecord } from "../../stack/stack-record.ts";
import { driftFinding, type DriftFinding, type DriftKind } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/**
 * Packages that were deleted, linked to another repository or given another visibility. One request reads
 * a hundred. GitHub has no API to change any of this, so a person has to.
 *
 * @param registry its host: "ghcr.io"
 */
export function readPackageDrift(
  reader: DriftReader,
  records: readonly PackageRecord[],
  registry: string,
): Promise<DriftFinding[]> {
  const { github, owner } = reader;
  const known = records.filter(({ existed }) => existed);
  if (known.length === 0) return Promise.resolve([]);
  return reader.attempt(`list the packages of ${owner}`, async () => {
    const account = await reader.account();
    const found = await new ContainerPackages(github, account).list();
    const missing = known.some(({ image }) => !found.has(image));
    const hidden = missing ? await reader.whyPartialView() : undefined;
    return known.flatMap((record) => {
      const now = found.get(record.image);
      if (now || hidden === undefined) return comparePackage({ ...account, registry }, record, now);
      reader.reportUnknown(
        `${imageAddress({ registry, owner: record.owner }, record.image)}: it was deleted, or the admin token may not see it (${hidden})`,
      );
      return [];
    });
  });
}

function comparePackage(
  account: Account & { readonly registry: string },
  record: PackageRecord,
  found: { readonly visibility: string; readonly repository: string | undefined } | undefined,
): DriftFinding[] {
  const { linkedTo, actualVisibility, visibility: declared } = record;
  const name = imageAddress({ registry: account.registry, owner: record.owner }, record.image);
  if (!found) {
    const step = `restore it within 30 days: ${packagesPage(account)}`;
    return [finding(account, record, "package-deleted", `${name} was deleted`, step)];
  }
  const drifted: DriftFinding[] = [];
  if (linkedTo !== undefined && found.repository !== linkedTo) {
    const now = found.repository ?? "no repository";
    const text = `${name} is linked to ${now}, and was linked to ${linkedTo}`;
    drifted.push(
      finding(account, record, "package-unlinked", text, `link it to ${linkedTo} again`),
    );
  }
  const before = declared ?? actualVisibility;
  if (before !== undefined && found.visibility !== before) {
    const text = `${name} is ${found.visibility}, and ${declared === undefined ? "was" : "should be"} ${before}`;
    const step =
      found.visibility === "public"
        ? "a public package cannot be made private again: delete it, and publish under another name"
        : `choose "Change visibility"`;
    drifted.push(finding(account, record, "package-visibility", text, step));
  }
  return drifted;
}

function finding(
  account: Account,
  { repository, image }: PackageRecord,
  kind: DriftKind,
  text: string,
  step: string,
): DriftFinding {
  return driftFinding({
    kind,
    repository,
    subject: image,
    text,
    url: packageSettingsPage({ ...account, image }),
    repair: { by: "person", step },
  });
}
