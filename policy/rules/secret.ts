import { isPublishingSecret, readGitHubSecret } from "./credential.ts";
import { ghcr, github, githubActionsSecrets } from "../model/resource-types.ts";
import type { Resource, ResourceRule, StackRule } from "../model/rule.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import { eachKnown } from "../model/unknown-value.ts";

/** Workflows use this name, and GitHub reserves the prefix. */
export const secretName: ResourceRule<SecretNames> = {
  kind: "resource",
  id: "secret-name",
  level: "mandatory",
  severity: "medium",
  description: "The publishing secret is named GHCR_PAT, and no secret begins with GITHUB_.",
  remediation:
    "Rename the secret, or put its name into this rule's secretNames. The other rules read it from fleet.secret.name.",
  source: "https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets",
  sees: "ghcr:index:RegistrySecret, and Actions secrets of the GitHub provider: those with a classic token or with GHCR in their name.",
  thresholds: secretNamesSchema,
  resourceTypes: [ghcr.secret, ...githubActionsSecrets],
  *judge(resource, thresholds) {
    const managed = resource.type === ghcr.secret;
    const name = resource.props[managed ? "name" : "secretName"];
    if (typeof name !== "string" || name === "") {
      yield "have a name";
      return;
    }
    if (/^GITHUB_/i.test(name)) {
      yield "have a name that does not begin with GITHUB_";
      return;
    }
    const { secretNames } = thresholds;
    if (secretNames.includes(name)) return;
    if (managed || isPublishingSecret(resource, readGitHubSecret(resource), thresholds))
      yield `be named ${secretNames.join(" or ")}`;
  },
};

/**
 * Somebody who can overwrite a secret can make every repository publish with their token.
 * https://docs.github.com/en/rest/actions/secrets
 */
export const secretDrift: StackRule = {
  kind: "stack",
  id: "secret-drift",
  judgesRefreshed: true,
  level: "mandatory",
  severity: "high",
  description: "The publishing secret is the one that the stack wrote.",
  remediation:
    "Run `pulumi up --refresh`: it writes ghcr's secrets again; for a secret of the GitHub provider, replace the resource.",
  source: "https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/refresh/",
  sees: "The result of the last refresh. An update that writes the secret again passes.",
  *judge(resources) {
    yield* eachKnown(resources, function* (resource) {
      if (resource.type === ghcr.secret) {
        // A refresh that finds another secret removes the box; an update that repairs it has a new one.
        if (!Object.hasOwn(resource.props, "box"))
          yield { resource, must: "be written again: it was overwritten, but not by the stack" };
      } else if (githubActionsSecrets.includes(resource.type)) {
        const { updatedAt, remoteUpdatedAt } = resource.props;
        if (updatedAt !== remoteUpdatedAt)
          yield { resource, must: "be written again: it was overwritten, but not by the stack" };
      }
    });
  },
};

/** https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets */
export const secretShadowed: StackRule = {
  kind: "stack",
  id: "secret-shadowed",
  level: "advisory",
  severity: "medium",
  description: "No repository or environment secret hides the organisation's.",
  remediation: "Remove the secret below the organisation, or rename it.",
  source: "https://docs.github.com/en/actions/concepts/security/secrets",
  sees: "Secrets in this stack. One written by hand is not in it. During a rotation, ghcr-fleet:nextPat may hide the organisation's.",
  *judge(resources, _thresholds, { configHashes, registered }) {
    const nextPat = configHashes.get("ghcr-fleet:nextPat");
    /** In a rotation a few repositories try the next token, each with a secret of its own. */
    const isTrial = ({ type, props }: Resource) =>
      nextPat !== undefined &&
      type === ghcr.secret &&
      props["scope"] === "repository" &&
      props["hash"] === nextPat;
    /** Names of shared secrets, each with the repositories that it reaches; absent: not known by name. */
    const shared = new Map<string, readonly string[] | undefined>();
    const isDeleted = ({ urn }: Resource) => registered?.has(urn) === false;
    const isShared = ({ type, props }: Resource) =>
      type === github.organizationSecret ||
      (type === ghcr.secret && props["scope"] === "organization");
    const secrets = resources.filter(({ type }) =>
      [ghcr.secret, ...githubActionsSecrets].includes(type),
    );
    const stay = secrets.filter((resource) => !isDeleted(resource));
    yield* eachKnown([...stay.filter(isShared), ...stay], function* (resource) {
      const name = String(resource.props[resource.type === ghcr.secret ? "name" : "secretName"]);
      if (isShared(resource)) {
        const { repositories } = resource.props;
        shared.set(name, repositories ? Object.keys(repositories) : undefined);
      } else if (shared.has(name) && !isTrial(resource)) {
        const reached = shared.get(name)?.includes(String(resource.props["repository"])) ?? true;
        if (reached) yield { resource, must: "not hide the organisation's secret" };
      }
    });
  },
};

/** A secret that all repositories can read is only as safe as the least protected repository. */
export const orgSecretSelected: ResourceRule = {
  kind: "resource",
  id: "org-secret-selected",
  level: "mandatory",
  severity: "high",
  description: "An organisation secret is visible to selected repositories, never to all.",
  remediation: 'Set visibility to "selected", and name the repositories.',
  source:
    "https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets#reviewing-access-to-organization-level-secrets",
  sees: "ghcr:index:RegistrySecret and ActionsOrganizationSecret of the GitHub provider.",
  resourceTypes: [ghcr.secret, github.organizationSecret],
  *judge({ type, props }) {
    if (type === github.organizationSecret) {
      if (props["visibility"] !== "selected") yield "be visible to selected repositories only";
      return;
    }
    if (props["scope"] !== "organization") return;
    const { repositories } = props;
    if (typeof repositories !== "object" || repositories === null)
      yield "name the repositories that may use it";
  },
};
