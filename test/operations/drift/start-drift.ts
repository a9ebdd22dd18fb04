import { parseSeed, startSimulator } from "github-simulator";
import { readDrift, type Drift } from "../../../src/operations/drift/read-drift.ts";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";

export const ci = ".github/workflows/ci.yml";
export const organisation = { scope: "organisation", organisation: "acme" } as const;

/** An organisation of two repositories as a stack left it, and later changes by hand. */
export async function startDrift() {
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme", secrets: { GHCR_PAT: { value: "s3cret" } } },
      users: [
        { login: "ada", role: "admin" },
        { login: "ben", role: "member" },
        { login: "docker" },
      ],
      tokens: [
        { name: "member", owner: "ben", scopes: ["repo", "admin:org"] },
        {
          name: "fine-grained",
          owner: "ada",
          kind: "fine-grained",
          permissions: { contents: "read", metadata: "read" },
        },
        { name: "admin", owner: "ada", scopes: ["repo", "admin:org"] },
        { name: "no-org", owner: "ada", scopes: ["repo"] },
        { name: "no-repo", owner: "ada", scopes: ["admin:org", "read:packages"] },
        { name: "auditor", owner: "ada", scopes: ["repo", "admin:org", "read:audit_log"] },
      ],
      repositories: [
        ...["api", "web"].map((name) => ({
          name,
          files: { [ci]: "name: ci\n" },
          environments: { release: {} },
        })),
        { name: "login-action", owner: "docker", visibility: "public" as const },
      ],
    }),
  });
  const hand = simulator.byHand("ada");

  /** Gives the organisation's secret to repositories, as the stack does. */
  function give(...names: string[]): void {
    const selected = new Set(names.map((name) => simulator.world.repository(`acme/${name}`).id));
    hand.setSecret(organisation, "GHCR_PAT", "s3cret", { visibility: "selected", selected });
  }
  give("api", "web");

  function deleteRepository(name: string): void {
    const { world } = simulator;
    world.state.repositories.delete(world.repository(name).id);
  }

  /** The stack's state, as an update would leave it now, with a test's changes. */
  function state(more: object[] = []) {
    const { world } = simulator;
    const stored = world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
    const resource = (type: string, outputs: object) => ({ type, urn: `urn:${type}`, outputs });
    return [
      resource("ghcr:index:RegistrySecret", {
        scope: "organization",
        owner: "acme",
        name: "GHCR_PAT",
        updatedAt: stored?.updatedAt,
        box: "sealed",
        repositories: Object.fromEntries(
          ["api", "web"].map((name) => [name, world.repository(`acme/${name}`).id]),
        ),
      }),
      ...["api", "web"].map((repository) =>
        resource("ghcr:index:RepositoryPublishing", {
          owner: "acme",
          repository,
          branch: "main",
          files: { [ci]: gitBlobId("name: ci\n") },
        }),
      ),
      ...more,
    ];
  }

  function read(
    resources: object[],
    token = "admin",
    fleet?: Fleet,
    ownToken = "of the stack",
  ): Promise<Drift> {
    const github = createGitHubClient({
      baseUrl: simulator.url,
      token: simulator.world.tokenValue(token),
    });
    return readDrift({
      owner: "acme",
      expected: { registry: "ghcr.io", secret: "GHCR_PAT", workflows: ["nightly.yml"] },
      fleet,
      record: stackRecord({ resources }),
      github,
      ownToken,
      readsVariables: true,
      now: new Date().toISOString(),
    });
  }
  return { simulator, hand, give, deleteRepository, state, read };
}

/** Kind and subject of each finding. */
export const findingsOf = ({ findings }: Drift) =>
  findings.map(({ kind, subject }) => `${kind} ${subject}`);
