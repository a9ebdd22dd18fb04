import type { Env } from "../http/env.ts";
import { packageRoutes } from "./packages/package-routes.ts";
import type { World } from "../world/world.ts";
import { Hono, type Context } from "hono";
import { identifyCaller } from "./access/bearer.ts";
import { serveBlob } from "./distribution/blob-endpoints.ts";
import { createByHand, type ByHand } from "./by-hand.ts";
import { listReferrers, listTags } from "./distribution/discovery-endpoints.ts";
import { serveManifest } from "./distribution/manifest-endpoints.ts";
import { OciError } from "./access/oci-error.ts";
import type { PublishEvent } from "./store/registry-events.ts";
import type { RegistryContext } from "./registry-context.ts";
import { parseRegistryPath } from "./distribution/registry-route.ts";
import { createStore, type RegistryStore } from "./store/registry-store.ts";
import { exchangeToken } from "./distribution/token-endpoint.ts";
import { continueUpload, startUpload } from "./distribution/upload-endpoints.ts";

export interface RegistryOptions {
  world: World;
  /** As images begin with it, and the service of its tokens; "ghcr.io" by default. */
  name?: string;
  /** Where clients reach the registry. */
  baseUrl: string;
  /** Base of web pages, where images say that their source is; GitHub's by default. */
  webUrl?: string;
  /**
   * "specification" (the default) serves all of OCI distribution 1.1. "ghcr" leaves out what
   * ghcr.io lacks: it answers 405 to a cancelled upload and lets it expire
   * (https://github.com/radius-project/radius/pull/12623), and to POST at its token endpoint
   * (https://github.com/open-component-model/ocm/issues/400), has no referrers API
   * (https://github.com/actions/attest-build-provenance/issues/71), lists 100 tags at a time
   * (https://github.com/smg-project/smg/pull/2348), and takes chunks of 4 MiB at most
   * (https://github.com/oras-project/rust-oci-client/pull/37). Clients should live with both.
   */
  dialect?: "specification" | "ghcr";
}

export interface Registry {
  /** `/v2/…` and `/token`. */
  app: Hono;
  /** A part of the REST API: `/orgs/{org}/packages…`, `/users/{user}/packages…`, `/user/packages…`. */
  packagesApi: Hono<Env>;
  /** The registry's data, for assertions: read it, but change it through `byHand` only. */
  store: RegistryStore;
  byHand: ByHand;
  /** Calls back after each publication; returns a function that stops it. */
  onPublish(listener: (event: PublishEvent) => void): () => void;
  snapshot(): RegistrySnapshot;
  restore(snapshot: RegistrySnapshot): void;
}

/** A copy of all the registry's data; `structuredClone` can copy it, too. */
export type RegistrySnapshot = Readonly<RegistryStore>;

/** GHCR in memory: the OCI distribution API with GitHub's tokens and package permissions. */
export function createRegistry(options: RegistryOptions): Registry {
  const store = createStore();
  const listeners = new Set<(event: PublishEvent) => void>();
  const context: RegistryContext = {
    name: "ghcr.io",
    webUrl: "https://github.com",
    dialect: "specification",
    ...options,
    store,
    announce: (event) => listeners.forEach((listener) => listener(event)),
  };
  return {
    app: createApp(context),
    packagesApi: packageRoutes(store),
    store,
    byHand: createByHand(context),
    onPublish(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => structuredClone(store),
    restore: (snapshot) => {
      Object.assign(store, structuredClone(snapshot));
    },
  };
}

const versionHeader = ["docker-distribution-api-version", "registry/2.0"] as const;

function createApp(context: RegistryContext): Hono {
  const app = new Hono();
  app.on(["GET", "POST"], "/token", (c) => exchangeToken(c, context));
  app.all("/v2", (c) => serve(c, context));
  app.all("/v2/*", (c) => serve(c, context));
  app.onError((error, c) => {
    if (!(error instanceof OciError)) throw error;
    const response = error.toResponse();
    response.headers.set(...versionHeader);
    if (error.status === 401) response.headers.set("www-authenticate", challenge(c, context));
    return response;
  });
  return app;
}

async function serve(c: Context, context: RegistryContext): Promise<Response> {
  c.header(...versionHeader);
  const route = parseRegistryPath(c.req.path);
  if (route === undefined) return c.notFound();
  const caller = identifyCaller(c.req.header("authorization"), context.world);
  if (route.kind === "base") return c.json({});
  const request = { ...context, c, caller, image: route.image };
  switch (route.kind) {
    case "blob":
      return serveBlob(request, route.digest);
    case "uploads":
      return startUpload(request);
    case "upload":
      return continueUpload(request, route.id);
    case "manifest":
      return serveManifest(request, route.reference);
    case "tags":
      return listTags(request);
    case "referrers":
      return context.dialect === "ghcr" ? c.notFound() : listReferrers(request, route.digest);
  }
}

/** Where to get a token. For the bare `/v2/`, ghcr.io names this placeholder of an image. */
function challenge(c: Context, { name, baseUrl }: RegistryContext): string {
  const route = c.req.path.startsWith("/v2") ? parseRegistryPath(c.req.path) : undefined;
  const image = route === undefined || route.kind === "base" ? "user/image" : route.image.path;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  const scope = `repository:${image}:${reads ? "pull" : "pull,push"}`;
  return `Bearer realm="${baseUrl}/token",service="${name}",scope="${scope}"`;
}
