// A Pulumi program of one's own that gives one more repository access to GHCR: docs/package.md.
import * as pulumi from "@pulumi/pulumi";
import {
  FleetRepository,
  GhcrProvider,
  loadConnection,
  loadFleet,
  RegistryAccess,
} from "ghcr-fleet/components";

const config = new pulumi.Config();
const pat = config.requireSecret("pat");
const github = new pulumi.Config("github");
const connection = loadConnection(github, process.env);
const { owner, baseUrl } = connection;

// The settings of ghcr-fleet:fleet. The secret belongs to the repository: the organisation's may be another
// stack's.
const fleet = await loadFleet(
  { secret: { scope: "repository" }, repositories: [{ name: "api" }] },
  connection,
);
const provider = new GhcrProvider("ghcr", {
  owner,
  baseUrl,
  // Of the configuration only: one from GITHUB_TOKEN would stay in the state.
  token: github.getSecret("token"),
  // Only a rehearsal has one.
  registryUrl: config.get("registryUrl"),
  repositories: Object.fromEntries(fleet.repositories.map(({ name, branch }) => [name, branch])),
});
const access = new RegistryAccess("access", { fleet, pat, maxTokenDays: 90 }, { provider });

export const workflows = fleet.repositories.map(
  (repository) =>
    new FleetRepository({ fleet, repository, access, pat }, { provider }).publishing.commitUrl,
);
