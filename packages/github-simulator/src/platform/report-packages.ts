import { seconds } from "../registry/packages/package-json.ts";
import type { View } from "../serializers/view.ts";
import type { PublishEvent } from "../registry/store/registry-events.ts";
import {
  findPackage,
  findVersion,
  type Package,
  type PackageVersion,
  type RegistryStore,
} from "../registry/store/registry-store.ts";
import { simpleUserByLogin, webUrl } from "../serializers/account.ts";

/**
 * Reports published versions to webhooks, with both of GitHub's names for it: a new version
 * is `published`, and one with another tag is `updated`.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#package and #registry_package
 */
export function reportPackages(view: View, store: RegistryStore): (event: PublishEvent) => void {
  const { world } = view;
  return (event) => {
    const { owner, digest, actor } = event;
    const subject = findPackage(store, owner, event.name);
    const version = subject && findVersion(subject, digest);
    if (subject === undefined || version === undefined) return;
    const action = version.createdAt === event.at ? "published" : "updated";
    const place = {
      repository: event.repository && world.state.repositories.get(event.repository.id),
      organisation: world.findOrganisation(owner),
    };
    for (const name of ["package", "registry_package"]) {
      world.events.emit("webhook", {
        name,
        ...place,
        sender: actor,
        payload: () => ({ action, [name]: packagePayload(view, subject, version, event) }),
      });
    }
  };
}

function packagePayload(
  view: View,
  subject: Package,
  version: PackageVersion,
  { actor, tags }: PublishEvent,
) {
  const { id, owner, name } = subject;
  const space = view.world.findOrganisation(owner) === undefined ? "users" : "orgs";
  const page = `${webUrl}/${space}/${owner}/packages/container/${name}`;
  const image = `ghcr.io/${owner.toLowerCase()}/${name}`;
  const tag = tags.at(-1) ?? "";
  const address = tag === "" ? `${image}@${version.digest}` : `${image}:${tag}`;
  return {
    id,
    name,
    namespace: owner,
    description: "",
    ecosystem: "CONTAINER",
    package_type: "CONTAINER",
    html_url: `${webUrl}/${space}/${owner}/packages/container/package/${encodeURIComponent(name)}`,
    created_at: seconds(subject.createdAt),
    updated_at: seconds(subject.updatedAt),
    owner: simpleUserByLogin(view, owner),
    package_version: {
      id: version.id,
      version: version.digest,
      name: version.digest,
      description: "",
      summary: "",
      html_url: `${page}/${version.id}`,
      created_at: seconds(version.createdAt),
      updated_at: seconds(version.updatedAt),
      metadata: [],
      container_metadata: { tag: { name: tag, digest: version.digest }, labels: {}, manifest: {} },
      package_files: [],
      author: simpleUserByLogin(view, actor),
      installation_command: `docker pull ${address}`,
      package_url: address,
    },
    registry: {
      about_url:
        "https://docs.github.com/packages/learn-github-packages/introduction-to-github-packages",
      name: "GitHub CONTAINER registry",
      type: "CONTAINER",
      url: `https://CONTAINER.pkg.github.com/${owner}`,
      vendor: "GitHub Inc",
    },
  };
}
