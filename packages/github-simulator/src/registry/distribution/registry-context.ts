import type { Caller } from "../access/bearer.ts";
import { resourceDenied } from "../access/oci-error.ts";
import { refusalToCreate, refusalToPull, refusalToPush } from "../access/package-access.ts";
import type { PackageEvent, PublishEvent } from "../store/registry-events.ts";
import type { RegistryHost } from "../store/registry-host.ts";
import type { ImageName } from "./registry-route.ts";
import { findPackage, type Package, type RegistryStore } from "../store/registry-store.ts";

/** What all endpoints of the registry use. */
export interface RegistryContext {
  host: RegistryHost;
  /** As images begin with it: "ghcr.io". */
  name: string;
  store: RegistryStore;
  /** Where clients reach the registry, e.g. `http://127.0.0.1:8080`. */
  baseUrl: () => string;
  /** Base of web pages, where images say that their source is. */
  webUrl: () => string;
  /** See `RegistryOptions.dialect`. */
  dialect: "specification" | "ghcr";
  announce: (event: PublishEvent) => void;
  audit: (event: PackageEvent) => void;
}

/**
 * The package of an image that a client reads, or `undefined` if there is none.
 * @throws OciError when the caller may not pull, or is anonymous and there is no such package.
 */
export function openForPull(
  { host, store }: RegistryContext,
  caller: Caller,
  image: ImageName,
): Package | undefined {
  const subject = findPackage(store, image.owner, image.name);
  const refusal =
    subject !== undefined
      ? refusalToPull(caller, subject, host)
      : caller === undefined
        ? resourceDenied()
        : undefined;
  if (refusal !== undefined) throw refusal;
  return subject;
}

/** @throws OciError when the caller may neither push to the package nor create it. */
export function assertMayPublish(
  { host, store }: RegistryContext,
  caller: Caller,
  image: ImageName,
): void {
  const subject = findPackage(store, image.owner, image.name);
  const refusal =
    subject !== undefined
      ? refusalToPush(caller, subject, host)
      : refusalToCreate(caller, image.owner, host);
  if (refusal !== undefined) throw refusal;
}
