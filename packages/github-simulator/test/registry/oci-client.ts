import { createRegistry, type Registry } from "../../src/registry/create-registry.ts";
import { ociClient as clientOf, type OciClient } from "../../src/testing/oci-client.ts";
import { createSmallWorld } from "./small-world.ts";

export type { OciClient };

/** A registry without a port, in a world with the repositories `app` (private) and `site` (public). */
export function createTestRegistry(dialect: "specification" | "ghcr" = "specification") {
  const world = createSmallWorld();
  world.addRepository("app", "private", ["mina"]);
  world.addRepository("site", "public", ["mina"]);
  const registry = createRegistry({ world: world.github, baseUrl: "http://ghcr.test", dialect });
  return { world, registry };
}

/** A client of a registry without a port; without a secret it stays anonymous. */
export function ociClient(registry: Registry, secret?: string): OciClient {
  const fetch = (url: string, init: RequestInit) => registry.app.request(url, init);
  return clientOf({ url: "http://ghcr.test", token: secret, fetch });
}

/** Status and first error of an answer, as one line: `403 DENIED permission_denied: …`. */
export async function refusal(response: Response): Promise<string> {
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
  return `${response.status} ${errors[0]?.code} ${errors[0]?.message}`;
}
