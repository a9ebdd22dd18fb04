import {
  auditMonitored,
  auditMonitoredAdvice,
  exceptionExpiry,
  workflowsComplete,
} from "../../../policy/rules/fleet.ts";
import {
  packageLinked,
  packagePushable,
  packageVerified,
  packageVisibility,
} from "../../../policy/rules/package.ts";
import { ghcr, github } from "../../../policy/model/resource-types.ts";
import { actionsPinningRequired, actionsTokenRead } from "../../../policy/rules/settings.ts";
import { unknownValue, type TestResource } from "../run-policy.ts";
import type { RuleCase } from "./case.ts";
import { registrySecret } from "./secret-cases.ts";
import { token } from "./token-cases.ts";
import { change, ci, release, repositoryFile, workflowFiles } from "./workflow-programs.ts";

const of = (...resources: TestResource[]) => ({ resources });

function settings(type: string, props: Record<string, unknown>): TestResource {
  return { type, name: "api", props: { repository: "api", ...props } };
}

const resource = (props: Record<string, unknown>): TestResource => ({
  type: ghcr.publishing,
  name: "api",
  props: { owner: "acme", repository: "api", ...props },
});

const packages = "https://github.com/orgs/acme/packages/container";

function image(changes: Record<string, unknown>): TestResource {
  const { visibility, actualVisibility, verified, findings, ...facts } = changes;
  const shown = { image: "api", push: "allowed", ...facts };
  return resource({
    ...(findings !== undefined && { findings }),
    ...(visibility !== undefined && { visibility }),
    ...(verified !== undefined && { verified }),
    packages: [
      { ...shown, ...(actualVisibility !== undefined && { visibility: actualVisibility }) },
    ],
  });
}

/** A repository that publishes two packages, of which one is as it should be. */
function several({ actualVisibility, ...changes }: Record<string, unknown>): TestResource {
  const shown = actualVisibility !== undefined && { visibility: actualVisibility };
  const { visibility, findings, ...facts } = changes;
  const pushes = { push: "allowed", exists: false };
  return resource({
    ...(findings !== undefined && { findings }),
    ...(visibility !== undefined && { visibility }),
    packages: [
      { image: "api", ...pushes },
      { image: "worker", ...pushes, ...facts, ...shown },
    ],
  });
}

/** Repositories whose own workflows are repaired, or not changed. */
const ownWorkflows: TestResource[] = ["repair", "none"].map((mode) => ({
  type: ghcr.publishing,
  name: mode,
  props: { repository: mode, mode },
}));

const provider: TestResource = {
  type: ghcr.provider,
  name: "ghcr",
  props: { repositories: { api: "main", web: "main" } },
};
const pair = { ".github/workflows/ci.yml": "", ".github/workflows/release.yml": "" };
const both = [
  workflowFiles(pair),
  ...Object.keys(pair).map((path, index) => ({
    ...repositoryFile(path, ""),
    name: `web-${index}`,
  })),
];

/** The same two workflows under other names, and both in one file. */
const otherNames: TestResource[] = [
  {
    type: ghcr.publishing,
    name: "shop",
    props: {
      repository: "shop",
      files: { ".github/workflows/images.yml": ci, ".github/workflows/tags.yml": release },
    },
  },
  {
    type: ghcr.publishing,
    name: "site",
    props: {
      repository: "site",
      files: {
        ".github/workflows/all.yml": change(
          ci,
          /^on:\n/m,
          "on:\n  release: { types: [published] }\n",
        ),
      },
    },
  },
];

const monitor = { owner: "security", intervalHours: 24 };
const lapsed = { for: "api", owner: "a team", reason: "migration", until: "2025-12-31" };

export const fleetCases: readonly RuleCase[] = [
  {
    rule: workflowsComplete,
    violating: of(provider, ...both.slice(0, 2), registrySecret({ repositories: { api: 1 } })),
    says: [
      "ghcr must have release.yml or another workflow that publishes releases for web",
      "ghcr must have a credential that web can use",
    ],
    missing: of(provider),
    saysMissing: [
      "ghcr must have ci.yml or another workflow that publishes its branch and release.yml or another workflow that publishes releases for api",
      "ghcr must have a credential that api can use",
      "ghcr must have ci.yml or another workflow that publishes its branch and release.yml or another workflow that publishes releases for web",
      "ghcr must have a credential that web can use",
    ],
    passing: of(
      provider,
      { ...provider, props: { repositories: JSON.stringify(provider.props["repositories"]) } },
      {
        ...provider,
        props: { repositories: { repair: "main", none: "main", shop: "main", site: "main" } },
      },
      { ...provider, props: { repositories: { token: "main" } } },
      resource({ repository: "token", mode: "repair", jobToken: true }),
      ...both,
      ...ownWorkflows,
      ...otherNames,
      registrySecret({ repositories: { api: 1, web: 2, repair: 3, none: 4, shop: 5, site: 6 } }),
    ),
    unknown: of(provider, ...both, registrySecret({ repositories: unknownValue })),
  },
  {
    rule: actionsTokenRead,
    violating: of(
      settings(github.repositoryWorkflowPermissions, {
        defaultWorkflowPermissions: "write",
        canApprovePullRequestReviews: true,
      }),
      settings(ghcr.settings, { defaultWorkflowPermissions: "write" }),
    ),
    says: [
      "api must let a workflow's token read only, by default",
      "api must not let Actions approve pull requests",
      "api must let a workflow's token read only, by default",
    ],
    missing: of(settings(github.organizationWorkflowPermissions, {})),
    saysMissing: ["api must let a workflow's token read only, by default"],
    passing: of(
      settings(github.repositoryWorkflowPermissions, { defaultWorkflowPermissions: "read" }),
      settings(ghcr.settings, { defaultWorkflowPermissions: "read" }),
      settings(ghcr.settings, { shaPinningRequired: true }),
    ),
    unknown: of(
      settings(github.repositoryWorkflowPermissions, { defaultWorkflowPermissions: unknownValue }),
    ),
  },
  {
    rule: actionsPinningRequired,
    violating: of(
      settings(github.repositoryActions, { shaPinningRequired: false }),
      settings(ghcr.settings, { shaPinningRequired: false }),
      settings(ghcr.settings, { allowedActions: { patterns: ["docker/*"] } }),
    ),
    says: Array.from({ length: 3 }, () => "api must require actions to be pinned to a commit"),
    missing: of(settings(github.organizationActions, {})),
    saysMissing: ["api must require actions to be pinned to a commit"],
    passing: of(
      settings(github.repositoryActions, { shaPinningRequired: true }),
      settings(ghcr.settings, { shaPinningRequired: true }),
      settings(ghcr.settings, { defaultWorkflowPermissions: "read" }),
    ),
    unknown: of(settings(github.repositoryActions, { shaPinningRequired: unknownValue })),
  },
  {
    rule: packageLinked,
    violating: of(
      image({ exists: true, linkedTo: "acme/web" }),
      several({ exists: true, linkedTo: "acme/web" }),
      image({ exists: true, image: "a/b", findings: [{ url: `${packages}/a%2Fb/settings` }] }),
      several({
        exists: true,
        findings: ["api", "worker"].map((name) => ({ url: `${packages}/${name}/settings` })),
      }),
    ),
    says: [
      "api must be linked to its repository, and not to acme/web",
      "api must be linked to its repository, and not to acme/web (ghcr.io/acme/worker)",
      `api must be linked to its repository, and is linked to none (${packages}/a%2Fb/settings)`,
      `api must be linked to its repository, and is linked to none (ghcr.io/acme/worker, ${packages}/worker/settings)`,
    ],
    missing: of(image({ exists: true }), image({})),
    saysMissing: [
      "api must be linked to its repository, and is linked to none",
      "api must be checked by a person: it is not known whether it exists",
    ],
    passing: of(
      image({ exists: true, linkedTo: "Acme/api" }),
      image({ exists: false }),
      image({ verified: false }),
      resource({ packages: [] }),
      several({ exists: true, linkedTo: "acme/api" }),
    ),
    unknown: of(image({ exists: unknownValue })),
  },
  {
    rule: packageVerified,
    violating: of(image({ verified: false })),
    says: ["api must be visible to the admin token: its link and visibility are not verified"],
    missing: of(image({})),
    saysMissing: [
      "api must be visible to the admin token: its link and visibility are not verified",
    ],
    passing: of(image({ verified: true, exists: false }), image({ exists: true })),
    unknown: of(image({ verified: unknownValue })),
  },
  {
    rule: packageVisibility,
    violating: of(image({ exists: true, visibility: "private", actualVisibility: "public" })),
    says: ["api must be as visible as declared"],
    missing: of(image({ exists: true, visibility: "private" })),
    saysMissing: ["api must be as visible as declared"],
    passing: of(
      image({ exists: true, visibility: "private", actualVisibility: "private" }),
      image({ exists: true, actualVisibility: "public" }),
      image({ verified: false, visibility: "private" }),
    ),
    unknown: of(image({ exists: true, visibility: "private", actualVisibility: unknownValue })),
  },
  {
    rule: packagePushable,
    violating: of(image({ push: "denied: permission_denied" }), several({ push: "denied" })),
    says: [
      "api must let the publishing credential push",
      "api must let the publishing credential push (ghcr.io/acme/worker)",
    ],
    missing: of(image({ push: undefined })),
    saysMissing: ["api must let the publishing credential push"],
    passing: of(
      image({}),
      resource({ jobToken: true, packages: [{ image: "api", push: "not tried" }] }),
    ),
    unknown: of(image({ push: unknownValue })),
  },
  {
    rule: auditMonitored,
    violating: {
      resources: [token()],
      policyConfig: { enterpriseCloud: true, monitor: { owner: " " } },
    },
    says: [
      "the stack must have an owner for its audit log monitor",
      "the stack must have an interval for its audit log monitor",
    ],
    missing: { resources: [token()], policyConfig: { enterpriseCloud: true } },
    saysMissing: ["the stack must have a monitor of the audit log"],
    passing: { resources: [token()], policyConfig: { enterpriseCloud: true, monitor } },
  },
  {
    rule: auditMonitoredAdvice,
    violating: { resources: [token()], policyConfig: { monitor: { owner: "security" } } },
    says: ["the stack must have an interval for its audit log monitor"],
    missing: of(token()),
    saysMissing: ["the stack must have a monitor of the audit log"],
    passing: { resources: [token()], policyConfig: { monitor } },
  },
  {
    rule: exceptionExpiry,
    violating: { resources: [], policyConfig: { exceptions: [lapsed] } },
    says: [
      "the stack must have no invalid exceptions: the exception of exception-expiry for api must not have expired",
    ],
    missing: { resources: [], policyConfig: { exceptions: [{ for: "api" }] } },
    saysMissing: ["have an owner", "have a reason", "have a date: until, such as 2026-03-31"].map(
      (lack) =>
        `the stack must have no invalid exceptions: the exception of exception-expiry for api must ${lack}`,
    ),
    passing: {
      resources: [],
      policyConfig: { exceptions: [{ ...lapsed, until: "2026-03-31" }] },
    },
  },
];
