import { digestOf } from "../../src/registry/distribution/digest.ts";
import type { Registry } from "../../src/registry/create-registry.ts";
import { createRegistry } from "../../src/registry/create-registry.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../src/registry/distribution/manifest.ts";
import { createFakeWorld } from "./fake-world.ts";
import { tinyImage, type TinyImage } from "./tiny-image.ts";

/** A registry without a port, in a world with the repositories `app` (private) and `site` (public). */
export function createTestRegistry(dialect: "specification" | "ghcr" = "specification") {
  const world = createFakeWorld();
  world.addRepository("app", "private", ["mina"]);
  world.addRepository("site", "public", ["mina"]);
  const registry = createRegistry({ host: world, baseUrl: "http://ghcr.test", dialect });
  return { world, registry };
}

export interface OciClient {
  request(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** POST and PUT of a blob. */
  pushBlob(image: string, bytes: Uint8Array): Promise<Response>;
  /** Config, layer and manifest, as docker does it; stops at the first refusal. */
  push(image: string, reference: string, content?: TinyImage): Promise<Response>;
  pull(image: string, reference: string): Promise<Response>;
}

/** What a registry client does, in plain requests; without a secret it stays anonymous. */
export function ociClient(registry: Registry, secret?: string): OciClient {
  const request = async (method: string, path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) {
      const bearer = secret === undefined ? "QQ==" : Buffer.from(secret).toString("base64");
      headers.set("authorization", `Bearer ${bearer}`);
    }
    return registry.app.request(path, { ...init, method, headers });
  };
  const pushBlob = async (image: string, bytes: Uint8Array) => {
    const started = await request("POST", `/v2/${image}/blobs/uploads/`);
    if (started.status !== 202) return started;
    const location = `${started.headers.get("location")}?digest=${digestOf(bytes)}`;
    return request("PUT", location, { body: new Uint8Array(bytes) });
  };
  return {
    request,
    pushBlob,
    async push(image, reference, content = tinyImage(image)) {
      for (const blob of [content.config, content.layer]) {
        const pushed = await pushBlob(image, blob);
        if (!pushed.ok) return pushed;
      }
      return request("PUT", `/v2/${image}/manifests/${reference}`, {
        body: new Uint8Array(content.manifest),
        headers: { "content-type": OCI_MANIFEST },
      });
    },
    pull: (image, reference) =>
      request("GET", `/v2/${image}/manifests/${reference}`, {
        headers: { accept: `${OCI_MANIFEST}, ${OCI_INDEX}` },
      }),
  };
}

/** Status and first error of an answer, as one line: `403 DENIED permission_denied: …`. */
export async function refusal(response: Response): Promise<string> {
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
  return `${response.status} ${errors[0]?.code} ${errors[0]?.message}`;
}
