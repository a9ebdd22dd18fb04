import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPublishingWorld, readContent, readManifest } from "./registry-world.ts";
import type { PublishingWorld } from "./registry-world.ts";
import { logOf } from "./world.ts";

let world: PublishingWorld;
beforeEach(async () => {
  world = await createPublishingWorld();
});
afterEach(() => world.close());

const files = {
  Dockerfile: 'FROM scratch\nLABEL made.by="us"\nCOPY src /src\nENTRYPOINT ["/src/app"]\n',
  ".dockerignore": "docs\n*.md\n",
  "src/app.sh": "echo hi",
  "docs/guide": "long",
  "README.md": "# API",
};

const publish = (more: { login?: string; build?: string; permissions?: string } = {}): string => `
on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { ${more.permissions ?? "contents: read, packages: write"} }
    steps:
      - uses: actions/checkout@v7
      - uses: docker/setup-buildx-action@v4
      - id: pat
        continue-on-error: true
        uses: docker/login-action@v4
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}
${more.login ?? ""}
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: ghcr.io/Acme/API
          tags: |
            type=ref,event=branch
            type=sha,format=long
      - id: build
        uses: docker/build-push-action@v7
        with:
          push: true
          tags: \${{ steps.meta.outputs.tags }}
          labels: \${{ steps.meta.outputs.labels }}
          annotations: \${{ steps.meta.outputs.annotations }}
${more.build ?? ""}
      - run: echo "pushed \${{ steps.build.outputs.digest }}"
`;

describe("login and build-push", () => {
  it("publish a real image with the job token", async () => {
    const run = await world.runWorkflow(publish({ build: "          provenance: false" }), files);
    expect(logOf(run)).toContain("Login Succeeded!");
    expect(run.conclusion).toBe("success");
    const manifest = await readManifest(world, "acme/api", "main");
    expect(await readManifest(world, "acme/api", `sha-${run.event.sha}`)).toEqual(manifest);
    expect(manifest).toMatchObject({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      annotations: { "org.opencontainers.image.source": "https://github.com/acme/api" },
    });
    const { config, layers } = manifest as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    const image = JSON.parse(
      (await readContent(world, "acme/api", `blobs/${config.digest}`)).toString(),
    ) as { config: object };
    expect(image.config).toMatchObject({
      Entrypoint: ["/src/app"],
      Labels: {
        "made.by": "us",
        "org.opencontainers.image.revision": run.event.sha,
        "org.opencontainers.image.source": "https://github.com/acme/api",
        "org.opencontainers.image.version": "main",
      },
    });
    const layer = await readContent(world, "acme/api", `blobs/${layers[0]?.digest}`);
    const names = await listTar(layer);
    expect(names).toEqual([
      ".dockerignore",
      ".github/workflows/ci.yml",
      "Dockerfile",
      "src/app.sh",
    ]);
  });

  it("build an index for several platforms, with attestations", async () => {
    const run = await world.runWorkflow(
      publish({ build: "          platforms: linux/amd64,linux/arm64\n          sbom: true" }),
      files,
    );
    const index = (await readManifest(world, "acme/api", "main")) as {
      mediaType: string;
      manifests: { platform: { os: string; architecture: string }; annotations?: object }[];
    };
    expect(index.mediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(
      index.manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`),
    ).toEqual(["linux/amd64", "linux/arm64", "unknown/unknown", "unknown/unknown"]);
    expect(logOf(run)).toMatch(/\npushed sha256:[0-9a-f]{64}\n/);
  });

  it("fail with an expired PAT, with docker's and the action's messages", async () => {
    world.secrets.push({ name: "GHCR_PAT", value: "dead-pat", scope: "organization" });
    world.addToken("dead-pat", ["write:packages"], false);
    const run = await world.runWorkflow(publish(), files);
    expect(run.conclusion).toBe("failure");
    const log = logOf(run);
    expect(log).toContain(
      '##[error]Error response from daemon: Get "https://ghcr.io/v2/": denied: denied',
    );
    expect(log).toMatch(
      /##\[error\]buildx failed with: ERROR: failed to build: failed to solve: failed to push ghcr.io\/acme\/api:main: failed to authorize: failed to fetch anonymous token: /,
    );
    expect(log).not.toContain(world.registry.url);
    expect(log).not.toContain("dead-pat");
  });

  it("publish with the second login if the PAT has expired", async () => {
    world.secrets.push({ name: "GHCR_PAT", value: "dead-pat", scope: "organization" });
    world.addToken("dead-pat", ["write:packages"], false);
    const login = `      - if: steps.pat.outcome == 'failure'
        run: echo "::warning title=GHCR_PAT::does not work any more"
      - if: steps.pat.outcome == 'failure'
        uses: docker/login-action@v4
        with: { registry: ghcr.io, username: x, password: "\${{ secrets.GITHUB_TOKEN }}" }`;
    const run = await world.runWorkflow(publish({ login }), files);
    expect(run.conclusion).toBe("success");
    expect(run.jobs[0]?.annotations).toMatchObject([
      { level: "failure" },
      { level: "warning", title: "GHCR_PAT" },
    ]);
  });

  it("log in, but do not push, with a token that may only read", async () => {
    world.secrets.push({ name: "GHCR_PAT", value: "reading-pat", scope: "organization" });
    world.addToken("reading-pat", ["read:packages"]);
    const run = await world.runWorkflow(publish(), files);
    expect(logOf(run)).toContain("Login Succeeded!");
    expect(logOf(run)).toMatch(
      /failed to push ghcr.io\/acme\/api:main: denied: permission_denied: /,
    );
  });

  it("do not push with a job token that lacks the permission", async () => {
    const run = await world.runWorkflow(publish({ permissions: "contents: read" }), files);
    expect(logOf(run)).toContain(
      "failed to push ghcr.io/acme/api:main: denied: installation not allowed to Create organization package",
    );
  });

  it.each([
    [
      "no Dockerfile",
      {},
      "failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory",
    ],
    [
      "a broken Dockerfile",
      { Dockerfile: "FORM scratch" },
      "failed to solve: dockerfile parse error on line 1: unknown instruction: FORM",
    ],
    [
      "an empty Dockerfile",
      { Dockerfile: "# nothing" },
      "failed to solve: file with no instructions",
    ],
    [
      "a file to copy that is not there",
      { Dockerfile: "FROM scratch\nCOPY dist /" },
      '"/dist": not found',
    ],
  ])("fail with %s", async (_, only, message) => {
    const run = await world.runWorkflow(publish(), only);
    expect(logOf(run)).toContain(message);
    expect(run.conclusion).toBe("failure");
  });

  it("build the requested stage", async () => {
    const Dockerfile = "FROM a AS Test\nLABEL stage=test\nFROM scratch\nLABEL stage=last\n";
    const build = (target: string): string =>
      publish({ build: `          provenance: false\n          target: ${target}` });
    const run = await world.runWorkflow(build("test"), { Dockerfile });
    expect(run.conclusion).toBe("success");
    const { config } = (await readManifest(world, "acme/api", "main")) as {
      config: { digest: string };
    };
    const image = await readContent(world, "acme/api", `blobs/${config.digest}`);
    expect(JSON.parse(image.toString())).toMatchObject({ config: { Labels: { stage: "test" } } });
    const refused = await world.runWorkflow(build("other"), { Dockerfile });
    expect(logOf(refused)).toContain('target stage "other" could not be found');
  });

  it.each([
    ["call", "call: check", "call=check"],
    ["outputs", "outputs: type=oci", 'the build output {"type":"oci"}'],
  ])("say so if the simulator does not support %s", async (_, line, what) => {
    const run = await world.runWorkflow(publish({ build: `          ${line}` }), files);
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(`the simulator does not know ${what}`);
  });

  it("fail with a name in upper case", async () => {
    const workflow = publish().replace("${{ steps.meta.outputs.tags }}", "ghcr.io/Acme/API:1");
    const run = await world.runWorkflow(workflow, files);
    expect(logOf(run)).toContain(
      'ERROR: failed to build: invalid tag "ghcr.io/Acme/API:1": repository name must be lowercase',
    );
  });

  it("require a username and a password", async () => {
    const login = (inputs: string): Promise<string> =>
      world
        .runWorkflow(
          `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/login-action@v4\n        with: { registry: ghcr.io, ${inputs} }`,
        )
        .then(logOf);
    expect(await login("username: '', password: ''")).toContain("Username and password required");
    expect(await login("username: me, password: ''")).toContain("Password required");
    expect(await login("username: '', password: p")).toContain("Username required");
    expect(await login("username: me, password: p, scope: acme/api")).toContain(
      "the simulator does not know the input scope",
    );
  });
});

describe("attest", () => {
  const attesting = (permissions: string): string => `${publish({ permissions })}
      - uses: actions/attest@v4
        with:
          subject-name: ghcr.io/acme/api
          subject-digest: \${{ steps.build.outputs.digest }}
          push-to-registry: true
`;

  it("stores provenance in the repository and next to the image", async () => {
    const run = await world.runWorkflow(
      attesting("contents: read, packages: write, id-token: write, attestations: write"),
      files,
    );
    expect(run.conclusion).toBe("success");
    const [{ subjectDigest } = { subjectDigest: "" }] = run.attestations;
    const referrers = (
      await readContent(world, "acme/api", `referrers/${subjectDigest}`)
    ).toString();
    expect(JSON.parse(referrers)).toMatchObject({
      manifests: [{ artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" }],
    });
    expect(run.jobs[0]?.summary).toContain("Attestation Created");
  });

  it("keeps an index if the registry does not track subjects, like ghcr.io", async () => {
    await world.close();
    world = await createPublishingWorld("ghcr");
    const run = await world.runWorkflow(
      attesting("contents: read, packages: write, id-token: write, attestations: write"),
      files,
    );
    const tag = run.attestations[0]?.subjectDigest.replace(":", "-") ?? "";
    expect(await readManifest(world, "acme/api", tag)).toMatchObject({
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" }],
    });
  });

  it("knows which of its inputs belong to which action", async () => {
    const workflow = attesting("packages: write, id-token: write, attestations: write").replace(
      "actions/attest@v4\n        with:",
      "actions/attest-build-provenance@v4\n        with:\n          subject-version: 1",
    );
    const run = await world.runWorkflow(workflow, files);
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("##[warning]Unexpected input(s) 'subject-version'");
  });

  it("requires its permissions", async () => {
    const token = await world.runWorkflow(attesting("contents: read, packages: write"), files);
    expect(logOf(token)).toContain(
      'missing "id-token" permission. Please add "permissions: id-token: write" to your workflow.',
    );
    const api = await world.runWorkflow(
      attesting("contents: read, packages: write, id-token: write"),
      files,
    );
    expect(logOf(api)).toContain(
      "Failed to persist attestation: Resource not accessible by integration",
    );
  });
});

async function listTar(layer: Buffer): Promise<string[]> {
  const { gunzipSync } = await import("node:zlib");
  const { extract } = await import("tar-stream");
  const names: string[] = [];
  const reader = extract();
  reader.end(gunzipSync(layer));
  for await (const entry of reader) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}
