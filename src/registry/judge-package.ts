import type { PackageFinding, UnnamedImage } from "../properties/repository-publishing.ts";

/** A package as GitHub's REST API shows it. */
export interface PackageFacts {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to; absent where it is linked to none. */
  readonly repository: string | undefined;
}

export interface PackageWishes {
  readonly owner: string;
  /** Name of the package: the image without its owner. */
  readonly image: string;
  readonly repository: string;
  /** Login of the account whose token publishes. */
  readonly publisher: string;
  /** Judged only where it is given. */
  readonly visibility: string | undefined;
}

/**
 * Compares a package with what is declared. GitHub has no API that writes visibility, links or grants, so
 * every difference is a task for a person, with the page to open.
 *
 * @param facts absent where the package does not exist
 * @param before whether it existed at some time
 * @param push the registry's refusal; absent where pushing is allowed or was not tried
 * @see https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility
 */
export function judgePackage(
  wishes: PackageWishes,
  facts: PackageFacts | undefined,
  before: boolean,
  push: string | undefined,
): PackageFinding[] {
  const pushable = judgePush(wishes, push);
  if (!facts) return [judgeAbsence(wishes, before), ...pushable];
  return [
    { subject: "exists", state: "ok", text: `ghcr.io/${fullName(wishes)} exists` },
    judgeLink(wishes, facts),
    ...judgeVisibility(wishes, facts),
    ...pushable,
  ];
}

/** Images that workflows push and that cannot be verified, because nobody knows which package they are. */
export function judgeNames({
  unnamed = [],
  foreign = [],
}: {
  readonly unnamed?: readonly UnnamedImage[] | undefined;
  readonly foreign?: readonly string[] | undefined;
}): PackageFinding[] {
  const unknown = { subject: "name", state: "unknown" } as const;
  return [
    ...unnamed.map(({ file, job, written }) => ({
      ...unknown,
      text: `${file}, job ${job}: ${written === "" ? "what it pushes" : written} is a name that only the run knows, so its package is not verified; name it in images`,
    })),
    ...foreign.map((name) => ({
      ...unknown,
      text: `${name} belongs to another owner, so its package is not verified`,
    })),
  ];
}

/** https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package */
function judgeAbsence(wishes: PackageWishes, before: boolean): PackageFinding {
  const name = `ghcr.io/${fullName(wishes)}`;
  if (!before) {
    const text = `${name} does not exist yet; the first push creates it, linked to ${wishes.owner}/${wishes.repository}`;
    return { subject: "exists", state: "pending", text };
  }
  return {
    subject: "exists",
    state: "manual",
    text: `${name} was deleted; restore it within 30 days, or let the next push create it again`,
    url: `https://github.com/orgs/${wishes.owner}/settings/packages`,
  };
}

function judgeLink(wishes: PackageWishes, { repository }: PackageFacts): PackageFinding {
  const wanted = `${wishes.owner}/${wishes.repository}`;
  if (repository?.toLowerCase() === wanted.toLowerCase()) {
    return { subject: "linked", state: "ok", text: `linked to ${wanted}` };
  }
  if (repository === undefined) {
    const text = `ghcr.io/${fullName(wishes)} is linked to no repository, so the workflow's own token is denied; choose "Connect repository" and ${wanted}, then give it the role Write under "Manage Actions access"`;
    return { subject: "linked", state: "manual", text, url: settingsUrl(wishes) };
  }
  const text = `ghcr.io/${fullName(wishes)} belongs to ${repository}; give ${wanted} another image name (fleet.repositories[].image), or link the package to it`;
  return { subject: "linked", state: "problem", text, url: settingsUrl(wishes) };
}

function judgeVisibility(wishes: PackageWishes, facts: PackageFacts): PackageFinding[] {
  const { visibility: wanted } = wishes;
  if (wanted === undefined) return [];
  if (facts.visibility === wanted) {
    return [{ subject: "visibility", state: "ok", text: `${wanted}, as declared` }];
  }
  const text = `ghcr.io/${fullName(wishes)} is ${facts.visibility}, not ${wanted}; choose "Change visibility"${wanted === "public" ? " (a public package cannot be made private again)" : ""}`;
  return [{ subject: "visibility", state: "manual", text, url: settingsUrl(wishes) }];
}

function judgePush(wishes: PackageWishes, refusal: string | undefined): PackageFinding[] {
  if (refusal === undefined) return [];
  const { owner, publisher } = wishes;
  const denied = `${publisher}'s token may not push ghcr.io/${fullName(wishes)} (${refusal})`;
  const problem = { subject: "pushable", state: "problem" } as const;
  if (refusal.endsWith("create_package")) {
    const text = `${denied}; make ${publisher} a member of ${owner} who may create packages`;
    return [{ ...problem, text, url: `https://github.com/orgs/${owner}/people` }];
  }
  const text = `${denied}; give ${publisher} the role Write on the package`;
  return [{ ...problem, text, url: settingsUrl(wishes) }];
}

function settingsUrl({ owner, image }: PackageWishes): string {
  return `https://github.com/orgs/${owner}/packages/container/${encodeURIComponent(image)}/settings`;
}

function fullName({ owner, image }: PackageWishes): string {
  return `${owner.toLowerCase()}/${image}`;
}
