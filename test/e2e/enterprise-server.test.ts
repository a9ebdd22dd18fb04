import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByHand, Run } from "github-simulator";
import { missingTool } from "../support/missing-tool.ts";
import { runCommand } from "./support/run-command.ts";
import { conclusions, watchRuns } from "./support/runs.ts";
import { inspectImage } from "./support/skopeo.ts";
import { policyPack, startFleet, type TestFleet } from "./support/start-fleet.ts";

/** It pushes to the server's own registry, and to ghcr.io, which is a foreign one here. */
const ownWorkflow = `name: images
on: { push: { branches: [main] } }
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v5
      - uses: docker/login-action@v3
        with:
          registry: containers.github.example.com
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}
      - uses: docker/login-action@v3
        if: github.ref == 'refs/heads/mirror'
        with:
          registry: ghcr.io
          username: mirror
          password: \${{ secrets.MIRROR_TOKEN }}
      - uses: docker/build-push-action@v6
        with:
          context: .
          push: true
          tags: containers.github.example.com/acme/web:latest
`;

describe.skipIf(missingTool("skopeo"))("a fleet on an Enterprise Server", () => {
  let fleet: TestFleet;
  let developer: ByHand;
  let newRuns: () => Promise<Run[]>;
  beforeAll(async () => {
    const settings = {
      username: "acme-publisher",
      repositories: [{ name: "api", package: { bootstrap: true } }, { name: "web" }],
    };
    const repositories = [
      { name: "api", dockerfile: "Dockerfile", visibility: "public" as const },
      {
        name: "web",
        dockerfile: "Dockerfile",
        files: { ".github/workflows/images.yml": ownWorkflow },
      },
    ];
    fleet = await startFleet(settings, { repositories }, "publisher", {
      host: "enterprise-server",
      linked: true,
      actions: true,
    });
    developer = fleet.platform.byHand("acme-admin");
    newRuns = watchRuns(fleet);
  });
  afterAll(() => fleet.close());

  function textOf(repository: string, path: string): string | undefined {
    const { world } = fleet.platform;
    return world.readFile(world.repository(`acme/${repository}`), "main", path)?.toString();
  }
  const lastPush = () =>
    fleet.platform.registry.store.log.findLast(({ action }) => action === "push");
  async function up(...flags: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(exitCode, stdout + stderr).toBe(0);
    return stdout;
  }

  test("up: templates and repairs name its registry, and the commits publish there", async () => {
    const shown = await up(...policyPack);
    expect(shown).toContain("containers.github.example.com/acme/api");
    expect(conclusions(await newRuns()).sort()).toEqual([
      "api ci push success",
      "web images push success",
    ]);
    const release = textOf("api", ".github/workflows/release.yml");
    expect(release).toContain("registry: containers.github.example.com");
    expect(release).toContain(`${fleet.platform.url}/settings/tokens/new`);
    expect(release).not.toMatch(/ghcr\.io|actions\/attest|attestations:/);
    expect(textOf("web", ".github/workflows/images.yml")).toBe(
      ownWorkflow
        .replace(
          "password: ${{ secrets.GITHUB_TOKEN }}",
          "password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}",
        )
        .replace("{ contents: read }", "{ contents: read, packages: write }"),
    );
  });

  test("a push publishes with the PAT, and the label links the package to the server's repository", async () => {
    developer.editFiles("acme/api", { "README.md": "Say more\n" });
    expect(conclusions(await newRuns())).toEqual(["api ci push success"]);
    const { registry, world } = fleet.platform;
    expect(registry.store.packages.find(({ name }) => name === "api")).toMatchObject({
      repository: { id: world.repository("acme/api").id },
    });
    expect(await inspectImage(fleet, "acme/api:main")).toMatchObject({
      Labels: { "org.opencontainers.image.source": `${fleet.platform.url}/acme/api` },
    });
    expect(lastPush()).toMatchObject({ actor: "acme-publisher", credentialKind: "classic-pat" });
  });

  const rotate = (...args: string[]) =>
    runCommand(fleet, ["rotate", "--yes", "test", ...args], {
      NEW_PAT: fleet.platform.world.tokenValue("next-publisher"),
    });

  test("a rotation that should revoke the old PAT is refused before anything is written", async () => {
    fleet.takeWrites();
    const { exitCode, stdout, stderr } = await rotate("--from-env", "NEW_PAT", "--revoke");
    expect(stderr).toContain("is an Enterprise Server, which has no API that revokes PATs");
    expect(stderr).toContain(`${fleet.platform.url}/settings/tokens`);
    expect(exitCode, stdout + stderr).toBe(2);
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("a rotation proves another PAT, gives it to all, and names the page where the old one ends", async () => {
    const { world } = fleet.platform;
    const { exitCode, stdout, stderr } = await rotate("--from-env", "NEW_PAT");
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain(`its owner can delete it at ${fleet.platform.url}/settings/tokens`);
    const organisation = { scope: "organisation", organisation: "acme" } as const;
    expect(world.secretValue(organisation, "GHCR_PAT")).toBe(world.tokenValue("next-publisher"));
    world.revokeToken("publisher");
    developer.editFiles("acme/web", { "README.md": "Go on\n" });
    expect(conclusions(await newRuns()).at(-1)).toBe("web images push success");
    expect(lastPush()).toMatchObject({ actor: "acme-publisher", credentialKind: "classic-pat" });
  });

  test("no request was in another version, or for what the server does not have", () => {
    const asked = fleet.platform.requests.filter(({ status }) => status === 400 || status === 501);
    expect(asked).toEqual([]);
  });
});
