import {
  openSession,
  refuseUnlessOk,
  RegistryRefusal,
  type RegistryClientOptions,
} from "./registry-client.ts";

type PushProbe =
  | { readonly allowed: true }
  /** `reason` is the registry's own, e.g. `denied: permission_denied: write_package`. */
  | { readonly allowed: false; readonly reason: string };

/**
 * Finds out whether a credential may push an image, without pushing: an upload is started and cancelled. A
 * successful login does not show that.
 *
 * @param image `<owner>/<image>`, lower case
 * @throws {RegistryRefusal} the registry is overloaded or broken
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export async function probePush(options: RegistryClientOptions, image: string): Promise<PushProbe> {
  try {
    const send = await openSession(options, image, "pull,push");
    const started = await send({ method: "POST", path: `/v2/${image}/blobs/uploads/` });
    await refuseUnlessOk(started);
    const location = started.headers.get("location");
    // ghcr.io was seen to answer 405 and to let the upload expire: either way nothing remains.
    // https://github.com/radius-project/radius/pull/12623
    if (location) await send({ method: "DELETE", path: location });
    return { allowed: true };
  } catch (error) {
    if (error instanceof RegistryRefusal && !error.isTemporary) {
      return { allowed: false, reason: error.message };
    }
    throw error;
  }
}
