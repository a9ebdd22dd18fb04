import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PulumiStack, type StackFiles } from "../../../tools/pulumi-stack.ts";
import {
  parseSeed,
  type RequestRecord,
  type SeedInput,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "github-simulator";
import { linkProject } from "./link-project.ts";

export const policyPack = [
  "--policy-pack",
  fileURLToPath(new URL("../../../policy", import.meta.url)),
];

export interface TestFleet {
  readonly platform: Simulator;
  readonly stack: PulumiStack;
  /** Replaces `ghcr-fleet:fleet`. */
  configure(fleet: Record<string, unknown>): Promise<void>;
  /** Another stack of the project of a linked fleet, with its own `ghcr-fleet:fleet`. */
  addStack(name: string, fleet: Record<string, unknown>): Promise<PulumiStack>;
  /** Method and path of the requests since the last call that changed something. */
  takeWrites(): string[];
  close(): Promise<void>;
}

export interface TestFleetOptions extends Omit<SimulatorOptions, "seed"> {
  /** The stack is in its own project folder, where `ghcr-fleet` finds it by its name. */
  readonly linked?: boolean;
  /** Environment variables of the stack's back end; default: a folder. */
  readonly backend?: Readonly<Record<string, string>>;
  /** `ghcr-fleet:patFrom`, in place of a PAT in the configuration. */
  readonly patFrom?: Readonly<Record<string, string>>;
  /** The administrator is an App, which signs in with variables of its own, in place of a token. */
  readonly app?: boolean;
  /** Whose repositories the stack manages; default: the organisation. */
  readonly owner?: string;
}

const stackName = "test";

/** A new stack with the usual secrets, and the values of its tokens, which differ in each process. */
interface Model {
  readonly tokens: Readonly<Record<string, string>>;
  readonly files: StackFiles;
}

/** Shared by the fleets of this process. */
let usual: Promise<Model> | undefined;

async function makeModel(): Promise<Model> {
  const platform = await startSimulator({ actions: false, seed: parseSeed(organisation()) });
  const { admin = "", publisher = "" } = platform.tokens;
  await platform.close();
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  const secrets = { "github:token": admin, "ghcr-fleet:pat": publisher };
  const stack = await PulumiStack.create({ folder, stack: stackName, config: {}, secrets });
  const files = await stack.files();
  await rm(folder, { recursive: true });
  return { tokens: { admin, publisher }, files };
}

/**
 * An organisation on the simulator and an empty stack of the real program, engine and providers.
 * No workflows run unless `options` say so.
 */
export async function startFleet(
  fleet: Record<string, unknown>,
  seed: Partial<SeedInput> = {},
  pat = "publisher",
  {
    linked = false,
    owner = "acme",
    backend,
    patFrom,
    app = false,
    ...options
  }: TestFleetOptions = {},
): Promise<TestFleet> {
  const isUsual = !backend && (patFrom !== undefined || pat === "publisher");
  const model = isUsual ? await (usual ??= makeModel()) : undefined;
  const platform = await startSimulator({
    actions: false,
    keptRequests: Infinity,
    ...(model && { tokens: model.tokens }),
    ...options,
    seed: parseSeed({ ...organisation(), ...seed }),
  });
  const folder = linked ? await linkProject() : await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  const isServer = options.host === "enterprise-server";
  const config = (value: Record<string, unknown>) => ({
    "github:owner": owner,
    "github:baseUrl": isServer ? `${platform.url}/api/v3/` : `${platform.url}/`,
    "github:writeDelayMs": 0,
    "ghcr-fleet:registryUrl": platform.registryUrl,
    ...(patFrom && { "ghcr-fleet:patFrom": patFrom }),
    "ghcr-fleet:fleet": {
      pace: "burst",
      // An address of this machine says no name of a registry.
      ...(isServer && { registry: platform.registryName }),
      ...value,
    },
  });
  const create = (name: string, value: Record<string, unknown>) =>
    PulumiStack.create({
      folder,
      ...(linked && { project: folder }),
      ...(backend && { backend }),
      stack: name,
      copyOf: model && renamed(model.files, name),
      config: config(value),
      secrets: {
        ...(!app && { "github:token": platform.world.tokenValue("admin") }),
        ...(!patFrom && { "ghcr-fleet:pat": platform.world.tokenValue(pat) }),
      },
    });
  const stack = await create(stackName, fleet);
  let seen = 0;
  return {
    platform,
    stack,
    configure: (value) => stack.configure(config(value)),
    addStack: create,
    takeWrites() {
      const fresh = platform.requests.slice(seen);
      seen = platform.requests.length;
      return fresh.filter(isWrite).map(({ method, path }) => `${method} ${path}`);
    },
    async close() {
      await platform.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The files of a stack under another name, which is in their paths and in the state. */
function renamed(files: StackFiles, name: string): StackFiles {
  const entries = [...files].map(([path, text]): [string, string] => [
    path.replace(`${stackName}.`, `${name}.`),
    text.replaceAll(`/${stackName}"`, `/${name}"`),
  ]);
  return new Map(entries);
}

/** Whether a request changes something: GraphQL queries are POST requests, too. */
export function isWrite({ method, path, operation }: RequestRecord): boolean {
  if (path === "/graphql") return operation === "mutation";
  return method !== "GET" && method !== "HEAD";
}

function organisation(): SeedInput {
  const admin = {
    owner: "acme-admin",
    scopes: ["repo", "workflow", "admin:org", "read:packages"],
  };
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const names = ["api", "billing", "mailer", "search", "web"];
  return {
    organisation: { login: "acme", basePermission: "write" },
    users: [
      { login: "acme-admin", role: "admin" },
      { login: "acme-publisher", role: "member" },
    ],
    tokens: [
      { name: "admin", ...admin, expiresInDays: 90 },
      { name: "next-admin", ...admin, expiresInDays: 90 },
      { name: "publisher", ...publisher, expiresInDays: 60 },
      { name: "next-publisher", ...publisher, expiresInDays: 89 },
      { name: "third-publisher", ...publisher, expiresInDays: 88 },
      { name: "fourth-publisher", ...publisher, expiresInDays: 87 },
      { name: "expired", ...publisher, expiresInDays: -1 },
      { name: "never-expires", ...publisher },
      {
        name: "too-wide",
        owner: "acme-publisher",
        scopes: ["repo", "write:packages"],
        expiresInDays: 60,
      },
      { name: "read-only", owner: "acme-publisher", scopes: ["read:packages"], expiresInDays: 60 },
    ],
    repositories: names.map((name) => ({ name, dockerfile: "Dockerfile" })),
  };
}
