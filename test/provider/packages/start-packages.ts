import { tmpdir } from "node:os";
import { join } from "node:path";
import { Packages } from "../../../provider/resources/packages/packages.ts";
import { PackageVerifier } from "../../../provider/resources/packages/verify-packages.ts";
import { branchAccess } from "../../../provider/resources/publishing/inputs.ts";
import { repositoryPublishing } from "../../../provider/resources/publishing/repository-publishing.ts";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import type { ResourceContext } from "../../../provider/protocol/resource-type.ts";
import { RepositorySnapshots } from "../../../provider/resources/repository-snapshots.ts";
import { Vault } from "../../../provider/resources/vault.ts";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { ociClient } from "github-simulator/testing";
import { githubCom } from "../../../src/github-host.ts";
import { StoredTexts } from "../../../src/github/contents/stored-texts.ts";
import { refreshResource, runResource, type Kept } from "../run-resource.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";

const publishing = ["write:packages", "read:packages"];
export const fleetNames = Array.from({ length: 200 }, (_, index) => `service-${index}`);
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }, { login: "pat" }, { login: "sam" }],
  tokens: [
    { name: "admin", owner: "ada", scopes: ["repo", "workflow", "read:packages"] },
    { name: "blind", owner: "ada", scopes: ["repo"] },
    { name: "stranger", owner: "sam", scopes: ["repo", "read:packages"] },
    { name: "publisher", owner: "pat", scopes: publishing },
    { name: "next-publisher", owner: "pat", scopes: publishing },
  ],
  repositories: [{ name: "api", visibility: "private", files: { "a.txt": "a" } }],
});

/** A registry, GitHub, and the resource as runs meet it. */
export async function startPackages(dialect: "ghcr" | "specification" = "specification") {
  const platform: Simulator = await startSimulator({ seed, dialect });
  const warnings: string[] = [];
  // Named by their content, so tests can share them.
  const stored = new StoredTexts({ GHCR_FLEET_CACHE: join(tmpdir(), "ghcr-fleet-tests") });
  /** The resource in a process of its own, driven as the engine does. */
  function open(fleetSize = 1, admin = "admin") {
    const token = platform.world.tokenValue(admin);
    const github = createGitHubClient({ baseUrl: platform.url, token, pace: "burst" });
    const vault = new Vault();
    // As RegistryToken inspects them.
    for (const [name, owner] of [
      ["publisher", "pat"],
      ["next-publisher", "pat"],
      ["stranger", "sam"],
    ] as const)
      vault.keepOwner(platform.world.tokenValue(name), owner);
    const snapshots = new RepositorySnapshots(github, "acme", { api: "main" });
    const type = repositoryPublishing(
      branchAccess(
        github,
        snapshots,
        "acme",
        { api: "main" },
        {
          ...{ registry: "ghcr.io", stored, offerAgain: new Set(), repin: false },
        },
      ),
      new PackageVerifier(
        new Packages(
          github,
          { host: githubCom, owner: "acme", ownerKind: "Organization" },
          fleetSize,
        ),
        { name: "ghcr.io", url: platform.registryUrl },
        vault,
        [],
      ),
    );
    const context: ResourceContext = {
      urn: "urn:pulumi:test::test::test::test",
      status: () => undefined,
      warn: (message) => void warnings.push(message),
    };
    const ask = (more: Properties = {}): Properties => ({
      owner: "acme",
      repository: "api",
      branch: "main",
      mode: "none",
      files: {},
      image: "api",
      username: "pat",
      credential: platform.world.tokenValue("publisher"),
      ...more,
    });
    return {
      check: (more: Properties) => type.check({}, ask(more), context),
      create: (more: Properties = {}, preview = false) =>
        runResource(type, context, undefined, ask(more), preview),
      refresh: (kept: Kept) => refreshResource(type, context, kept),
      update: (kept: Kept, more: Properties = {}) => runResource(type, context, kept, ask(more)),
    };
  }

  return {
    platform,
    warnings,
    open,
    push: (name = "api") =>
      ociClient({ url: platform.registryUrl, token: platform.world.tokenValue("publisher") }).push(
        `acme/${name}`,
        "1",
      ),
    store: () => platform.registry.store,
  };
}

export const states = ({ state }: Kept) =>
  (state["findings"] as { subject: string; state: string }[]).map(
    (finding) => `${finding.subject} ${finding.state}`,
  );
