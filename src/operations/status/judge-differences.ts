import { describeActor, type DriftKind } from "../drift/drift-finding.ts";
import { crossing, type Crossing, type CrossingCause, type StatusCheck } from "./crossing.ts";
import type { Difference, FleetStatus, PackageStatus, RepositoryStatus } from "./fleet-status.ts";

/** What a difference of a single repository crosses. */
const checks: Readonly<Record<DriftKind, StatusCheck>> = {
  "secret-overwritten": "overwritten",
  "secret-deleted": "credential",
  "secret-shadowed": "shadowed",
  "secret-widened": "shared",
  "secret-narrowed": "shared",
  "variable-changed": "settings",
  "variable-shadowed": "settings",
  "file-edited": "files",
  "file-deleted": "files",
  "file-added": "files",
  "second-publisher": "files",
  "login-changed": "files",
  "tag-moved": "shared",
  "permissions-widened": "settings",
  "permissions-narrowed": "settings",
  "package-deleted": "package",
  "package-unlinked": "package",
  "package-visibility": "package",
  "repository-gone": "gone",
};

const causes: { readonly [Kind in DriftKind]?: CrossingCause } = {
  "secret-deleted": "by-hand",
  "file-edited": "by-hand",
  "file-deleted": "by-hand",
  "file-added": "unmanaged",
  "second-publisher": "second-publisher",
  "login-changed": "by-hand",
};

/** One cause is one crossing, however many repositories it affects. */
export function judgeDifferences({ differences, repositories }: FleetStatus): Crossing[] {
  const present = new Map(repositories.map((each) => [each.name, each]));
  return differences.flatMap((difference) => {
    const { kind, text, url, step } = difference;
    const repository = present.get(difference.repository ?? "");
    if (repository && isOnChecklist(repository, difference)) return [];
    const own = checks[kind];
    const isShared = difference.repository === null && !["credential", "overwritten"].includes(own);
    const check = isShared ? "shared" : own;
    const rest = check === "package" && step !== null ? `; ${step}` : "";
    const found = crossing(
      check,
      repository?.name ?? null,
      `${text}${describeActor(difference)}${rest}`,
      { url, cause: isShared ? null : (causes[kind] ?? null) },
    );
    // Without the secret, the images of these repositories do not arrive.
    return [kind === "secret-narrowed" ? { ...found, severity: "problem" as const } : found];
  });
}

const packageSubjects: { readonly [Kind in DriftKind]?: string } = {
  "package-deleted": "exists",
  "package-unlinked": "linked",
  "package-visibility": "visibility",
};

/** Whether the checklist of the package has the same task. */
function isOnChecklist(
  { package: all, images }: RepositoryStatus,
  { kind, subject }: Difference,
): boolean {
  const each: readonly PackageStatus[] =
    images.length > 0 ? images.map((image) => image.package) : [all];
  const own = each.find(({ name }) => name.endsWith(`/${subject}`));
  return (own?.findings ?? []).some(
    (finding) =>
      finding.subject === packageSubjects[kind] && !["ok", "pending"].includes(finding.state),
  );
}
