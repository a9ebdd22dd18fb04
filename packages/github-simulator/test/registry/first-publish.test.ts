import { describe, expect, it } from "vitest";
import { findPackage } from "../../src/registry/store/registry-store.ts";
import type { PublishEvent } from "../../src/registry/store/registry-events.ts";
import { OCI_INDEX } from "../../src/registry/distribution/manifest.ts";
import { createTestRegistry, ociClient } from "./oci-client.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";
import { tinyIndex } from "./image-layout.ts";

const SOURCE = "org.opencontainers.image.source";

async function publish(
  who: (world: ReturnType<typeof createTestRegistry>["world"]) => string,
  source?: string,
) {
  const { registry, world } = createTestRegistry();
  world.addRepository("hidden", "private");
  world.addRepository("site", "public", ["mina"], "sam");
  await ociClient(registry, who(world)).push("acme/image", "1", tinyImage("x", source));
  const subject = findPackage(registry.store, "acme", "image");
  return {
    visibility: subject?.visibility,
    linked: subject?.repository?.name,
    inherits: subject?.inheritsAccess,
  };
}

const orphan = { visibility: "private", linked: undefined, inherits: false };

describe("the first version decides", () => {
  it("a job links its repository and takes over its visibility", async () => {
    expect(await publish((world) => world.job("site", "write"))).toEqual({
      visibility: "public",
      linked: "site",
      inherits: true,
    });
    expect(await publish((world) => world.job("app", "write"))).toEqual({
      visibility: "private",
      linked: "app",
      inherits: true,
    });
  });

  it("a label links the repository, but the package stays private", async () => {
    const source = "https://github.com/acme/site";
    expect(await publish((world) => world.pat("mina", "write:packages"), source)).toEqual({
      visibility: "private",
      linked: "site",
      inherits: true,
    });
  });

  it("without a label a manually pushed package has no repository", async () => {
    expect(await publish((world) => world.pat("mina", "write:packages"))).toEqual(orphan);
  });

  it.each([
    ["another host", "https://example.com/acme/site"],
    ["no repository", "https://github.com/acme/none"],
    ["a repository that the pusher cannot see", "https://github.com/acme/hidden"],
    ["a repository of another owner", "https://github.com/sam/site"],
    ["a folder", "https://github.com/acme/site/tree/main"],
  ])("a label that names %s links nothing", async (_what, source) => {
    expect(await publish((world) => world.pat("mina", "write:packages"), source)).toEqual(orphan);
  });

  it("a job's repository has priority over the label", async () => {
    const source = "https://github.com/acme/site";
    expect(await publish((world) => world.job("app", "write"), source)).toMatchObject({
      linked: "app",
    });
  });

  it("an annotation on the index counts, too, before the first tag", async () => {
    const { registry, world } = createTestRegistry();
    const client = ociClient(registry, world.pat("mina", "write:packages"));
    const images = [tinyImage("one"), tinyImage("two")];
    for (const image of images) await client.push("acme/image", image.digest, image);
    const index = tinyIndex(images, { [SOURCE]: "https://github.com/Acme/App.git" });
    const pushed = await client.request("PUT", "/v2/acme/image/manifests/1", {
      body: new Uint8Array(index),
      headers: { "content-type": OCI_INDEX },
    });
    expect(pushed.status).toBe(201);
    expect(findPackage(registry.store, "acme", "image")?.repository?.name).toBe("app");
  });

  it("a later label changes nothing", async () => {
    const { registry, world } = createTestRegistry();
    const client = ociClient(registry, world.pat("mina", "write:packages"));
    await client.push("acme/image", "1", tinyImage("one"));
    await client.push("acme/image", "2", tinyImage("two", "https://github.com/acme/app"));
    expect(findPackage(registry.store, "acme", "image")?.repository).toBeUndefined();
  });
});

it("publications are reported, and pushes and pulls logged, without any token", async () => {
  const { registry, world } = createTestRegistry();
  const events: PublishEvent[] = [];
  const stop = registry.onPublish((event) => events.push(event));
  const token = world.job("app", "write");
  const client = ociClient(registry, token);
  const image = tinyImage("x");
  await client.push("acme/app", "1", image);
  await client.push("acme/app", "latest", image);
  await client.pull("acme/app", "latest");
  stop();
  await client.push("acme/app", "2", tinyImage("y"));
  const common = {
    owner: "Acme",
    name: "app",
    digest: image.digest,
    actor: "mina",
    credentialKind: "job",
    repository: { owner: "Acme", name: "app", id: world.github.repository("acme/app").id },
    at: "2026-05-04T10:00:00.123Z",
  };
  expect(events).toEqual([
    { ...common, tags: ["1"], firstPublish: true },
    { ...common, tags: ["1", "latest"], firstPublish: false },
  ]);
  expect(registry.store.log.map((entry) => [entry.action, entry.reference, entry.actor])).toEqual([
    ["push", "1", "mina"],
    ["push", "latest", "mina"],
    ["pull", "latest", "mina"],
    ["push", "2", "mina"],
  ]);
  const bearer = Buffer.from(token).toString("base64");
  const memory = JSON.stringify(registry.store, (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  expect(memory).not.toContain(token);
  expect(memory).not.toContain(bearer);
});

it("a snapshot brings back packages, tags and bytes", async () => {
  const { registry, world } = createTestRegistry();
  const client = ociClient(registry, world.job("app", "write"));
  await client.push("acme/app", "1");
  const snapshot = registry.snapshot();
  await client.push("acme/app", "2", tinyImage("later"));
  registry.byHand.deletePackage("acme", "app");
  registry.restore(snapshot);
  expect((await client.pull("acme/app", "1")).status).toBe(200);
  expect((await client.pull("acme/app", "2")).status).toBe(404);
});

it("a deleted package can be restored manually, unless its name is used again", async () => {
  const { registry, world } = createTestRegistry();
  const client = ociClient(registry, world.pat("mina", "write:packages"));
  await client.push("acme/tool", "1");
  registry.byHand.deletePackage("acme", "tool");
  expect((await client.pull("acme/tool", "1")).status).toBe(404);
  registry.byHand.restore("acme", "tool");
  expect((await client.pull("acme/tool", "1")).status).toBe(200);
  registry.byHand.deletePackage("acme", "tool");
  await client.push("acme/tool", "2");
  expect(() => registry.byHand.restore("acme", "tool")).toThrow("no package acme/tool to restore");
});
