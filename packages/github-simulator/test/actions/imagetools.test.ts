import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPublishingWorld, readManifest, type PublishingWorld } from "./registry-world.ts";
import { logOf } from "./world.ts";

let world: PublishingWorld;
beforeEach(async () => {
  world = await createPublishingWorld();
});
afterEach(() => world.close());

const files = { Dockerfile: "FROM scratch\nCOPY app /app\n", app: "hi" };

describe("docker buildx imagetools", () => {
  const divided = (command: string) => `
on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { contents: read, packages: write }
    steps:
      - uses: actions/checkout@v7
      - uses: docker/setup-buildx-action@v4
      - uses: docker/login-action@v4
        with: { registry: ghcr.io, username: x, password: "\${{ github.token }}" }
      - id: one
        uses: docker/build-push-action@v7
        with: { context: ., tags: ghcr.io/acme/api, platforms: linux/amd64, outputs: "type=image,push-by-digest=true,push=true" }
      - id: two
        uses: docker/build-push-action@v7
        with: { context: ., tags: ghcr.io/acme/api, platforms: linux/arm64, outputs: "type=image,push-by-digest=true,push=true" }
      - env:
          ONE: ghcr.io/acme/api@\${{ steps.one.outputs.digest }}
          TWO: ghcr.io/acme/api@\${{ steps.two.outputs.digest }}
        run: ${command}
`;

  it("makes one index of what was pushed by digest, under all its tags", async () => {
    const create = `docker buildx imagetools create -t ghcr.io/acme/api:1 --tag=ghcr.io/acme/api:latest --annotation index:a=b "$ONE" "$TWO" && docker buildx imagetools inspect ghcr.io/acme/api:1 --format '{{.Manifest.Digest}}'`;
    const run = await world.runWorkflow(divided(create), files);
    expect(run.conclusion, logOf(run)).toBe("success");
    const index = await readManifest(world, "acme/api", "1");
    expect(index).toEqual(await readManifest(world, "acme/api", "latest"));
    expect(index).toMatchObject({ annotations: { a: "b" } });
    const { manifests } = index as unknown as {
      manifests: { platform: { architecture: string } }[];
    };
    const built = manifests.map(({ platform }) => platform.architecture);
    expect(built.filter((each) => each !== "unknown")).toEqual(["amd64", "arm64"]);
    expect(logOf(run)).toMatch(/\nsha256:[0-9a-f]{64}\n/);
  });

  it.each([
    ['create "$ONE"', "can't push with no tags specified"],
    ["create -t ghcr.io/acme/api:1 ghcr.io/acme/api:gone", "ghcr.io/acme/api:gone: not found"],
    ["create --append -t ghcr.io/acme/api:1", "the simulator does not know --append here"],
    ["rm ghcr.io/acme/api:1", "the simulator does not know docker buildx imagetools rm"],
  ])("%s is refused", async (command, reason) => {
    const run = await world.runWorkflow(divided(`docker buildx imagetools ${command}`), files);
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(`ERROR: ${reason}`);
  });
});
