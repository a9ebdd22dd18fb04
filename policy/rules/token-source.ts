import { holdsToken, safeToPrint } from "../workflow/safe-to-print.ts";
import {
  isPublishingSecret,
  isWholeClassicToken,
  newTokenPage,
  readGitHubSecret,
} from "./credential.ts";
import {
  ghcr,
  github,
  githubActionsSecrets,
  githubSecrets,
  stackType,
} from "../model/resource-types.ts";
import type { Resource, ResourceRule, StackRule } from "../model/rule.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import { hashOf } from "../model/policy-context.ts";
import { eachKnown, isUnknownValue } from "../model/unknown-value.ts";

/** GHCR accepts classic tokens and a workflow's own token, and no other kind. */
export const patClassic: ResourceRule<SecretNames> = {
  kind: "resource",
  id: "pat-classic",
  level: "mandatory",
  severity: "high",
  description: "The publishing credential is a complete classic personal access token.",
  remediation: `Create a classic token with nothing but write:packages at ${newTokenPage}.`,
  source:
    "https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry#authenticating-with-a-personal-access-token-classic",
  sees: "ghcr:index:RegistryToken as GitHub describes it, and publishing secrets of the GitHub provider by their prefix and checksum, unless they are encrypted.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  resourceTypes: [ghcr.token, ...githubActionsSecrets],
  *judge(resource, thresholds) {
    if (resource.type === ghcr.token) {
      if (resource.props["kind"] !== "classic") yield "be a classic personal access token";
      return;
    }
    const secret = readGitHubSecret(resource);
    if (!isPublishingSecret(resource, secret, thresholds)) return;
    if (secret.value === undefined) {
      if (!secret.encrypted) yield "have a value";
    } else if (!isWholeClassicToken(secret.value)) {
      yield "hold a classic personal access token (ghp_…) with a valid checksum";
    }
  },
};

/** A token in a program is also in a history; one in the configuration is in the history of the back end. */
export const patSource: ResourceRule<SecretNames> = {
  kind: "resource",
  id: "pat-source",
  level: "mandatory",
  severity: "high",
  description:
    "The provider reads the publishing credential itself and the configuration does not hold it, or it is secret configuration: no literal, no deprecated plain-text input.",
  remediation:
    "Let the provider read it (ghcr-fleet:patFrom) and remove it from the configuration, or store it with `pulumi config set --secret`, read it with requireSecret, and pass it as value.",
  source: "https://www.pulumi.com/docs/iac/concepts/secrets/",
  sees: "Whether the provider read the token itself, and whether the stack's configuration holds the same value, compared by hash. A pack does not know which keys are encrypted: the program refuses a PAT that is not.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  resourceTypes: [ghcr.token, ...githubActionsSecrets],
  registeredOnly: true,
  *judge(resource, thresholds, { configHashes, patWithheld }) {
    const known = new Set(configHashes.values());
    if (resource.type === ghcr.token) {
      // There is no value to compare; an update refuses to run without it.
      if (patWithheld) return;
      const { hash, source } = resource.props;
      const isConfigured = typeof hash === "string" && known.has(hash);
      if (source !== undefined && isConfigured) {
        yield "not be in the stack's configuration, because the provider reads it elsewhere";
      }
      if (source === undefined && !isConfigured) {
        yield "be read by the provider, or come from the stack's configuration";
      }
      return;
    }
    const secret = readGitHubSecret(resource);
    if (!isPublishingSecret(resource, secret, thresholds)) return;
    if (resource.props["plaintextValue"] !== undefined)
      yield "not use the deprecated input plaintextValue";
    if (secret.value !== undefined && !known.has(hashOf(secret.value)))
      yield "come from the stack's configuration";
  },
};

/** Inputs whose purpose is a secret. A sealed box is not one, because its content cannot be read. */
const secretInputs = new Set(["token", "value", "plaintextValue"]);

/** What the provider makes of the token for GitHub's key; an environment has one when it exists. */
const sealedInputs = new Set(["box", "keyId"]);

/**
 * A token in an output, a file or a name ends up in a log.
 * https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
 */
export const patNoEcho: ResourceRule = {
  kind: "resource",
  id: "pat-no-echo",
  level: "mandatory",
  severity: "critical",
  description: "No output, file, variable or name contains text that looks like a GitHub token.",
  remediation:
    "Remove it, revoke the token, and pass the new one as a secret from the stack's configuration.",
  source:
    "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
  sees: "Names and inputs of every resource, outputs of the stack and sealed secrets (those that a preview does not know, at the update), and outputs of resources that were judged with the stack. Inputs whose purpose is a secret are left out, unless they should be encrypted and are not. Tokens in base64 are found, too.",
  resourceTypes: "all",
  *judge({ type, name, props }) {
    if (holdsToken(name)) yield "not have a token in its name";
    const mayHoldSecret = githubSecrets.includes(type) || type.startsWith("pulumi:providers:");
    const keys = Object.keys(props).filter((key) => !(mayHoldSecret && secretInputs.has(key)));
    yield* eachKnown(keys, function* (key) {
      const comesLater = type === stackType || (type === ghcr.secret && sealedInputs.has(key));
      if (holdsToken(key) || holdsTokenWithin(props, [key], comesLater)) {
        const where = safeToPrint(key);
        yield where ? `contain no token in ${where}` : "contain no token";
      }
    });
  },
};

/**
 * Findings count, even next to a value that preview does not know.
 *
 * @param keys of the values to look into
 * @param skipsUnknown no error for such a value: it is judged at the update, before anybody sees it
 */
function holdsTokenWithin(
  values: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  skipsUnknown: boolean,
): boolean {
  let unknown: Error | undefined;
  for (const key of keys) {
    try {
      const value = values[key];
      if (typeof value === "string" && holdsToken(value)) return true;
      if (typeof value !== "object" || value === null) continue;
      const own = Object.keys(value);
      if (own.some(holdsToken)) return true;
      if (holdsTokenWithin(value as Readonly<Record<string, unknown>>, own, skipsUnknown))
        return true;
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      if (!skipsUnknown) unknown ??= error;
    }
  }
  if (unknown) throw unknown;
  return false;
}

/** A token that every repository uses must not be able to manage them. */
export const patNotAdminToken: StackRule<SecretNames> = {
  kind: "stack",
  id: "pat-not-admin-token",
  level: "mandatory",
  severity: "critical",
  description: "The publishing token is not the token that manages GitHub.",
  remediation: `Create a classic token with nothing but write:packages at ${newTokenPage}, for publishing only.`,
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#use-the-principle-of-least-privilege",
  sees: "Tokens of the providers github and ghcr in this stack, and github:token of its configuration, compared by hash.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(resources, thresholds, { configHashes }) {
    const configured = configHashes.get("github:token");
    const admin = new Set(configured === undefined ? [] : [configured]);
    const others = resources.filter((resource) => !isProvider(resource));
    yield* eachKnown([...resources.filter(isProvider), ...others], function* (resource) {
      if (isProvider(resource)) {
        const { token } = resource.props;
        if (typeof token === "string" && token !== "") admin.add(hashOf(token));
        return;
      }
      const hash = publishingHashOf(resource, thresholds);
      if (hash !== undefined && admin.has(hash))
        yield { resource, must: "not be the token that manages GitHub" };
    });
  },
};

function isProvider({ type }: Resource): boolean {
  return type === ghcr.provider || type === github.provider;
}

function publishingHashOf(resource: Resource, thresholds: SecretNames): string | undefined {
  const { type, props } = resource;
  const asHash = (value: unknown) => (typeof value === "string" ? value : undefined);
  if (type === ghcr.token || type === ghcr.secret) return asHash(props["hash"]);
  if (!githubActionsSecrets.includes(type)) return undefined;
  const secret = readGitHubSecret(resource);
  const publishes = isPublishingSecret(resource, secret, thresholds);
  return publishes && secret.value !== undefined ? hashOf(secret.value) : undefined;
}
