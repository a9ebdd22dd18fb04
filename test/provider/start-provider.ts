import { actionsSettings } from "../../provider/resources/actions-settings.ts";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploymentEnvironment } from "../../provider/resources/deployment-environment.ts";
import { leavingWithRepositories } from "../../provider/resources/gone-repositories.ts";
import { registrySecret } from "../../provider/resources/secret/registry-secret.ts";
import { registryVariable } from "../../provider/resources/registry-variable.ts";
import { RepositorySnapshots } from "../../provider/resources/repository-snapshots.ts";
import type { Properties } from "../../provider/protocol/property-values.ts";
import type { ResourceContext } from "../../provider/protocol/resource-type.ts";
import { UnwrittenCredentials } from "../../provider/resources/unwritten-credentials.ts";
import { Vault } from "../../provider/resources/vault.ts";
import { Packages } from "../../provider/resources/packages/packages.ts";
import { PackageVerifier } from "../../provider/resources/packages/verify-packages.ts";
import { ActionNumbers } from "../../provider/resources/publishing/reads/action-numbers.ts";
import { MissingFiles } from "../../provider/resources/publishing/reads/missing-files.ts";
import { PullRequestStates } from "../../provider/resources/publishing/reads/pull-request-states.ts";
import { CentralCommits } from "../../src/github/repositories/central-commits.ts";
import { ReleasedPins } from "../../provider/resources/publishing/reads/released-pins.ts";
import type { BranchAccess } from "../../provider/resources/publishing/inputs.ts";
import { sharedWorkflow } from "../../provider/resources/shared/shared-workflow.ts";
import { repositoryPublishing } from "../../provider/resources/publishing/repository-publishing.ts";
import { WorkflowTexts } from "../../provider/resources/publishing/reads/workflow-texts.ts";
import { parseSeed, startSimulator } from "github-simulator";
import { githubCom } from "../../src/github-host.ts";
import { StoredTexts } from "../../src/github/contents/stored-texts.ts";
import { proposalBranch, sharedProposalBranch } from "../../src/github/pull-requests/proposal.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

/** The provider's resources on a simulated GitHub, without the engine: for faults in between. */
export async function startProvider(token = "admin", more: readonly string[] = []) {
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "acme-admin", role: "admin" }, { login: "docker" }],
      tokens: [
        { name: "admin", owner: "acme-admin", scopes: ["repo", "workflow", "admin:org"] },
        {
          name: "publisher",
          owner: "acme-admin",
          scopes: ["write:packages", "read:packages"],
          expiresInDays: 60,
        },
        { name: "no-workflow", owner: "acme-admin", scopes: ["repo", "admin:org"] },
      ],
      repositories: [
        ...["api", "other", ...more].map((name) => ({ name, dockerfile: "Dockerfile" })),
        // An action, which belongs to somebody else.
        { name: "login-action", owner: "docker", visibility: "public" as const },
      ],
    }),
  });
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue(token),
    pace: "burst",
  });
  const warnings: string[] = [];
  const context: ResourceContext = {
    urn: "urn:pulumi:test::test::test::test",
    status: () => {},
    warn: (message) => void warnings.push(message),
  };
  // Named by their content, so tests can share them.
  const stored = new StoredTexts({ GHCR_FLEET_CACHE: join(tmpdir(), "ghcr-fleet-tests") });
  const newSnapshots = () =>
    new RepositorySnapshots(
      github,
      "acme",
      Object.fromEntries(["api", ...more].map((name) => [name, "main"])),
    );
  const snapshots = newSnapshots();
  const unwritten = new UnwrittenCredentials();
  /** Names of the repositories that are offered again what a person declined. */
  const offerAgain = new Set<string>();
  const accessOn = (each: RepositorySnapshots, repin = false): BranchAccess => ({
    registry: "ghcr.io",
    github,
    snapshots: each,
    texts: new WorkflowTexts(github, each),
    stored,
    decided: new Map(),
    numbers: new ActionNumbers(github),
    pullRequests: new PullRequestStates(github, "acme", ["api", ...more]),
    missing: new MissingFiles(github, "acme", {}),
    proposalBranch,
    offerAgain,
    released: new ReleasedPins(github),
    central: new CentralCommits(github),
    repin,
  });
  const publishingOn = (access: BranchAccess) =>
    repositoryPublishing(
      access,
      new PackageVerifier(
        new Packages(github, { host: githubCom, owner: "acme", ownerKind: "Organization" }, 1),
        { name: "ghcr.io", url: simulator.registryUrl },
        new Vault(),
        [],
      ),
    );
  /** The resource, driven as the engine does: what it writes was checked. Packages have own tests. */
  const filesOn = (each: RepositorySnapshots, repin = false) => {
    const type = publishingOn(accessOn(each, repin));
    const asArgs = (args: Properties) => ({
      ...args,
      image: "api",
      images: [],
      credential: randomBytes(20).toString("hex"),
    });
    const checked = async (olds: Properties, args: Properties) =>
      "packages" in args ? args : (await type.check(olds, asArgs(args), context)).inputs;
    return {
      ...type,
      check: (olds: Properties, news: Properties) => type.check(olds, asArgs(news), context),
      create: async (args: Properties, preview = false) =>
        type.create(await checked({}, args), preview, context),
      update: async (id: string, state: Properties, args: Properties, preview = false) =>
        type.update(id, state, await checked({}, args), preview, context),
    };
  };
  const secretOn = (each: RepositorySnapshots) =>
    registrySecret(github, each, new WorkflowTexts(github, each), new Vault(), unwritten);
  return {
    github,
    simulator,
    world: simulator.world,
    byHand: simulator.byHand("acme-admin"),
    secret: secretOn(snapshots),
    /** The resource as another run sees it. */
    freshSecret: () => secretOn(newSnapshots()),
    variable: registryVariable(github, snapshots, unwritten),
    environment: deploymentEnvironment(github, unwritten),
    settings: actionsSettings(github, snapshots, "acme", new WorkflowTexts(github, snapshots)),
    leaving: leavingWithRepositories(github, snapshots),
    files: filesOn(snapshots),
    /** The resource as another run meets it, which remembers nothing of GitHub. */
    freshFiles: (repin = false) => filesOn(newSnapshots(), repin),
    /** The shared workflow, as another run meets it. */
    freshShared: () =>
      sharedWorkflow({ ...accessOn(newSnapshots()), proposalBranch: sharedProposalBranch }),
    context,
    warnings,
    offerAgain,
    /** Ids of the commits on main, oldest first. */
    commits(): string[] {
      const repository = simulator.world.repository("acme/api");
      const ids: string[] = [];
      for (let id = repository.refs.get("refs/heads/main"); id;) {
        ids.unshift(id);
        const body = Buffer.from(repository.objects.get(id)?.body ?? []).toString("utf8");
        id = /^parent ([0-9a-f]{40})$/m.exec(body)?.[1];
      }
      return ids;
    },
  };
}
