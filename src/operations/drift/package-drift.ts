import { listPackages } from "../../github/packages/container-packages.ts";
import type { PackageRecord } from "../../stack/stack-record.ts";
import type { DriftFinding, DriftKind } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/**
 * Packages that were deleted, linked to another repository or given another visibility. One request reads
 * a hundred. GitHub has no API to change any of this, so a person has to.
 */
export function readPackageDrift(
  reader: DriftReader,
  records: readonly PackageRecord[],
): Promise<DriftFinding[]> {
  const { github, owner } = reader;
  const known = records.filter(({ existed }) => existed);
  if (known.length === 0) return Promise.resolve([]);
  return reader.attempt(`list the packages of ${owner}`, async () => {
    const found = await listPackages(github, owner);
    const missing = known.some(({ image }) => !found.has(image));
    const hidden = missing ? await reader.whyPartialView() : undefined;
    return known.flatMap((record) => {
      const now = found.get(record.image);
      if (now || hidden === undefined) return comparePackage(record, now);
      reader.reportUnknown(
        `${nameOf(record)}: it was deleted, or the admin token may not see it (${hidden})`,
      );
      return [];
    });
  });
}

function comparePackage(
  record: PackageRecord,
  found: { readonly visibility: string; readonly repository: string | undefined } | undefined,
): DriftFinding[] {
  const { owner, linkedTo, actualVisibility, visibility: wished } = record;
  const name = nameOf(record);
  if (!found) {
    const step = `restore it within 30 days: https://github.com/orgs/${owner}/settings/packages`;
    return [finding(record, "package-deleted", `${name} was deleted`, step)];
  }
  const drifted: DriftFinding[] = [];
  if (linkedTo !== undefined && found.repository !== linkedTo) {
    const now = found.repository === undefined ? "no repository" : found.repository;
    const text = `${name} is linked to ${now}, and was linked to ${linkedTo}`;
    drifted.push(finding(record, "package-unlinked", text, `link it to ${linkedTo} again`));
  }
  const before = wished ?? actualVisibility;
  if (before !== undefined && found.visibility !== before) {
    const text = `${name} is ${found.visibility}, and ${wished === undefined ? "was" : "should be"} ${before}`;
    const step =
      found.visibility === "public"
        ? "a public package cannot be made private again: delete it, and publish under another name"
        : `choose "Change visibility"`;
    drifted.push(finding(record, "package-visibility", text, step));
  }
  return drifted;
}

function nameOf({ owner, image }: PackageRecord): string {
  return `ghcr.io/${owner.toLowerCase()}/${image}`;
}

function finding(
  { owner, repository, image }: PackageRecord,
  kind: DriftKind,
  text: string,
  step: string,
): DriftFinding {
  return {
    kind,
    repository,
    subject: image,
    text,
    actor: null,
    at: null,
    url: `https://github.com/orgs/${owner}/packages/container/${encodeURIComponent(image)}/settings`,
    repair: { by: "person", step },
  };
}
