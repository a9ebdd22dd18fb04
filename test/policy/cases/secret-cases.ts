import { ghcr, github } from "../../../policy/model/resource-types.ts";
import {
  orgSecretSelected,
  secretDrift,
  secretName,
  secretShadowed,
} from "../../../policy/rules/secret.ts";
import { hashOf } from "../../../policy/model/policy-context.ts";
import { unknownValue, type TestResource } from "../run-policy.ts";
import type { RuleCase } from "./case.ts";
import { actionsSecret } from "./token-cases.ts";

export function registrySecret(changes: Record<string, unknown> = {}): TestResource {
  const props = {
    scope: "organization",
    owner: "acme",
    name: "GHCR_PAT",
    repositories: { api: 1, web: 2 },
    hash: "hash",
    box: "box",
    keyId: "key",
    salt: "0",
    ...changes,
  };
  return { type: ghcr.secret, name: "shared", props };
}

const withoutBox = Object.entries(registrySecret().props).filter(([key]) => key !== "box");
const drifted: TestResource = { ...registrySecret(), outputs: Object.fromEntries(withoutBox) };
const [then, later] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];

function organizationSecret(props: Record<string, unknown>): TestResource {
  const name = { secretName: "GHCR_PAT" };
  return { type: github.organizationSecret, name: "everywhere", props: { ...name, ...props } };
}

/** What a rotation writes, and the same with a token that is not in the configuration. */
const nextPat = "a token that comes next";
const config = { "ghcr-fleet:nextPat": nextPat };
const trial = (value = nextPat): TestResource => ({
  ...registrySecret({ scope: "repository", repository: "api", hash: hashOf(value) }),
  name: "api/GHCR_PAT",
});

const of = (...resources: TestResource[]) => ({ resources });

export const secretCases: readonly RuleCase[] = [
  {
    rule: secretName,
    violating: of(
      registrySecret({ name: "REGISTRY_TOKEN" }),
      actionsSecret({ secretName: "GITHUB_PAT" }),
      actionsSecret({ secretName: "MY_GHCR_TOKEN" }),
    ),
    says: [
      "shared must be named GHCR_PAT",
      "plain (repository api) must have a name that does not begin with GITHUB_",
      "plain (repository api) must be named GHCR_PAT",
    ],
    missing: of(registrySecret({ name: undefined })),
    saysMissing: ["shared must have a name"],
    passing: of(
      registrySecret(),
      actionsSecret({}),
      actionsSecret({ secretName: "NPM_TOKEN", value: "x" }),
    ),
    unknown: of(actionsSecret({ secretName: unknownValue })),
  },
  {
    rule: secretDrift,
    violating: of(drifted, {
      ...actionsSecret({}),
      outputs: { updatedAt: then, remoteUpdatedAt: later },
    }),
    says: [
      "shared must be written again: it was overwritten, but not by the stack",
      "plain must be written again: it was overwritten, but not by the stack",
    ],
    missing: of({ ...actionsSecret({}), outputs: { remoteUpdatedAt: later } }),
    saysMissing: ["plain must be written again: it was overwritten, but not by the stack"],
    passing: of(registrySecret(), {
      ...actionsSecret({}),
      outputs: { updatedAt: then, remoteUpdatedAt: then },
    }),
    unknown: of({
      ...actionsSecret({}),
      outputs: { updatedAt: unknownValue, remoteUpdatedAt: then },
    }),
  },
  {
    rule: secretShadowed,
    violating: { ...of(actionsSecret({}), registrySecret(), trial("another")), config },
    says: [
      "plain (repository api) must not hide the organisation's secret",
      "api/GHCR_PAT must not hide the organisation's secret",
    ],
    missing: of(registrySecret(), trial()),
    saysMissing: ["api/GHCR_PAT must not hide the organisation's secret"],
    passing: {
      ...of(
        registrySecret(),
        trial(),
        actionsSecret({ secretName: "NPM_TOKEN" }),
        // A refresh shows it, and the same update deletes it.
        { ...registrySecret({ name: "OLD_PAT" }), name: "old", isLeftOut: true },
        actionsSecret({ secretName: "OLD_PAT" }),
        // In the same fleet, this repository does not share the organisation's.
        registrySecret({ scope: "repository", repository: "store", repositories: undefined }),
      ),
      config,
    },
    unknown: of(registrySecret(), actionsSecret({ secretName: unknownValue })),
  },
  {
    rule: orgSecretSelected,
    violating: of(
      organizationSecret({ visibility: "all" }),
      registrySecret({ repositories: "all" }),
    ),
    says: [
      "everywhere must be visible to selected repositories only",
      "shared must name the repositories that may use it",
    ],
    missing: of(organizationSecret({}), registrySecret({ repositories: undefined })),
    saysMissing: [
      "everywhere must be visible to selected repositories only",
      "shared must name the repositories that may use it",
    ],
    passing: of(organizationSecret({ visibility: "selected" }), registrySecret()),
    unknown: of(organizationSecret({ visibility: unknownValue })),
  },
];
