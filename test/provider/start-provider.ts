import { actionsSettings } from "../../provider/resources/actions-settings.ts";
import { deploymentEnvironment } from "../../provider/resources/deployment-environment.ts";
import { leavingWithRepositories } from "../../provider/resources/gone-repositories.ts";
import { registrySecret } from "../../provider/resources/secret/registry-secret.ts";
import { registryVariable } from "../../provider/resources/registry-variable.ts";
import { RepositorySnapshots } from "../../provider/resources/repository-snapshots.ts";
import type { ResourceContext } from "../../provider/protocol/resource-type.ts";
import { Vault } from "../../provider/resources/vault.ts";
import { WorkflowTexts } from "../../provider/resources/workflow-files/workflow-texts.ts";
import { workflowFiles } from "../../provider/resources/workflow-files/workflow-files.ts";
import { parseSeed, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

/** The provider's resources on a simulated GitHub, without the engine: for faults in between. */
export async function startProvider(token = "admin", more: readonly string[] = []) {
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "acme-admin", role: "admin" }],
      tokens: [
        { name: "admin", owner: "acme-admin", scopes: ["repo", "workflow", "admin:org"] },
        { name: "no-workflow", owner: "acme-admin", scopes: ["repo", "admin:org"] },
      ],
      repositories: ["api", "other", ...more].map((name) => ({ name, dockerfile: "Dockerfile" })),
    }),
  });
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue(token),
    pace: "burst",
  });
  const newSnapshots = () =>
    new RepositorySnapshots(
      github,
      "acme",
      Object.fromEntries(["api", ...more].map((name) => [name, "main"])),
    );
  const snapshots = newSnapshots();
  const accessOf = (each: RepositorySnapshots) => ({
    github,
    snapshots: each,
    texts: new WorkflowTexts(github, each),
  });
  const warnings: string[] = [];
  const context: ResourceContext = {
    urn: "urn:pulumi:test::test::test::test",
    status: () => {},
    warn: (message) => void warnings.push(message),
  };
  return {
    github,
    simulator,
    world: simulator.world,
    byHand: simulator.byHand("acme-admin"),
    secret: registrySecret(github, snapshots, new Vault()),
    variable: registryVariable(github, snapshots),
    environment: deploymentEnvironment(github),
    settings: actionsSettings(github, snapshots, "acme"),
    leaving: leavingWithRepositories(github, snapshots),
    files: workflowFiles(accessOf(snapshots)),
    /** The resource as another run meets it, which remembers nothing of GitHub. */
    freshFiles: () => workflowFiles(accessOf(newSnapshots())),
    context,
    warnings,
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
