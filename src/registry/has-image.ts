import { openSession, refuseUnlessOk, type RegistryClientOptions } from "./registry-client.ts";

/**
 * Whether the registry has the image, as far as the credential may see. GitHub's API answers as if a
 * package did not exist to accounts that may not read it.
 *
 * @param image `<owner>/<image>`, lower case
 * @throws {RegistryRefusal} the credential is not accepted, or the registry cannot say
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function hasImage(options: RegistryClientOptions, image: string): Promise<boolean> {
  const send = await openSession(options, image, "pull");
  const answer = await send({ method: "GET", path: `/v2/${image}/tags/list` });
  if (answer.status !== 404) await refuseUnlessOk(answer);
  await answer.body?.cancel();
  return answer.ok;
}
