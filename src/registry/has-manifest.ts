import { openSession, type RegistryClientOptions } from "./registry-client.ts";

/** What builders push: an image, or an index of images and attestations. */
const accepted = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * Whether the registry has a tag of an image, as far as the credential may see.
 *
 * @param image `<owner>/<image>`, lower case
 * @throws {RegistryRefusal} the credential is not accepted
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#checking-if-content-exists-in-the-registry
 */
export async function hasManifest(
  options: RegistryClientOptions,
  image: string,
  tag: string,
): Promise<boolean> {
  const send = await openSession(options, image, "pull");
  const path = `/v2/${image}/manifests/${tag}`;
  const answer = await send({ method: "HEAD", path, headers: { accept: accepted } });
  await answer.body?.cancel();
  return answer.ok;
}
