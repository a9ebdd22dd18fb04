import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/registry/distribution/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../src/registry/distribution/manifest.ts";
import { createTestRegistry, ociClient, refusal, type OciClient } from "./oci-client.ts";
import {
  describe as descriptor,
  json,
  tinyImage,
  type TinyImage,
} from "../../src/testing/tiny-image.ts";
import { tinyIndex } from "./image-layout.ts";

function setup(dialect?: "ghcr") {
  const { registry, world } = createTestRegistry(dialect);
  return { registry, world, client: ociClient(registry, world.job("app", "write")) };
}

const text = (value: string) => new TextEncoder().encode(value);

describe("blobs", () => {
  it("arrive in chunks, which must be in order", async () => {
    const { client } = setup();
    const bytes = text("hello world");
    const started = await client.request("POST", "/v2/acme/app/blobs/uploads/");
    const location = started.headers.get("location") ?? "";
    const patch = (body: string, range: string) =>
      client.request("PATCH", location, { body, headers: { "content-range": range } });
    expect((await patch("hello ", "0-5")).headers.get("range")).toBe("0-5");
    const early = await patch("world", "7-11");
    expect([early.status, early.headers.get("range")]).toEqual([416, "0-5"]);
    const status = await client.request("GET", location);
    expect([status.status, status.headers.get("range")]).toEqual([204, "0-5"]);
    expect((await patch("world", "6-10")).status).toBe(202);
    const closed = await client.request("PUT", `${location}?digest=${digestOf(bytes)}`);
    expect(closed.status).toBe(201);
    const blob = await client.request("GET", closed.headers.get("location") ?? "");
    expect(await blob.text()).toBe("hello world");
  });

  it("must have their digest", async () => {
    const { client } = setup();
    const path = `/v2/acme/app/blobs/uploads/?digest=${digestOf(text("other"))}`;
    expect(await refusal(await client.request("POST", path, { body: "hello" }))).toBe(
      "400 DIGEST_INVALID provided digest did not match uploaded content",
    );
  });

  it("are served whole, in part and by HEAD", async () => {
    const { client } = setup();
    const bytes = text("hello world");
    await client.pushBlob("acme/app", bytes);
    const path = `/v2/acme/app/blobs/${digestOf(bytes)}`;
    const head = await client.request("HEAD", path);
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "11"]);
    const part = await client.request("GET", path, { headers: { range: "bytes=6-" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 6-10/11"]);
    expect(await part.text()).toBe("world");
    const beyond = await client.request("GET", path, { headers: { range: "bytes=20-" } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */11"]);
  });

  it("are mounted from an image that the caller may pull, or uploaded", async () => {
    const { client, registry, world } = setup();
    const image = tinyImage("x");
    await client.push("acme/app", "1", image);
    const mount = `/v2/acme/copy/blobs/uploads/?mount=${digestOf(image.layer)}&from=acme/app`;
    expect((await client.request("POST", mount)).status).toBe(201);
    const path = `/v2/acme/copy/blobs/${digestOf(image.layer)}`;
    expect((await client.request("HEAD", path)).status).toBe(200);
    const other = ociClient(registry, world.job("site", "write"));
    expect((await other.request("POST", mount)).status).toBe(202);
    const nowhere = mount.replace("from=acme/app", "from=NOWHERE");
    expect((await client.request("POST", nowhere)).status).toBe(202);
  });

  it("are hidden from those who may not create the package", async () => {
    const { client, registry, world } = setup();
    await client.pushBlob("acme/app", text("secret"));
    const path = `/v2/acme/app/blobs/${digestOf(text("secret"))}`;
    const sam = ociClient(registry, world.pat("sam", "write:packages"));
    expect((await sam.request("GET", path)).status).toBe(404);
  });

  it("belong only to the image that they were uploaded to", async () => {
    const { client } = setup();
    const started = await client.request("POST", "/v2/acme/app/blobs/uploads/");
    const foreign = (started.headers.get("location") ?? "").replace("acme/app", "acme/other");
    expect(await refusal(await client.request("PATCH", foreign, { body: "x" }))).toBe(
      "404 BLOB_UPLOAD_UNKNOWN blob upload unknown to registry",
    );
  });
});

it("cancelling an upload ends it", async () => {
  const { client } = setup();
  const started = await client.request("POST", "/v2/acme/app/blobs/uploads/");
  const location = started.headers.get("location") ?? "";
  expect((await client.request("DELETE", location)).status).toBe(204);
  expect((await client.request("GET", location)).status).toBe(404);
});

describe("what ghcr.io lacks", () => {
  it("an upload cannot be cancelled", async () => {
    const { client } = setup("ghcr");
    const started = await client.request("POST", "/v2/acme/app/blobs/uploads/");
    const location = started.headers.get("location") ?? "";
    expect(await refusal(await client.request("DELETE", location))).toBe(
      "405 UNSUPPORTED The operation is unsupported.",
    );
  });

  it("referrers cannot be listed, and no header promises it", async () => {
    const { client } = setup("ghcr");
    const image = tinyImage("x");
    await client.push("acme/app", "1", image);
    const pushed = await pushAttestation(client, image);
    expect([pushed.status, pushed.headers.has("oci-subject")]).toEqual([201, false]);
    const path = `/v2/acme/app/referrers/${image.digest}`;
    expect((await client.request("GET", path)).status).toBe(404);
  });

  it("a token can be requested with GET only", async () => {
    const { registry } = createTestRegistry("ghcr");
    const body = new URLSearchParams({ grant_type: "password", password: "any" });
    const response = await registry.app.request("/token", { method: "POST", body });
    expect(response.status).toBe(405);
  });

  it("a chunk has at most 4 MiB, a stream may have more", async () => {
    const { client } = setup("ghcr");
    const started = await client.request("POST", "/v2/acme/app/blobs/uploads/");
    const location = started.headers.get("location") ?? "";
    const bytes = new Uint8Array(4 * 1024 * 1024 + 1);
    const range = { "content-range": `0-${bytes.length - 1}` };
    const chunk = await client.request("PATCH", location, { body: bytes, headers: range });
    expect(await refusal(chunk)).toBe(
      "416 REQUESTED_RANGE_NOT_SATISFIABLE the request body is too large and exceeds the maximum permissible limit of 4.00MiB",
    );
    const stream = await client.request("PATCH", location, { body: bytes });
    expect([stream.status, stream.headers.get("range")]).toEqual([202, "0-4194304"]);
  });

  it("tags are listed 100 at a time, unless more are requested", async () => {
    const { client } = setup("ghcr");
    const image = tinyImage("x");
    const names = Array.from({ length: 120 }, (_, index) => `t${index + 100}`);
    for (const tag of names) await client.push("acme/app", tag, image);
    const list = async (query: string) => {
      const answer = await client.request("GET", `/v2/acme/app/tags/list${query}`);
      const { tags } = (await answer.json()) as { tags: string[] };
      return [tags.length, answer.headers.get("link")];
    };
    const next = '</v2/acme/app/tags/list?n=100&last=t199>; rel="next"';
    expect(await list("")).toEqual([100, next]);
    expect(await list("?n=1000")).toEqual([120, null]);
  });
});

describe("manifests", () => {
  it("are returned as pushed, by tag and by digest", async () => {
    const { client } = setup();
    const image = tinyImage("x");
    const pushed = await client.push("acme/app", "1", image);
    expect(pushed.headers.get("docker-content-digest")).toBe(image.digest);
    for (const reference of ["1", image.digest]) {
      const pulled = await client.pull("acme/app", reference);
      expect(Buffer.from(await pulled.arrayBuffer())).toEqual(Buffer.from(image.manifest));
      expect(pulled.headers.get("content-type")).toBe(OCI_MANIFEST);
    }
  });

  it("in OCI formats need an Accept header that names them", async () => {
    const { client } = setup();
    const image = tinyImage("x");
    await client.push("acme/app", "1", image);
    await client.request("PUT", "/v2/acme/app/manifests/all", {
      body: new Uint8Array(tinyIndex([image])),
      headers: { "content-type": OCI_INDEX },
    });
    const headers = { accept: "application/vnd.docker.distribution.manifest.v2+json" };
    const get = (tag: string) =>
      client.request("GET", `/v2/acme/app/manifests/${tag}`, { headers });
    expect(await refusal(await get("1"))).toBe(
      "404 MANIFEST_UNKNOWN OCI manifest found, but Accept header does not support OCI manifests",
    );
    expect(await refusal(await get("all"))).toBe(
      "404 MANIFEST_UNKNOWN OCI index found, but Accept header does not support OCI indexes",
    );
  });

  it.each<[string, string, Uint8Array, string]>([
    ["of another type", "application/json", json({}), "400 MANIFEST_INVALID manifest invalid"],
    ["that is not JSON", OCI_MANIFEST, text("{"), "400 MANIFEST_INVALID manifest invalid"],
    [
      "without layers",
      OCI_MANIFEST,
      json({ schemaVersion: 2 }),
      "400 MANIFEST_INVALID manifest invalid",
    ],
    [
      "whose type is not what it says",
      OCI_INDEX,
      json({ schemaVersion: 2, mediaType: OCI_MANIFEST, manifests: [] }),
      "400 MANIFEST_INVALID manifest invalid",
    ],
    [
      "with a blob that is missing",
      OCI_MANIFEST,
      tinyImage("nowhere").manifest,
      "400 MANIFEST_BLOB_UNKNOWN blob unknown to registry",
    ],
    [
      "with an image that is missing",
      OCI_INDEX,
      tinyIndex([tinyImage("nowhere")]),
      "400 MANIFEST_BLOB_UNKNOWN blob unknown to registry",
    ],
  ])("%s are refused", async (_what, type, body, expected) => {
    const { client, registry } = setup();
    const pushed = await client.request("PUT", "/v2/acme/app/manifests/1", {
      body: new Uint8Array(body),
      headers: { "content-type": type },
    });
    expect(await refusal(pushed)).toBe(expected);
    expect(registry.store.packages).toEqual([]);
  });

  it("must have the digest that they are pushed to", async () => {
    const { client } = setup();
    const pushed = await client.push("acme/app", tinyImage("y").digest, tinyImage("x"));
    expect(await refusal(pushed)).toBe(
      "400 DIGEST_INVALID provided digest did not match uploaded content",
    );
  });

  it("and blobs are not deleted through the registry", async () => {
    const { client } = setup();
    const image = tinyImage("x");
    await client.push("acme/app", "1", image);
    for (const path of [
      "manifests/1",
      `manifests/${image.digest}`,
      `blobs/${digestOf(image.layer)}`,
    ]) {
      const response = await client.request("DELETE", `/v2/acme/app/${path}`);
      expect(await refusal(response)).toBe("405 UNSUPPORTED The operation is unsupported.");
    }
  });
});

describe("image names", () => {
  it.each(["Acme/app", "acme/App", "acme", "acme/-app", "acme//app"])(
    "%s is refused",
    async (name) => {
      const { client } = setup();
      const response = await client.request("POST", `/v2/${name}/blobs/uploads/`);
      expect(await refusal(response)).toBe("400 NAME_INVALID invalid repository name");
    },
  );

  it("may have more than two parts", async () => {
    const { client } = setup();
    expect((await client.push("acme/tools/blobs/lint", "1")).status).toBe(201);
    expect((await client.pull("acme/tools/blobs/lint", "1")).status).toBe(200);
  });
});

describe("tags", () => {
  it("are listed page by page in lexical order", async () => {
    const { client } = setup();
    const image = tinyImage("x");
    for (const tag of ["b", "c", "a"]) await client.push("acme/app", tag, image);
    const all = await client.request("GET", "/v2/acme/app/tags/list");
    expect(await all.json()).toEqual({ name: "acme/app", tags: ["a", "b", "c"] });
    const first = await client.request("GET", "/v2/acme/app/tags/list?n=2");
    expect(await first.json()).toEqual({ name: "acme/app", tags: ["a", "b"] });
    const next = first.headers.get("link") ?? "";
    expect(next).toBe('</v2/acme/app/tags/list?n=2&last=b>; rel="next"');
    const second = await client.request("GET", /<(.*)>/.exec(next)?.[1] ?? "");
    expect(await second.json()).toEqual({ name: "acme/app", tags: ["c"] });
    expect(second.headers.has("link")).toBe(false);
  });

  it("of an unknown image are an error", async () => {
    const { client } = setup();
    expect(await refusal(await client.request("GET", "/v2/acme/none/tags/list"))).toBe(
      "404 NAME_UNKNOWN repository name not known to registry",
    );
  });
});

it("referrers are listed, filtered by artifact type", async () => {
  const { client } = setup();
  const image = tinyImage("x");
  await client.push("acme/app", "1", image);
  const pushed = await pushAttestation(client, image);
  expect(pushed.headers.get("oci-subject")).toBe(image.digest);
  const list = async (query: string) => {
    const response = await client.request("GET", `/v2/acme/app/referrers/${image.digest}${query}`);
    const { manifests } = (await response.json()) as { manifests: { artifactType: string }[] };
    return [response.headers.get("oci-filters-applied"), manifests.map((one) => one.artifactType)];
  };
  expect(await list("")).toEqual([null, ["application/vnd.in-toto+json"]]);
  expect(await list("?artifactType=text/plain")).toEqual(["artifactType", []]);
});

function pushAttestation(client: OciClient, image: TinyImage): Promise<Response> {
  const attestation = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "application/vnd.in-toto+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", image.config),
    layers: [],
    subject: descriptor(OCI_MANIFEST, image.manifest),
  };
  return client.request("PUT", "/v2/acme/app/manifests/att", {
    body: JSON.stringify(attestation),
    headers: { "content-type": OCI_MANIFEST },
  });
}
