import type { Account, Credential, RegistryHost } from "../store/registry-host.ts";
import { tagsOf, type Package, type PackageVersion } from "../store/registry-store.ts";

/** The base addresses of links in REST answers. */
export interface PackageUrls {
  /** Base of the REST API, e.g. `https://api.github.com`. */
  apiUrl: () => string;
  /** Base of the web pages, e.g. `https://github.com`. */
  webUrl: () => string;
}

/** `package` of GitHub's OpenAPI description. */
export function packageJson(
  subject: Package,
  account: Account,
  reader: Credential,
  host: RegistryHost,
  urls: PackageUrls,
) {
  const linked = subject.repository && host.repositoryById(subject.repository.id);
  const repository =
    linked && host.canAccess(reader, linked, "read") ? host.describeRepository(linked) : undefined;
  const { url, html_url } = packageUrls(subject, account, urls);
  return {
    id: subject.id,
    name: subject.name,
    package_type: "container",
    owner: host.describeAccount(account),
    version_count: subject.versions.filter((version) => version.deletedAt === undefined).length,
    visibility: subject.visibility,
    url,
    created_at: seconds(subject.createdAt),
    updated_at: seconds(subject.updatedAt),
    ...(repository === undefined ? {} : { repository }),
    html_url,
  };
}

/** `package-version` of GitHub's OpenAPI description. */
export function versionJson(
  subject: Package,
  version: PackageVersion,
  account: Account,
  urls: PackageUrls,
) {
  const { url, html_url, versionsUrl } = packageUrls(subject, account, urls);
  const live = version.deletedAt === undefined;
  return {
    id: version.id,
    name: version.digest,
    url: `${url}/versions/${version.id}`,
    package_html_url: html_url,
    created_at: seconds(version.createdAt),
    updated_at: seconds(version.updatedAt),
    ...(version.deletedAt === undefined ? {} : { deleted_at: seconds(version.deletedAt) }),
    html_url: `${versionsUrl}/${version.id}`,
    metadata: {
      package_type: "container",
      container: { tags: live ? tagsOf(subject, version.digest) : [] },
    },
  };
}

function packageUrls(subject: Package, account: Account, { apiUrl, webUrl }: PackageUrls) {
  const name = encodeURIComponent(subject.name);
  const space = `${account.type === "Organization" ? "orgs" : "users"}/${account.login}`;
  return {
    url: `${apiUrl()}/${space}/packages/container/${name}`,
    html_url: `${webUrl()}/${space}/packages/container/package/${name}`,
    versionsUrl: `${webUrl()}/${space}/packages/container/${name}`,
  };
}

/** GitHub's timestamps have no fraction. */
function seconds(iso: string): string {
  return iso.replace(/\.\d+Z$/, "Z");
}
