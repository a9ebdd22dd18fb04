import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type StartedRegistry } from "./start-registry.ts";
import { missingTool } from "../../../../test/support/missing-tool.ts";
import { createSmallWorld, type SmallWorld } from "./small-world.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";
import { writeLayout } from "./image-layout.ts";

const run = promisify(execFile);

let folder: string;
let world: SmallWorld;
let registry: StartedRegistry;
let host: string;
const image = tinyImage("skopeo", "https://github.com/acme/app");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "registry-skopeo-"));
  await writeLayout(join(folder, "image"), image);
  world = createSmallWorld();
  world.addRepository("app", "private", ["mina"]);
  registry = await startRegistry({ world: world.github });
  host = new URL(registry.url).host;
});

afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

/** Runs skopeo with an empty credential store; returns what it printed, or its last error line. */
async function skopeo(...args: string[]): Promise<string> {
  const env = { ...process.env, REGISTRY_AUTH_FILE: join(folder, "auth.json") };
  try {
    return (await run("skopeo", args, { env })).stdout;
  } catch (error) {
    return /msg="(.*)"/.exec((error as { stderr: string }).stderr)?.[1] ?? String(error);
  }
}

const push = (name: string, token: string) =>
  skopeo(
    "copy",
    "--dest-tls-verify=false",
    `--dest-creds=anyone:${token}`,
    `oci:${folder}/image:1`,
    `docker://${host}/${name}`,
  );

describe.skipIf(missingTool("skopeo"))("skopeo", () => {
  it("pushes, inspects, lists and pulls the same bytes back", async () => {
    const token = world.pat("mina", "write:packages");
    await push("acme/app:1", token);
    const reader = ["--tls-verify=false", `--creds=anyone:${token}`];
    expect(
      JSON.parse(await skopeo("inspect", ...reader, `docker://${host}/acme/app:1`)),
    ).toMatchObject({
      Digest: image.digest,
      RepoTags: ["1"],
      Labels: { "org.opencontainers.image.source": "https://github.com/acme/app" },
    });
    expect(
      JSON.parse(await skopeo("list-tags", ...reader, `docker://${host}/acme/app`)).Tags,
    ).toEqual(["1"]);
    await skopeo(
      "copy",
      "--src-tls-verify=false",
      `--src-creds=anyone:${token}`,
      `docker://${host}/acme/app@${image.digest}`,
      `oci:${folder}/back:1`,
    );
    expect(await blobsIn("back")).toEqual(await blobsIn("image"));
  });

  it("pulls a public package without credentials", async () => {
    await push("acme/app:1", world.pat("mina", "write:packages"));
    const pull = () =>
      skopeo("inspect", "--raw", "--tls-verify=false", `docker://${host}/acme/app:1`);
    expect(await pull()).toContain("unauthorized");
    registry.byHand.setVisibility("acme", "app", "public");
    expect(await pull()).toBe(Buffer.from(image.manifest).toString());
  });

  it("logs in with a valid token and is forbidden with an expired one", async () => {
    const login = (token: string) =>
      skopeo("login", "--tls-verify=false", "-u", "anyone", "-p", token, host);
    const token = world.pat("mina", "read:packages");
    expect(await login(token)).toContain("Login Succeeded");
    world.expire(token);
    expect(await login(token)).toContain("invalid status code from registry 403 (Forbidden)");
  });

  it("prints GHCR's reason when a push is denied", async () => {
    expect(await push("acme/app:1", world.pat("mina", "read:packages"))).toContain(
      "denied: permission_denied: The token provided does not match expected scopes.",
    );
    expect(await push("acme/app:1", world.pat("sam", "write:packages"))).toContain(
      "denied: permission_denied: create_package",
    );
    expect(await push("acme/app:1", world.job("app", "read"))).toContain(
      "denied: installation not allowed to Create organization package",
    );
    expect(registry.store.packages).toEqual([]);
  });
});

async function blobsIn(layout: string): Promise<Record<string, string>> {
  const blobs = join(folder, layout, "blobs", "sha256");
  const names = (await readdir(blobs)).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(blobs, name), "base64")));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ""]));
}
