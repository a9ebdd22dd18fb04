import { imageAddress } from "../image-address.ts";
import {
  newPatPage,
  packageSettingsPage,
  packagesPage,
  peoplePage,
  type Account,
} from "../account.ts";
import type { PackageFinding, UnnamedImage } from "../properties/repository-publishing.ts";
import { isSameName } from "../is-same-name.ts";

/** A package as GitHub's REST API shows it. */
export interface PackageFacts {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to; absent where it is linked to none. */
  readonly repository: string | undefined;
}

export interface DeclaredPackage extends Account {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  /** Name of the package: the image without its owner. */
  readonly image: string;
  readonly repository: string;
  /** Login of the account whose token publishes. */
  readonly publisher: string;
  /** Judged only where it is given. */
  readonly visibility: string | undefined;
  /** Whether the workflows publish with the job's own token, and not with the PAT. */
  readonly jobToken: boolean;
  /**
   * Whether the first push links the package: the job's own token does, and so does a label of the image. Absent
   * where nobody looked for one.
   */
  readonly isLinked: boolean | undefined;
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
  declared: DeclaredPackage,
  facts: PackageFacts | undefined,
  before: boolean,
  push: string | undefined,
): PackageFinding[] {
  const pushable = judgePush(declared, push);
  if (!facts) return [judgeAbsence(declared, before), ...pushable];
  return [
    { subject: "exists", state: "ok", text: `${imageAddress(declared, declared.image)} exists` },
    judgeLink(declared, facts),
    ...judgeVisibility(declared, facts),
    ...pushable,
  ];
}

/** What is said of a package that the admin token may not see. */
export function judgeHidden({
  owner,
  ownerKind,
  image,
  registry,
}: Pick<DeclaredPackage, "owner" | "ownerKind" | "image" | "registry">): PackageFinding {
  const name = imageAddress({ registry, owner }, image);
  if (ownerKind === "User") {
    const text = `whether ${name} exists is unknown: GitHub shows the private packages of ${owner} to ${owner} only, and the admin token belongs to another account; use one of ${owner}, with the scope read:packages`;
    return { subject: "exists", state: "unknown", text };
  }
  const text = `${name} cannot be verified: use an admin token of an owner of ${owner}, with the scope read:packages`;
  return { subject: "exists", state: "manual", text };
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
function judgeAbsence(declared: DeclaredPackage, before: boolean): PackageFinding {
  const name = imageAddress(declared, declared.image);
  if (!before && declared.isLinked === false) {
    const text = `${name} does not exist yet, and no workflow sets the label org.opencontainers.image.source: unless the Dockerfile or the build's configuration does, the first push links it to no repository, and later updates are refused until a person connects it (package-linked); write package: { bootstrap: true }, or set the label, as docker/metadata-action does`;
    return { subject: "linked", state: "manual", text };
  }
  if (!before) {
    const link = declared.isLinked ? `, linked to ${declared.owner}/${declared.repository}` : "";
    const text = `${name} does not exist yet; the first push creates it${link}`;
    return { subject: "exists", state: "pending", text };
  }
  return {
    subject: "exists",
    state: "manual",
    text: `${name} was deleted; restore it within 30 days, or let the next push create it again`,
    url: packagesPage(declared),
  };
}

function judgeLink(declared: DeclaredPackage, { repository }: PackageFacts): PackageFinding {
  const wanted = `${declared.owner}/${declared.repository}`;
  if (isSameName(repository, wanted)) {
    return { subject: "linked", state: "ok", text: `linked to ${wanted}` };
  }
  if (repository === undefined) {
    const text = `${imageAddress(declared, declared.image)} is linked to no repository, so the workflow's own token is denied; choose "Connect repository" and ${wanted}, then give it the role Write under "Manage Actions access"`;
    const state = declared.jobToken ? "problem" : "manual";
    return { subject: "linked", state, text, url: packageSettingsPage(declared) };
  }
  const text = `${imageAddress(declared, declared.image)} belongs to ${repository}; give ${wanted} another image name (fleet.repositories[].image), or link the package to it`;
  return { subject: "linked", state: "problem", text, url: packageSettingsPage(declared) };
}

function judgeVisibility(declared: DeclaredPackage, facts: PackageFacts): PackageFinding[] {
  const { visibility: wanted } = declared;
  if (wanted === undefined) return [];
  if (facts.visibility === wanted) {
    return [{ subject: "visibility", state: "ok", text: `${wanted}, as declared` }];
  }
  const text = `${imageAddress(declared, declared.image)} is ${facts.visibility}, not ${wanted}; choose "Change visibility"${wanted === "public" ? " (a public package cannot be made private again)" : ""}`;
  return [{ subject: "visibility", state: "manual", text, url: packageSettingsPage(declared) }];
}

function judgePush(declared: DeclaredPackage, refusal: string | undefined): PackageFinding[] {
  if (refusal === undefined) return [];
  const { owner, ownerKind, publisher } = declared;
  const denied = `${publisher}'s token may not push ${imageAddress(declared, declared.image)} (${refusal})`;
  const problem = { subject: "pushable", state: "problem" } as const;
  if (refusal.endsWith("create_package")) {
    // https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility
    const step =
      ownerKind === "User"
        ? `only a PAT of ${owner} creates packages of ${owner}: create one as ${owner}`
        : `make ${publisher} a member of ${owner} (${peoplePage(declared)}); if it is one, the organisation does not let members create such packages: allow it under "Package creation"`;
    const url = ownerKind === "User" ? newPatPage(declared.host) : packagesPage(declared);
    return [{ ...problem, text: `${denied}; ${step}`, url }];
  }
  const text = `${denied}; give ${publisher} the role Write on the package, or ${describeInheritance(declared)}`;
  return [{ ...problem, text, url: packageSettingsPage(declared) }];
}

/**
 * A package inherits the access of its repository only if it was linked before its first push, and not if
 * the organisation switched this off for new packages.
 *
 * @see https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility#about-inheritance-of-access-permissions
 */
function describeInheritance(declared: DeclaredPackage): string {
  const { owner, ownerKind, repository, publisher } = declared;
  const step = `choose "Inherit access from repository" there, if ${publisher} may write to ${owner}/${repository}`;
  return ownerKind === "User"
    ? step
    : `${step}; the organisation decides whether new packages inherit it (${packagesPage(declared)})`;
}

/**
 * The settings behind a denial of the job's own token, which no API shows; nothing for other denials.
 *
 * @param said by the registry, in a run
 * @see https://github.com/orgs/community/discussions/120859
 */
export function explainDenial(account: Account, said: string): string | undefined {
  const page = packagesPage(account);
  const isUser = account.ownerKind === "User";
  if (/not allowed to create \w+ package|create_package/i.test(said)) {
    return isUser
      ? "the job needs packages: write"
      : `the job needs packages: write, and the organisation has to allow such packages ("Package creation" on ${page})`;
  }
  if (!/not allowed to write \w+ package|write_package/i.test(said)) return undefined;
  const step =
    'in the settings of the package, choose "Inherit access from repository", or give the repository the role Write under "Manage Actions access"';
  return isUser ? step : `${step}; whether new packages inherit it is set on ${page}`;
}
