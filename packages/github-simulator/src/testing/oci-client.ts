import { digestOf } from "../registry/distribution/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../registry/distribution/manifest.ts";
import { tinyImage, type TinyImage } from "./tiny-image.ts";

export interface OciTarget {
  /** Base of the registry, as `registryUrl` of the simulator. */
  url: string;
  /** A token; without one the client stays anonymous. */
  token?: string | undefined;
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>;
}

export interface OciClient {
  request(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** POST and PUT of a blob. */
  pushBlob(image: string, bytes: Uint8Array): Promise<Response>;
  /** Config, layer and manifest, as docker does it; stops at the first refusal. */
  push(image: string, reference: string, content?: TinyImage): Promise<Response>;
  pull(image: string, reference: string): Promise<Response>;
}

/** A registry client, with plain requests. */
export function ociClient({ url, token, fetch: send = fetch }: OciTarget): OciClient {
  const request = async (method: string, path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) {
      const bearer = token === undefined ? "QQ==" : Buffer.from(token).toString("base64");
      headers.set("authorization", `Bearer ${bearer}`);
    }
    return send(new URL(path, url).href, { ...init, method, headers });
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
