import type { View } from "../../serializers/view.ts";
import { simpleUserByLogin, webUrl } from "../../serializers/account.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import { anonymous, type AuthenticatedActor } from "../../world/actor.ts";
import { canAccess } from "../access/package-access.ts";
import { tagsOf, type Package, type PackageVersion } from "../store/registry-store.ts";

/** `package` of GitHub's OpenAPI description. */
export function packageJson(view: View, subject: Package, reader: AuthenticatedActor) {
  const { world } = view;
  const linked = subject.repository && world.state.repositories.get(subject.repository.id);
  const isSeen = linked && canAccess(world, reader, linked.id, "read");
  const { url, html_url } = packageUrls(view, subject);
  return {
    id: subject.id,
    name: subject.name,
    package_type: "container",
    owner: simpleUserByLogin(view, subject.owner),
    version_count: subject.versions.filter((version) => version.deletedAt === undefined).length,
    visibility: subject.visibility,
    url,
    created_at: seconds(subject.createdAt),
    updated_at: seconds(subject.updatedAt),
    ...(isSeen && { repository: minimalRepository({ ...view, actor: anonymous }, linked) }),
    html_url,
  };
}

/** `package-version` of GitHub's OpenAPI description. */
export function versionJson(view: View, subject: Package, version: PackageVersion) {
  const { url, html_url, versionsUrl } = packageUrls(view, subject);
  const live = version.deletedAt === undefined;
  return {
    id: version.id,
    name: version.digest,
    url: `${url}/versions/${version.id}`,
    package_html_url: html_url,
    created_at: seconds(version.createdAt),
    updated_at: seconds(version.updatedAt),
    ...(version.deletedAt !== undefined && { deleted_at: seconds(version.deletedAt) }),
    html_url: `${versionsUrl}/${version.id}`,
    metadata: {
      package_type: "container",
      container: { tags: live ? tagsOf(subject, version.digest) : [] },
    },
  };
}

function packageUrls({ world, api }: View, subject: Package) {
  const name = encodeURIComponent(subject.name);
  const isOrganisation = world.findOrganisation(subject.owner) !== undefined;
  const space = `${isOrganisation ? "orgs" : "users"}/${subject.owner}`;
  return {
    url: `${api}/${space}/packages/container/${name}`,
    html_url: `${webUrl}/${space}/packages/container/package/${name}`,
    versionsUrl: `${webUrl}/${space}/packages/container/${name}`,
  };
}

/** GitHub's timestamps have no fraction. */
export function seconds(iso: string): string {
  return iso.replace(/\.\d+Z$/, "Z");
}
