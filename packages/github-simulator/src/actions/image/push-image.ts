import { type ActionStep, prefixed } from "../action/known-action.ts";
import type { Image } from "./build-image.ts";
import { type BuildOutput, parseImageReference } from "./build-output.ts";
import { readCredentials } from "./docker-config.ts";
import { createRegistryClient, type RegistryClient } from "./registry-client.ts";
import { createRegistryFetch } from "./registry-fetch.ts";

/** A client with the credentials that a login stored in the job. */
export function openRepository(
  step: ActionStep,
  registry: string,
  repository: string,
): RegistryClient {
  const fetchRegistry = createRegistryFetch(step.host, step.signal);
  const credentials = readCredentials(step.folders.home, registry);
  return createRegistryClient(fetchRegistry, `${registry}/${repository}`, credentials);
}

/** Pushes an image under all its names. @throws StepFailure with buildx's message */
export async function pushImage(
  step: ActionStep,
  image: Image,
  output: BuildOutput,
): Promise<void> {
  for (const name of output.names) {
    const { registry, repository, tag } = parseImageReference(name);
    const client = openRepository(step, registry, repository);
    step.info(`#9 [auth] ${repository}:pull,push token for ${registry}`);
    // https://github.com/docker/build-push-action/issues/981
    await prefixed(`failed to push ${name}: `, async () => {
      for (const blob of image.blobs) await client.pushBlob(blob.digest, blob.bytes);
      for (const each of image.manifests) {
        await client.pushManifest(each.digest, each.mediaType, each.bytes);
      }
      const { mediaType, digest, bytes } = image.root;
      await client.pushManifest(output.byDigest ? digest : tag || "latest", mediaType, bytes);
    });
    step.info(`#8 pushing manifest for ${name}@${image.root.digest} done`);
  }
}
