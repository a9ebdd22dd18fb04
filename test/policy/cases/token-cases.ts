import { checksumOf } from "../../../policy/rules/credential.ts";
import { github, ghcr } from "../../../policy/model/resource-types.ts";
import { hashOf } from "../../../policy/model/policy-context.ts";
import {
  patClassic,
  patSource,
  patNoEcho,
  patNotAdminToken,
} from "../../../policy/rules/token-source.ts";
import {
  patExpiryLeft,
  patExpiryMax,
  patExpirySoon,
  patOwner,
  patRotationAge,
  patScopesExact,
} from "../../../policy/rules/token.ts";
import { unknownValue, type TestResource } from "../run-policy.ts";
import type { RuleCase } from "./case.ts";

/** A complete classic token that GitHub never issued. */
export const classicToken = ((random: string) => `ghp_${random}${checksumOf(random)}`)(
  "a1".repeat(15),
);
export const adminToken = ((random: string) => `ghp_${random}${checksumOf(random)}`)(
  "b2".repeat(15),
);

const config = { "ghcr-fleet:pat": classicToken, "github:token": adminToken };

export function token(changes: Record<string, unknown> = {}): TestResource {
  const props = {
    hash: hashOf(classicToken),
    kind: "classic",
    owner: "acme-publisher",
    scopes: ["write:packages"],
    expiresAt: "2026-03-01T00:00:00.000Z",
    ...changes,
  };
  return { type: ghcr.token, name: "publisher", props };
}

export function actionsSecret(props: Record<string, unknown>): TestResource {
  const place = { repository: "api", secretName: "GHCR_PAT" };
  return { type: github.actionsSecret, name: "plain", props: { ...place, ...props } };
}

const of = (...resources: TestResource[]) => ({ resources, config });

export const tokenCases: readonly RuleCase[] = [
  {
    rule: patClassic,
    violating: of(
      token({ kind: "fine-grained" }),
      actionsSecret({ value: `${classicToken.slice(0, -1)}!` }),
    ),
    says: [
      "publisher must be a classic personal access token",
      "plain (repository api) must hold a classic personal access token (ghp_…) with a valid checksum",
    ],
    missing: of(token({ kind: undefined }), actionsSecret({})),
    saysMissing: [
      "publisher must be a classic personal access token",
      "plain (repository api) must have a value",
    ],
    passing: of(
      token(),
      actionsSecret({ value: classicToken }),
      actionsSecret({ valueEncrypted: "box" }),
    ),
    unknown: of(token({ kind: unknownValue })),
  },
  {
    rule: patScopesExact,
    violating: of(
      token({ scopes: ["write:packages", "admin:org", "repo"] }),
      token({ scopes: ["write:packages", "read:packages", "delete:packages"] }),
      token({ scopes: ["read:packages"] }),
    ),
    says: [
      "publisher must have no scope beyond write:packages and read:packages, such as admin:org, repo",
      "publisher must have no scope beyond write:packages and read:packages, such as delete:packages",
      "publisher must have the scopes write:packages and read:packages",
    ],
    missing: of(token({ scopes: undefined })),
    saysMissing: ["publisher must have known scopes"],
    passing: of(token()),
    unknown: of(token({ scopes: unknownValue })),
  },
  {
    rule: patExpiryMax,
    violating: of(token({ expiresAt: "2026-04-02T00:00:00Z" })),
    says: ["publisher must expire within 90 days, but has 91 left"],
    missing: of(token({ expiresAt: undefined })),
    saysMissing: ["publisher must expire within 90 days, but never expires"],
    passing: of(token()),
    unknown: of(token({ expiresAt: unknownValue })),
  },
  {
    rule: patExpiryLeft,
    violating: of(token({ expiresAt: "2026-01-07T00:00:00Z" })),
    says: ["publisher must have at least 7 days left, but has 6"],
    missing: of(token({ expiresAt: undefined })),
    // pat-expiry-max reports it.
    saysMissing: [],
    passing: of(token({ expiresAt: "2026-01-08T00:00:00Z" })),
    unknown: of(token({ expiresAt: unknownValue })),
  },
  {
    rule: patExpirySoon,
    violating: of(token({ expiresAt: "2026-01-21T23:00:00Z" })),
    says: ["publisher must have at least 21 days left, but has 20"],
    missing: of(token({ expiresAt: undefined })),
    saysMissing: [],
    passing: of(token({ expiresAt: "2026-01-22T00:00:00Z" })),
    unknown: of(token({ expiresAt: unknownValue })),
  },
  {
    rule: patRotationAge,
    violating: of(
      { ...token(), outputs: token({ firstSeenAt: "2025-10-01T00:00:00Z" }).props },
      { ...token(), outputs: token({ inspectedAt: "2025-09-30T00:00:00Z" }).props },
    ),
    says: [
      "publisher must be rotated within 90 days, but the stack has had it for 92 days",
      "publisher must be rotated within 90 days, but the stack has had it for 93 days",
    ],
    missing: { ...of(token()), run: "update" },
    saysMissing: ["publisher must have a date from which its age is counted"],
    passing: of({ ...token(), outputs: token({ firstSeenAt: "2025-10-03T00:00:00Z" }).props }),
    unknown: of(token({ hash: unknownValue })),
  },
  {
    rule: patSource,
    violating: of(
      token({ hash: hashOf("literal") }),
      { ...token({ source: "env" }), name: "left-over" },
      actionsSecret({ plaintextValue: adminToken.replace("b", "c") }),
    ),
    says: [
      "publisher must be read by the provider, or come from the stack's configuration",
      "left-over must not be in the stack's configuration, because the provider reads it elsewhere",
      "plain (repository api) must not use the deprecated input plaintextValue",
      "plain (repository api) must come from the stack's configuration",
    ],
    missing: of(token({ hash: undefined })),
    saysMissing: ["publisher must be read by the provider, or come from the stack's configuration"],
    passing: of(
      token(),
      { ...token({ hash: hashOf("elsewhere"), source: "command" }), name: "read-elsewhere" },
      actionsSecret({ value: classicToken }),
    ),
    unknown: of(actionsSecret({ value: unknownValue })),
  },
  {
    rule: patNoEcho,
    violating: of(
      {
        type: github.file,
        name: "readme",
        props: { repository: "api", content: `use ${classicToken}` },
      },
      {
        type: "pulumi:pulumi:Stack",
        name: "stack",
        props: {},
        outputs: { commit: unknownValue, login: { commit: unknownValue, password: classicToken } },
      },
      {
        type: github.file,
        name: "docker",
        props: { content: JSON.stringify({ auth: btoa(`user:${classicToken}`) }) },
      },
      {
        type: github.file,
        name: "beside",
        // The path before it consists of base64 characters, too.
        props: { content: `curl https://registry.example/login/${btoa(classicToken)}` },
      },
      actionsSecret({ valueEncrypted: btoa(classicToken) }),
    ),
    says: [
      "readme (repository api) must contain no token in content",
      "docker must contain no token in content",
      "beside must contain no token in content",
      "plain (repository api) must contain no token in valueEncrypted",
      "stack must contain no token in login",
    ],
    missing: of({ type: github.file, name: "readme", props: {} }),
    saysMissing: [],
    passing: of(
      actionsSecret({ value: classicToken }),
      actionsSecret({ valueEncrypted: btoa("sealed for nobody but GitHub, who has the key") }),
      { type: github.provider, name: "default", props: { token: adminToken } },
      { type: github.file, name: "readme", props: { content: "ghp_ is the prefix" } },
      // Before the first update, an environment has no key to seal for, and most outputs are not known.
      {
        type: ghcr.secret,
        name: "sealed",
        props: { name: "GHCR_PAT", box: unknownValue, keyId: unknownValue },
      },
      {
        type: "pulumi:pulumi:Stack",
        name: "new",
        props: {},
        outputs: { rotation: unknownValue, repositories: { api: { commit: unknownValue } } },
      },
    ),
    unknown: of({ type: github.file, name: "readme", props: { content: unknownValue } }),
  },
  {
    rule: patNotAdminToken,
    violating: of(
      token({ hash: hashOf(adminToken) }),
      { type: ghcr.provider, name: "ghcr", props: { token: classicToken } },
      actionsSecret({ value: classicToken }),
    ),
    says: [
      "publisher must not be the token that manages GitHub",
      "plain (repository api) must not be the token that manages GitHub",
    ],
    missing: of(token({ hash: undefined })),
    // pat-source reports it.
    saysMissing: [],
    passing: of(token(), { type: github.provider, name: "default", props: { token: adminToken } }),
    unknown: of(token(), {
      type: github.provider,
      name: "default",
      props: { token: unknownValue },
    }),
  },
  {
    rule: patOwner,
    violating: of(token({ owner: "alice" })),
    says: [
      "publisher must belong to the account that fleet.username or the list of machine users declares",
    ],
    missing: of(token({ owner: undefined })),
    saysMissing: ["publisher must have a known owner"],
    passing: {
      ...of(token(), token({ owner: "ACME-Publisher" })),
      policyConfig: { machineUsers: ["Acme-Publisher"] },
    },
    unknown: of(token({ owner: unknownValue })),
  },
];
