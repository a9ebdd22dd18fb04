import { parseSeed, type SeedInput, startSimulator } from "github-simulator";
import type { PolicyConfig } from "../../../policy/policy-config.ts";
import { judgeFiles } from "../../../src/cli/report/judge-files.ts";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { findFleet } from "../../../src/stack/find-fleet.ts";
import { brokenRules } from "../../../src/report/fleet-report.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";
import {
  fleetStatusSchema,
  type FleetStatus,
  type RepositoryStatus,
} from "../../../src/operations/status/fleet-status.ts";
import { readFleetStatus } from "../../../src/operations/status/read-fleet-status.ts";
import { renderRepository } from "../../../src/publishing/templates/render-repository.ts";

export interface ReadOptions {
  /** Name of the administrator's token. */
  readonly admin?: string;
  /** Name of the publisher's token. */
  readonly pat?: string | undefined;
  /** The stack's exported state. */
  readonly deployment?: unknown;
  readonly probe?: boolean;
}

/** An organisation on the simulator, runners included, and the reading of its status over HTTP. */
export async function startStatus(
  fleetConfig: Record<string, unknown>,
  seed: Partial<SeedInput> = {},
) {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const platform = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme", basePermission: "write" },
      users: [
        { login: "acme-admin", role: "admin" },
        { login: "acme-publisher", role: "member" },
      ],
      tokens: [
        {
          name: "admin",
          owner: "acme-admin",
          scopes: ["repo", "workflow", "admin:org", "read:packages"],
        },
        { name: "no-packages", owner: "acme-admin", scopes: ["repo", "workflow", "admin:org"] },
        { name: "publisher", ...publisher, expiresInDays: 60.5 },
        { name: "expired", ...publisher, expiresInDays: -1 },
        { name: "too-wide", owner: "acme-publisher", scopes: ["repo"], expiresInDays: 30.5 },
      ],
      repositories: ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })),
      ...seed,
    }),
  });
  const { world } = platform;
  const settings = loadFleetConfig(fleetConfig);
  const clientOf = (token: string) =>
    createGitHubClient({ baseUrl: platform.url, token: world.tokenValue(token), pace: "burst" });
  const hands = platform.byHand("acme-admin");

  return {
    platform,
    hands,
    /** Gives a repository the files of the fleet, and waits for the runs that they start. */
    async deliver(name: string): Promise<void> {
      const fleet = await findFleet(clientOf("admin"), "acme", settings);
      const repository = fleet.repositories.find((each) => each.name === name);
      if (!repository) throw new Error(`there is no ${name}`);
      hands.editFiles(`acme/${name}`, renderRepository(fleet, repository), {
        message: "Publish to GHCR",
      });
      await platform.actions.idle();
    },
    shareSecret(repositories: readonly string[], token = "publisher"): void {
      hands.setSecret(
        { scope: "organisation", organisation: "acme" },
        "GHCR_PAT",
        world.tokenValue(token),
        {
          visibility: "selected",
          selected: new Set(repositories.map((name) => world.repository(`acme/${name}`).id)),
        },
      );
    },
    async read({ admin = "admin", deployment = {}, probe, ...options }: ReadOptions = {}) {
      const name = "pat" in options ? options.pat : "publisher";
      const github = clientOf(admin);
      const status: FleetStatus = await readFleetStatus({
        stack: "test",
        fleet: await findFleet(github, "acme", settings),
        record: stackRecord(deployment),
        baseUrl: platform.url,
        github,
        ownToken: undefined,
        pace: (read) => read(),
        pat: name === undefined ? undefined : world.tokenValue(name),
        tokenRules: { owner: undefined, maxDays: 90 },
        probeAt: probe ? platform.registryUrl : undefined,
      });
      // The output has exactly the fields of the schema.
      return fleetStatusSchema.parse(JSON.parse(JSON.stringify(status)));
    },
    /** The rules that the fleet's files break, as `ghcr-fleet report` judges them. */
    async brokenRules(status: FleetStatus, config: PolicyConfig = {}): Promise<string[]> {
      const github = clientOf("admin");
      const fleet = await findFleet(github, "acme", settings);
      const memory = { files: new Map() };
      const policies = await judgeFiles([{ github, fleet, status, memory }], {
        config,
        now: new Date(),
      });
      return brokenRules(policies).map(({ id, level }) => `${level} ${id}`);
    },
    close: () => platform.close(),
  };
}

export function find(repositories: readonly RepositoryStatus[], name: string): RepositoryStatus {
  return repositories.find((each) => each.name === name)!;
}

/** "ci.yml in-sync" */
export const files = (repository: RepositoryStatus) =>
  repository.files.map(({ path, state }) => `${path.slice(path.lastIndexOf("/") + 1)} ${state}`);
