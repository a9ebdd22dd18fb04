import { startRegistry, type StartedRegistry } from "../../src/registry/start-registry.ts";
import type { Credential, RegistryHost } from "../../src/registry/store/registry-host.ts";
import { renderRepository, renderUser } from "./render.ts";
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
  const personal = new Map<string, Credential>();
  const jobs: { tokens: World["tokens"] } = { tokens: [] };
  const reference = { owner: "acme", name: "api", id: 4711 };
  const host: RegistryHost = {
    now: () => new Date("2031-05-06T07:08:09Z"),
    authenticate: (secret) => personal.get(secret) ?? jobCredential(jobs.tokens, secret),
    account: (login) =>
      login.toLowerCase() === "acme"
        ? { id: 42, login: "acme", type: "Organization" }
        : { id: 43, login, type: "User" },
    membership: () => "member",
    repository: (owner, name) =>
      owner === "acme"
        ? { owner, name, id: name === "api" ? 4711 : 4712, visibility: "public" }
        : undefined,
    repositoryById: (id) => (id === 4711 ? { ...reference, visibility: "public" } : undefined),
    canAccess: () => true,
    describeAccount: ({ login }) => renderUser(login),
    describeRepository: ({ owner, name }) => renderRepository(owner, name),
  };
  const registry = await startRegistry({ host, dialect });
  const world = createWorld({ registryUrl: registry.url });
  jobs.tokens = world.tokens;
  return Object.assign(world, {
    registry,
    addToken(secret: string, scopes: string[], live = true) {
      personal.set(secret, { kind: "classic-pat", login: "octocat", scopes, live });
    },
    close: registry.close,
  });
}

function jobCredential(tokens: World["tokens"], secret: string): Credential | undefined {
  const job = tokens.find(({ token }) => token === secret);
  if (job === undefined) return undefined;
  const packages = job.permissions.packages ?? "none";
  return {
    kind: "job",
    login: "octocat",
    scopes: [],
    repository: { owner: job.owner, name: job.repo, id: 4711 },
    permissions: { packages },
    live: !job.revoked,
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
