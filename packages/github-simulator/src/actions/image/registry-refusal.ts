/** The error with which a registry, or the connection to it, failed. */
export class RegistryRefusal extends Error {}

/**
 * The reason a registry gives, e.g. `denied: permission_denied: write_package`, as docker and
 * buildx print it: the code in lower case and the message; without them the status alone.
 * @param request e.g. `POST request to https://ghcr.io/v2/acme/api/blobs/uploads/`
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export async function refusalOf(response: Response, request: string): Promise<RegistryRefusal> {
  const status = `${response.status} ${response.statusText}`.trim();
  const fallback = `unexpected status from ${request}: ${status}`;
  const body = await response.text();
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    const [first] = errors ?? [];
    if (first?.code === undefined) return new RegistryRefusal(fallback);
    return new RegistryRefusal(`${first.code.toLowerCase()}: ${first.message ?? status}`);
  } catch {
    return new RegistryRefusal(fallback);
  }
}
