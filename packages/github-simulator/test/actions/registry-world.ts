import { virtualClock } from "../../src/clock.ts";
import { parseSeed } from "../../src/seed.ts";
import { plantSeed } from "../../src/seed/plant-seed.ts";
import type { AuthenticatedActor } from "../../src/world/actor.ts";
import type { World as GitHub } from "../../src/world/world.ts";
import { startRegistry, type StartedRegistry } from "../registry/start-registry.ts";
import { createWorld, type World } from "./world.ts";

export interface PublishingWorld extends World {
  readonly registry: StartedRegistry;
  /** A classic token of octocat, a member of acme. */
  addToken(secret: string, scopes: string[], live?: boolean): void;
  close(): Promise<void>;
}

/** A world whose `ghcr.io` is the simulator's registry, over HTTP. */
export async function createPublishingWorld(
  dialect: "specification" | "ghcr" = "specification",
): Promise<PublishingWorld> {
  const github = plantSeed(seed, virtualClock("2031-05-06T07:08:09Z"));
  const personal = new Map<string, AuthenticatedActor | undefined>();
  const registry = await startRegistry({ world: github, dialect });
  const world = createWorld({ registryUrl: registry.url });
  github.authenticate = (secret) => personal.get(secret) ?? jobActor(github, world, secret);
  return Object.assign(world, {
    registry,
    addToken(secret: string, scopes: string[], live = true) {
      personal.set(secret, live ? { ...octocat, kind: "classic", scopes } : undefined);
    },
    close: registry.close,
  });
}

const seed = parseSeed({
  organisation: { login: "acme", basePermission: "admin" },
  users: [{ login: "octocat" }],
  repositories: [{ name: "api" }, { name: "web" }],
});

const octocat = {
  login: "octocat",
  tokenName: "",
  hashedToken: "",
  permissions: {},
  repositories: undefined,
  expiresAt: null,
};

function jobActor(
  github: GitHub,
  { tokens }: World,
  secret: string,
): AuthenticatedActor | undefined {
  const job = tokens.find(({ token, revoked }) => token === secret && !revoked);
  if (job === undefined) return undefined;
  const { packages = "none" } = job.permissions;
  return {
    ...octocat,
    kind: "job",
    scopes: [],
    permissions: packages === "none" ? {} : { packages },
    repositories: [github.repository("acme/api").id],
  };
}

/** The manifest or index behind a name, and what it refers to. */
export async function readManifest(
  { registry, addToken }: PublishingWorld,
  repository: string,
  reference: string,
): Promise<Record<string, unknown>> {
  const bytes = await readContent({ registry, addToken }, repository, `manifests/${reference}`);
  return JSON.parse(bytes.toString()) as Record<string, unknown>;
}

export async function readContent(
  { registry, addToken }: Pick<PublishingWorld, "registry" | "addToken">,
  repository: string,
  path: string,
): Promise<Buffer> {
  addToken("reader", ["read:packages", "write:packages"]);
  const basic = Buffer.from("octocat:reader").toString("base64");
  const exchanged = await fetch(
    `${registry.url}/token?service=ghcr.io&scope=repository:${repository}:pull`,
    { headers: { authorization: `Basic ${basic}` } },
  );
  const { token } = (await exchanged.json()) as { token: string };
  const response = await fetch(`${registry.url}/v2/${repository}/${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept:
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, */*",
    },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}
