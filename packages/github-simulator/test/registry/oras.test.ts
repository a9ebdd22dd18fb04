import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startRegistry } from "./start-registry.ts";
import { missingTool } from "../../../../test/support/missing-tool.ts";
import { provide, type OutsideTool } from "../../../../test/support/outside-tool.ts";
import { createSmallWorld } from "./small-world.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";
import { writeLayout } from "./image-layout.ts";

const run = promisify(execFile);

/** https://oras.land */
const oras: OutsideTool = {
  name: "oras",
  version: "1.3.6",
  versionArguments: ["version"],
  binary: "oras",
  hint: "install Go 1.25 or newer, or put oras 1.3.6 on PATH",
  install: (folder) =>
    run("go", ["install", "oras.land/oras/cmd/oras@v1.3.6"], {
      env: { ...process.env, GOBIN: folder },
    }),
};

describe.skipIf(missingTool("oras"))("oras", () => {
  it("pushes an image, reads it and pulls the same manifest back", async () => {
    const binary = await provide(oras);
    const folder = await mkdtemp(join(tmpdir(), "registry-oras-"));
    const image = tinyImage("oras", "https://github.com/acme/app");
    await writeLayout(join(folder, "image"), image);
    const world = createSmallWorld();
    world.addRepository("app", "private", ["mina"]);
    const registry = await startRegistry({ world: world.github });
    const target = `${new URL(registry.url).host}/acme/app:1`;
    const login = ["--registry-config", join(folder, "auth.json")];
    const call = (...args: string[]) => run(binary, args).then(({ stdout }) => stdout);
    try {
      const token = world.pat("mina", "write:packages");
      await call(
        "login",
        new URL(registry.url).host,
        "--plain-http",
        "-u",
        "mina",
        "-p",
        token,
        ...login,
      );
      const to = ["--to-plain-http", "--to-registry-config", join(folder, "auth.json")];
      await call("cp", "--from-oci-layout", `${folder}/image:1`, target, ...to);
      expect(await call("resolve", "--plain-http", target, ...login)).toContain(image.digest);
      const from = ["--from-plain-http", "--from-registry-config", join(folder, "auth.json")];
      await call("cp", target, "--to-oci-layout", `${folder}/back:1`, ...from);
      const manifest = await call("manifest", "fetch", "--oci-layout", `${folder}/back:1`);
      expect(manifest.trim()).toBe(Buffer.from(image.manifest).toString());
    } finally {
      await registry.close();
      await rm(folder, { recursive: true });
    }
  });
});
