import { actionsSettings } from "../../provider/resources/actions-settings.ts";
import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
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
import { branchAccess, type BranchAccess } from "../../provider/resources/publishing/inputs.ts";
import { sharedWorkflow } from "../../provider/resources/shared/shared-workflow.ts";
import { repositoryPublishing } from "../../provider/resources/publishing/repository-publishing.ts";
import { WorkflowTexts } from "../../provider/resources/publishing/reads/workflow-texts.ts";
import { parseSeed, startSimulator } from "github-simulator";
import { githubCom } from "../../src/github-host.ts";
import { StoredTexts } from "../../src/github/contents/stored-texts.ts";
import { sharedProposalBranch } from "../../src/github/pull-requests/proposal.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

/** The provider's resources on a simulated GitHub, without the engine, until the end of the test. */
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
  onTestFinished(() => simulator.close());
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
  const fleet = Object.fromEntries(["api", ...more].map((name) => [name, "main"]));
  const newSnapshots = () => new RepositorySnapshots(github, "acme", fleet);
  const snapshots = newSnapshots();
  const unwritten = new UnwrittenCredentials();
  /** Names of the repositories that are offered again what a person declined. */
  const offerAgain = new Set<string>();
  const accessOn = (each: RepositorySnapshots, repin = false) =>
    branchAccess(github, each, "acme", fleet, { registry: "ghcr.io", stored, offerAgain, repin });
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

export type Provider = Awaited<ReturnType<typeof startProvider>>;
