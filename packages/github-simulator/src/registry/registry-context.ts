import type { Context } from "hono";
import type { World } from "../world/world.ts";
import { resourceDenied } from "./access/oci-error.ts";
import type { Caller } from "./access/bearer.ts";
import { refusalToCreate, refusalToPull, refusalToPush } from "./access/package-access.ts";
import type { ImageName } from "./distribution/registry-route.ts";
import type { PublishEvent } from "./store/registry-events.ts";
import { findPackage, type Package, type RegistryStore } from "./store/registry-store.ts";

/** What all parts of the registry use. */
export interface RegistryContext {
  world: World;
  /** As images begin with it: "ghcr.io". */
  name: string;
  store: RegistryStore;
  /** Where clients reach the registry, e.g. `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Base of web pages, where images say that their source is. */
  webUrl: string;
  /** See `RegistryOptions.dialect`. */
  dialect: "specification" | "ghcr";
  announce: (event: PublishEvent) => void;
}

/** A request about an image. */
export interface ImageRequest extends RegistryContext {
  c: Context;
  caller: Caller;
  image: ImageName;
}

/** When something happens in the registry, with milliseconds. */
export function timeOf({ world }: Pick<RegistryContext, "world">): string {
  return new Date(world.clock.now()).toISOString();
}

/**
 * The package of an image that a client reads, or `undefined` if there is none.
 * @throws OciError when the caller may not pull, or is anonymous and there is no such package.
 */
export function openForPull({
  world,
  store,
  caller,
  image,
}: Pick<ImageRequest, "world" | "store" | "caller" | "image">): Package | undefined {
  const subject = findPackage(store, image.owner, image.name);
  if (subject === undefined && caller === undefined) throw resourceDenied();
  const refusal = subject && refusalToPull(world, caller, subject);
  if (refusal !== undefined) throw refusal;
  return subject;
}

/** @throws OciError when the caller may neither push to the package nor create it. */
export function assertMayPublish({ world, store, caller, image }: ImageRequest): void {
  const subject = findPackage(store, image.owner, image.name);
  const refusal =
    subject === undefined
      ? refusalToCreate(world, caller, image.owner)
      : refusalToPush(world, caller, subject);
  if (refusal !== undefined) throw refusal;
}
