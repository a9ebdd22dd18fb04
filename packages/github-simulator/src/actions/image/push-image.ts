import type { ActionStep } from "../action/known-action.ts";
import { StepFailure } from "../action/step-failure.ts";
import type { Image } from "./build-image.ts";
import type { BuildOutput } from "./build-output.ts";
import { readCredentials } from "./docker-config.ts";
import { parseImageReference } from "./image-reference.ts";
import { createRegistryClient, type RegistryClient } from "./registry-client.ts";
import { createRegistryFetch } from "./registry-fetch.ts";
import { RegistryRefusal } from "./registry-refusal.ts";

/** A client with the credentials that a login stored in the job. @throws StepFailure */
export function openRepository(
  step: ActionStep,
  registry: string,
  repository: string,
): RegistryClient {
  const { registryName } = step.host;
  if (registry !== registryName) {
    throw new StepFailure(`the simulator has no registry other than ${registryName}`);
  }
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
    try {
      for (const blob of image.blobs) await client.pushBlob(blob.digest, blob.bytes);
      for (const each of image.manifests) {
        await client.pushManifest(each.digest, each.mediaType, each.bytes);
      }
      const { mediaType, digest, bytes } = image.root;
      await client.pushManifest(output.byDigest ? digest : tag || "latest", mediaType, bytes);
    } catch (error) {
      if (!(error instanceof RegistryRefusal)) throw error;
      // https://github.com/docker/build-push-action/issues/981
      throw new StepFailure(`failed to push ${name}: ${error.message}`, { cause: error });
    }
    step.info(`#8 pushing manifest for ${name}@${image.root.digest} done`);
  }
}
