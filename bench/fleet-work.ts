import type { SeedInput } from "github-simulator";
import { renderWorkflows } from "../src/publishing/templates/render.ts";
import { workflowOf } from "./workflow-of.ts";

/** What a contender makes of the organisation. */
export interface Desired {
  /** The repositories of the fleet. */
  readonly names: readonly string[];
  /** Name of the PAT among the simulator's tokens. */
  readonly pat: "publisher" | "next-publisher";
  /** Stands in both workflow files of each repository. */
  readonly timeoutMinutes: number;
  /** Whether each repository has whole workflows, or callers of a shared one. */
  readonly form: "inline" | "shared";
  /** Whether the default workflow permissions of each repository are declared too. */
  readonly permissions: boolean;
}

/**
 * The fleet's repositories before the first update: without workflow files, with the right ones, with one that logs in
 * with the job's token, or without and with a central repository for the workflow that all share.
 */
export type FleetKind =
  "files to write" | "files right already" | "files to repair" | "shared form";

/** Name of the central repository. */
export const central = ".github";

export const owner = "acme";
export const username = "acme-publisher";
export const secretName = "GHCR_PAT";

/** Text of each file by its path in the repository. */
export function workflowFiles(repository: string, timeoutMinutes: number) {
  return renderWorkflows({ ...workflowOf(owner, repository), timeoutMinutes });
}

export const firstTimeout = 30;

export function nameRepositories(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `service-${index + 1}`);
}

/** As people write it, with a login that does not reach a package of another repository. */
const ownWorkflow = {
  ".github/workflows/docker.yml": `on: { push: { branches: [main] } }
permissions:
  contents: read
  packages: write
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/\${{ github.repository }}:latest
`,
};

/** An organisation that has these repositories only. */
export function seedOf(names: readonly string[], kind: FleetKind): SeedInput {
  const publisher = { owner: username, scopes: ["write:packages", "read:packages"] };
  return {
    // As GitHub creates organisations today, so the contenders find the permissions that they declare.
    organisation: { login: owner, basePermission: "write", defaultWorkflowPermissions: "read" },
    users: [
      { login: "acme-admin", role: "admin" },
      { login: username, role: "member" },
    ],
    tokens: [
      {
        name: "admin",
        owner: "acme-admin",
        scopes: ["repo", "workflow", "admin:org", "read:packages"],
        expiresInDays: 90,
      },
      { name: "publisher", ...publisher, expiresInDays: 60 },
      { name: "next-publisher", ...publisher, expiresInDays: 89 },
    ],
    repositories: [
      ...names.map((name) => ({
        name,
        // As workflowOf() says.
        visibility: "private" as const,
        dockerfile: "Dockerfile",
        ...(kind === "files right already" && { files: workflowFiles(name, firstTimeout) }),
        ...(kind === "files to repair" && { files: ownWorkflow }),
      })),
      ...(kind === "shared form" ? [{ name: central, visibility: "private" as const }] : []),
    ],
  };
}
