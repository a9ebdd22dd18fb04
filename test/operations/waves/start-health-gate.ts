import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import {
  waitForHealth,
  type HealthGateOptions,
} from "../../../src/operations/waves/health-gate.ts";
import type { Proof } from "../../../src/operations/waves/journal.ts";
import type { Candidate } from "../../../src/operations/waves/verdict.ts";
import type { RepositoryResult } from "../../../src/operations/waves/rollout-event.ts";
import {
  type ByHand,
  parseSeed,
  type Simulator,
  startSimulator,
  type VirtualClock,
} from "github-simulator";
import { ociClient } from "github-simulator/testing";

/** A workflow that does this, and pushes ghcr.io/acme/api:latest if the condition is true. */
export const publisher = (
  script: string,
  on = "{ push: { branches: [main] }, workflow_dispatch: {} }",
  condition = "true",
) => `name: ci
on: ${on}
jobs:
  image:
    name: Build the image
    runs-on: ubuntu-24.04
    permissions: { packages: write }
    steps:
      - uses: actions/checkout@v7
      - name: Build
        run: ${script}
      - if: ${condition}
        uses: docker/login-action@v4
        with:
          registry: ghcr.io
          username: acme-publisher
          password: \${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}
      - if: ${condition}
        uses: docker/build-push-action@v7
        with: { context: ., push: true, tags: "ghcr.io/acme/api:latest" }
`;

/** The same as if it came from the template. */
export const workflow = (script: string) =>
  `# Managed by ghcr-fleet: its next run overwrites what is changed here.\n${publisher(script)}`;

export const candidate = (name: string, proof: Proof): Candidate => ({
  repository: {
    name,
    branch: "main",
    credential: "organization",
    image: name,
    images: { build: undefined, instead: undefined, add: [] },
    workflows: {
      mode: "auto",
      replaceSecrets: [],
      deadPatFallback: false,
      jobName: undefined,
      pullRequestLogin: "none",
      storageRecord: false,
      newerPins: "keep",
      lockfile: "keep",
    },
  },
  proof,
});

/** acme/api on the simulator, and a gate before it. */
export interface HealthGate {
  readonly platform: Simulator;
  readonly developer: ByHand;
  /** Commits a ci.yml that does this, and waits for its run. */
  commit(script: string): Promise<string>;
  /** Pushes the image of a commit. */
  publish(sha: string): Promise<unknown>;
  /** The last report about acme/api; time passes faster while the gate waits. */
  wait(proof: Proof, more?: Partial<HealthGateOptions>): Promise<RepositoryResult | undefined>;
}

export async function startHealthGate(
  more: readonly string[] = [],
  clock?: VirtualClock,
): Promise<HealthGate> {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const admin = { owner: "acme-admin", scopes: ["repo", "workflow", "admin:org", "read:packages"] };
  const platform = await startSimulator({
    ...(clock && { clock }),
    seed: parseSeed({
      organisation: { login: "acme", basePermission: "write" },
      users: [
        { login: "acme-admin", role: "admin" },
        { login: "acme-publisher", role: "member" },
      ],
      tokens: [
        { name: "admin", ...admin, expiresInDays: 90 },
        { name: "publisher", ...publisher, expiresInDays: 60 },
        { name: "former", ...publisher, expiresInDays: 30 },
      ],
      apps: [{ slug: "fleet", permissions: { contents: "read", actions: "write" } }],
      repositories: ["api", ...more].map((name) => ({ name })),
    }),
  });
  const developer = platform.byHand("acme-admin");
  const value = (name: string) => platform.world.tokenValue(name);
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  developer.setSecret(organisation, "GHCR_PAT", value("publisher"), { visibility: "all" });
  developer.editFiles("acme/api", { Dockerfile: "FROM scratch\nCOPY . .\n" });
  return {
    platform,
    developer,
    async commit(script) {
      const files = { ".github/workflows/ci.yml": workflow(script) };
      const sha = developer.editFiles("acme/api", files, { message: script });
      await platform.actions.idle();
      return sha;
    },
    publish: (sha) =>
      ociClient({ url: platform.registryUrl, token: value("publisher") }).push(
        "acme/api",
        `sha-${sha.slice(0, 7)}`,
      ),
    async wait(proof, more = {}) {
      let now = 0;
      const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
      const credential = { username: "acme-publisher", password: value("publisher") };
      const results = await waitForHealth({
        github: createGitHubClient({
          baseUrl: platform.url,
          token: value("admin"),
          pace: "burst",
        }),
        owner: "acme",
        registry: { name: "ghcr.io", url: platform.registryUrl, credential },
        secret: "GHCR_PAT",
        dispatch: undefined,
        repeatFailed: false,
        waitsForMerges: false,
        candidates: [candidate("api", proof)],
        timeoutMinutes: 1,
        failuresAllowed: 0,
        gates: 1,
        clock,
        stop: new AbortController().signal,
        onResult: () => {},
        ...more,
      });
      return results.get("api");
    },
  };
}
