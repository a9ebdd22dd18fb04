import {
  workflowProvenance,
  workflowReleaseNoCache,
  workflowSourceLabel,
} from "../../../policy/rules/workflow-image.ts";
import { workflowLoginFallback } from "../../../policy/rules/workflow-login.ts";
import { workflowPermissions, workflowTriggers } from "../../../policy/rules/workflow-shape.ts";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import type { RuleCase } from "./case.ts";
import {
  at,
  change,
  ci,
  ciPath,
  lineOf,
  managedCi,
  managedRelease,
  release,
  releasePath,
  repositoryFile,
  workflowCase,
} from "./workflow-programs.ts";

const pulling = renderWorkflows(workflowOptions({ pullRequestLogin: "read" }))[ciPath] ?? "";

/** The requirements for files that publish. */
export const publishingCases: readonly RuleCase[] = [
  workflowCase(workflowTriggers, {
    violating: [
      managedCi(change(ci, "      - main", "      - main\n      - '**'")),
      managedRelease(change(release, "- published", "- created")),
    ],
    says: [
      "api must publish pushes to the default branch, and to no other (.github/workflows/ci.yml:9)",
      `api must run when a release is published, and at no other of its events ${at(releasePath, lineOf(release, "  release:\n"))}`,
    ],
    missing: [
      managedCi("on: pull_request\njobs: {}\n"),
      managedRelease("on:\n  push:\njobs: {}\n"),
    ],
    saysMissing: [
      "api must run on pushes to the default branch (.github/workflows/ci.yml:1)",
      "api must run when a release is published (.github/workflows/release.yml:1)",
      "api must be startable by hand, with on.workflow_dispatch (.github/workflows/release.yml:1)",
      "api must run on published releases and by hand only (.github/workflows/release.yml:2)",
    ],
    passing: [repositoryFile(ciPath, "on: push\njobs: {}\n")],
  }),
  workflowCase(workflowLoginFallback, {
    violating: [
      managedCi(change(ci, "secrets.GHCR_PAT || secrets.GITHUB_TOKEN", "secrets.GITHUB_TOKEN")),
      managedRelease(
        change(
          change(release, /(own token\n +if: )steps\.login\.outcome == 'failure'/, "$1always()"),
          /username: .*GHCR_USERNAME.*/,
          'username: ""',
        ),
      ),
      managedCi(change(pulling, " == github.repository", " != ''")),
    ],
    says: [
      `api must log in first with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as the password ${at(ciPath, lineOf(ci, "password: ${{ secrets.GHCR_PAT"))}`,
      `api must log in with a username ${at(releasePath, lineOf(release, "- name: Log in to ghcr.io\n"))}`,
      `api must log in once more only if the first login failed, by its outcome ${at(releasePath, lineOf(release, "- name: Log in to ghcr.io with"))}`,
      `api must log in once more only if the first login failed, by its outcome ${at(ciPath, lineOf(pulling, "- name: Log in to ghcr.io to pull"))}`,
    ],
    missing: [managedCi("on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: make }]\n")],
    saysMissing: ["api must log in to ghcr.io before it pushes (.github/workflows/ci.yml:1)"],
  }),
  workflowCase(workflowPermissions, {
    violating: [
      managedCi(change(ci, "packages: write", "contents: write")),
      managedRelease(change(release, "permissions: {}", "permissions: write-all")),
    ],
    says: [
      `api must let no job have write access except to packages ${at(ciPath, lineOf(ci, "packages: write"))}`,
      `api must grant no permission at the top level ${at(releasePath, lineOf(release, "permissions: {}"))}`,
    ],
    missing: [managedCi(change(ci, "permissions: {}\n", ""))],
    saysMissing: [
      `api must grant no permission at the top level ${at(ciPath, lineOf(ci, "name: ci"))}`,
    ],
  }),
  workflowCase(workflowReleaseNoCache, {
    violating: [managedRelease(change(release, /no-cache: true.*/, "cache-from: type=gha"))],
    says: [
      `api must set no-cache: true at docker/build-push-action ${at(releasePath, lineOf(release, "- name: Build and push"))}`,
      `api must build without cache-from and cache-to ${at(releasePath, lineOf(release, "- name: Build and push"))}`,
    ],
    missing: [managedRelease(change(release, /cache-binary: false.*/, "version: v0.30.0"))],
    saysMissing: [
      `api must set cache-binary: false at docker/setup-buildx-action ${at(releasePath, lineOf(release, "- name: Set up Buildx"))}`,
    ],
  }),
  workflowCase(workflowSourceLabel, {
    violating: [managedCi(change(ci, /labels: .*/, "labels: a=b"))],
    says: [
      `api must label images with org.opencontainers.image.source ${at(ciPath, lineOf(ci, "- name: Build, and push"))}`,
    ],
    missing: [
      managedCi(change(ci, / +labels: .*\n/, "")),
      managedCi("on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: make }]\n"),
    ],
    saysMissing: [
      `api must label images with org.opencontainers.image.source ${at(ciPath, lineOf(ci, "- name: Build, and push"))}`,
      "api must build with docker/build-push-action, with labels (.github/workflows/ci.yml:1)",
    ],
  }),
  workflowCase(
    workflowProvenance,
    {
      violating: [
        managedCi(change(ci, "provenance: mode=min", "provenance: false")),
        managedRelease(change(release, "actions/attest@", "actions/elsewhere@")),
      ],
      says: [
        `api must build with provenance ${at(ciPath, lineOf(ci, "- name: Build, and push"))}`,
        "api must attest what it releases (.github/workflows/release.yml:1)",
      ],
      missing: [managedRelease(change(release, / +sbom: true\n/, ""))],
      saysMissing: [
        `api must build releases with sbom: true ${at(releasePath, lineOf(release, "- name: Build and push"))}`,
      ],
    },
    { publicRepositories: ["api"] },
  ),
];
