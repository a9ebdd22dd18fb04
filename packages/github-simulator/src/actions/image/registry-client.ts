import { createHash } from "node:crypto";
import { StepFailure } from "../action/known-action.ts";
import type { Credentials } from "./docker-config.ts";
import {
  readChallenge,
  readToken,
  refusalOf,
  type RegistryFetch,
  requestToken,
} from "./registry-fetch.ts";

export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Digest in the form of the OCI specification. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Pushes to one repository of the registry, as buildx does. */
export interface RegistryClient {
  /** Uploads a blob that the registry does not have yet. @throws StepFailure */
  pushBlob(digest: string, bytes: Uint8Array): Promise<void>;
  /**
   * @param reference tag or digest
   * @returns whether the registry supports the manifest's `subject`
   * @throws StepFailure
   */
  pushManifest(reference: string, mediaType: string, bytes: Uint8Array): Promise<boolean>;
  /** @returns `undefined` if there is no such manifest */
  readManifest(reference: string): Promise<{ mediaType: string; bytes: Uint8Array } | undefined>;
}

/**
 * @param image e.g. `ghcr.io/acme/api`
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export function createRegistryClient(
  fetchRegistry: RegistryFetch,
  image: string,
  credentials: Credentials | undefined,
): RegistryClient {
  const [registry = "", ...path] = image.split("/");
  const repository = path.join("/");
  const root = `https://${registry}/v2/${repository}`;
  let token: Promise<string> | undefined;

  async function send(method: string, url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined) };
    if (token !== undefined) headers.authorization = `Bearer ${await token}`;
    const response = await fetchRegistry(url, { ...init, method, headers });
    const challenge = response.status === 401 ? readChallenge(response) : undefined;
    if (challenge === undefined || token !== undefined) return response;
    token = authorize(fetchRegistry, challenge, root, credentials);
    return send(method, url, init);
  }

  async function expect(status: number, method: string, url: URL, init?: RequestInit) {
    const response = await send(method, url, init);
    if (response.status !== status) {
      const shown = new URL(url.pathname, root);
      throw await refusalOf(response, `${method} request to ${shown.href}`);
    }
    await response.body?.cancel();
    return response;
  }

  return {
    async pushBlob(digest, bytes) {
      const head = await send("HEAD", new URL(`${root}/blobs/${digest}`));
      if (head.ok) return;
      const uploads = new URL(`${root}/blobs/uploads/`);
      const opened = await expect(202, "POST", uploads);
      const location = new URL(opened.headers.get("location") ?? "", uploads);
      location.searchParams.set("digest", digest);
      await expect(201, "PUT", location, {
        body: Buffer.from(bytes),
        headers: { "content-type": "application/octet-stream" },
      });
    },
    async pushManifest(reference, mediaType, bytes) {
      const answer = await expect(201, "PUT", new URL(`${root}/manifests/${reference}`), {
        body: Buffer.from(bytes),
        headers: { "content-type": mediaType },
      });
      return answer.headers.has("oci-subject");
    },
    async readManifest(reference) {
      const answer = await send("GET", new URL(`${root}/manifests/${reference}`), {
        headers: {
          accept:
            "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json",
        },
      });
      if (!answer.ok) return undefined;
      const mediaType = answer.headers.get("content-type") ?? "";
      return { mediaType, bytes: new Uint8Array(await answer.arrayBuffer()) };
    },
  };
}

async function authorize(
  fetchRegistry: RegistryFetch,
  challenge: { realm: string; service: string },
  root: string,
  credentials: Credentials | undefined,
): Promise<string> {
  const { response, url } = requestToken(fetchRegistry, challenge, credentials, {
    scope: `repository:${new URL(root).pathname.replace("/v2/", "")}:pull,push`,
  });
  const answer = await response;
  if (answer.ok) return readToken(answer);
  // buildx's message: https://github.com/docker/build-push-action/issues/200
  const kind = credentials === undefined ? "anonymous" : "oauth";
  const shown = new URL(`${url.pathname}${url.search}`, root);
  const refusal = await refusalOf(answer, `GET request to ${shown.href}`);
  throw new StepFailure(`failed to authorize: failed to fetch ${kind} token: ${refusal.message}`);
}
