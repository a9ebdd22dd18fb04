import { defectsOf, exceptionName } from "../config/exceptions.ts";
import { readGitHubSecret, isPublishingSecret } from "./credential.ts";
import { publishesOn } from "../workflow/read-workflow.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";
import { ghcr, github, githubActionsSecrets } from "../model/resource-types.ts";
import type { Resource, StackRule } from "../model/rule.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import { isBlobId, type StoredTexts } from "../workflow/stored-text.ts";
import { eachKnown } from "../model/unknown-value.ts";

const wanted = [
  { what: "ci", file: "ci.yml or another workflow that publishes its branch" },
  { what: "release", file: "release.yml or another workflow that publishes releases" },
] as const;

/** A repository without one of them looks managed and publishes nothing. */
export const workflowsComplete: StackRule<SecretNames> = {
  kind: "stack",
  id: "workflows-complete",
  level: "mandatory",
  severity: "medium",
  description:
    "Every repository of the fleet has workflows that publish its branch and its releases, or others of its own, and can use a credential.",
  remediation: "Declare what is missing, or remove the repository from the fleet.",
  source:
    "https://docs.github.com/en/packages/managing-github-packages-using-github-actions-workflows/publishing-and-installing-a-package-with-github-actions",
  sees: "The repositories that the ghcr provider of this stack is configured with, and files and secrets in the stack. An organisation secret of the GitHub provider lists repositories by number, so each such secret counts for all repositories.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(resources, thresholds, { leavesOut, texts }) {
    // Missing files and secrets may come with the next update.
    if (leavesOut) return;
    const files = new Set<string>();
    const ownWorkflows = new Set<string>();
    const credentials = new Set<string>();
    const fleet: { name: string; resource: Resource }[] = [];
    const gather = (resource: Resource) => {
      if (resource.type === ghcr.provider) {
        const names = namesIn(resource.props["repositories"]);
        fleet.push(...names.map((name) => ({ name, resource })));
      }
      for (const publishing of publishingOf(resource, texts)) files.add(publishing);
      if (keepsOwnWorkflows(resource)) ownWorkflows.add(String(resource.props["repository"]));
      for (const reach of reachOf(resource, thresholds)) credentials.add(reach);
      return [];
    };
    // An unknown value could be the missing one, so nothing is judged then.
    yield* eachKnown(resources, gather);
    for (const { name, resource } of fleet) {
      const subject = safeToPrint(name) ?? "each repository";
      const missing = wanted.filter(({ what }) => !files.has(`${name} ${what}`));
      if (missing.length > 0 && !ownWorkflows.has(name)) {
        const all = missing.map(({ file }) => file).join(" and ");
        yield { resource, must: `have ${all} for ${subject}` };
      }
      if (!credentials.has(name) && !credentials.has(everyRepository))
        yield { resource, must: `have a credential that ${subject} can use` };
    }
  },
};

const everyRepository = "*";

/** The keys of a map or of its JSON: the engine passes a provider's settings as JSON text. */
function namesIn(repositories: unknown): string[] {
  const map: unknown =
    typeof repositories === "string" ? JSON.parse(repositories) : (repositories ?? {});
  return typeof map === "object" && map !== null ? Object.keys(map) : [];
}

/** "api ci", "api release": what the files of a resource publish, by the templates' names or what they do. */
function publishingOf({ type, props }: Resource, texts: StoredTexts | undefined): string[] {
  if (type !== ghcr.publishing && type !== github.file) return [];
  const files = (props["files"] ?? {}) as Readonly<Record<string, unknown>>;
  const isOne = type === github.file;
  const paths = isOne ? [String(props["file"])] : Object.keys(files);
  const repository = String(props["repository"]);
  const textOf = (path: string) => {
    const file = isOne ? props["content"] : files[path];
    return typeof file === "string" && isBlobId(file) ? texts?.read(file) : file;
  };
  return paths
    .filter((path) => /^\.github\/workflows\/[^/]+$/.test(path))
    .flatMap((path) => publishesOn(path, () => textOf(path)))
    .map((what) => `${repository} ${what}`);
}

/** Whether a repository's own files are repaired, or were left unchanged on purpose. */
function keepsOwnWorkflows({ type, props }: Resource): boolean {
  return type === ghcr.publishing && (props["mode"] === "repair" || props["mode"] === "none");
}

/** The repositories that a resource gives a credential. */
function reachOf(resource: Resource, thresholds: SecretNames): string[] {
  const { type, props } = resource;
  // The job's own token is a credential, too.
  if (type === ghcr.publishing)
    return props["jobToken"] === true ? [String(props["repository"])] : [];
  if (type === ghcr.secret) {
    return props["scope"] === "organization"
      ? namesIn(props["repositories"])
      : [String(props["repository"])];
  }
  if (!githubActionsSecrets.includes(type)) return [];
  if (!isPublishingSecret(resource, readGitHubSecret(resource), thresholds)) return [];
  return type === github.organizationSecret ? [everyRepository] : [String(props["repository"])];
}

export interface Monitoring {
  readonly enterpriseCloud: boolean;
  readonly monitor?: { readonly owner?: string; readonly intervalHours?: number };
}

const monitoringSchema = {
  properties: {
    enterpriseCloud: {
      type: "boolean" as const,
      default: false,
      description: "Whether the organisation is on Enterprise Cloud, which has an audit log API.",
    },
    monitor: {
      type: "object" as const,
      additionalProperties: false,
      properties: {
        owner: { type: "string" as const, description: "Who reads the monitor's findings." },
        intervalHours: {
          type: "number" as const,
          exclusiveMinimum: 0,
          maximum: 168,
          description: "Hours between two checks.",
        },
      },
      description: "Who watches the audit log for uses of the publishing token, and how often.",
    },
  },
};

const auditSource =
  "https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/identifying-audit-log-events-performed-by-an-access-token";

/** The audit log records every use of a token, but somebody has to read it. */
export const auditMonitored: StackRule<Monitoring> = {
  kind: "stack",
  id: "audit-monitored",
  level: "mandatory",
  severity: "medium",
  description:
    "On Enterprise Cloud, a monitor of the audit log is declared, with owner and interval.",
  remediation:
    "Declare monitor.owner and monitor.intervalHours of this rule in the policy configuration, the JSON file that --policy-pack-config names.",
  source: auditSource,
  sees: "This rule's own configuration: enterpriseCloud and monitor.",
  thresholds: monitoringSchema,
  *judge(resources, { enterpriseCloud, monitor }) {
    if (enterpriseCloud && publishes(resources)) yield* judgeMonitor(monitor);
  },
};

/** The same as an advisory rule, for plans without an audit log API, where a person has to check. */
export const auditMonitoredAdvice: StackRule<Monitoring> = {
  ...auditMonitored,
  id: "audit-monitored-advice",
  level: "advisory",
  severity: "low",
  description: "A monitor of the audit log is declared, with owner and interval.",
  sees: `${auditMonitored.sees} User accounts, which have no audit log, by the ghcr provider's ownerKind.`,
  *judge(resources, { enterpriseCloud, monitor }) {
    if (enterpriseCloud || !publishes(resources) || isOfUser(resources)) return;
    yield* judgeMonitor(monitor);
  },
};

function publishes(resources: readonly Resource[]): boolean {
  return resources.some(({ type }) => type === ghcr.token || type === ghcr.secret);
}

function isOfUser(resources: readonly Resource[]): boolean {
  return resources.some(
    ({ type, props }) => type === ghcr.provider && props["ownerKind"] === "User",
  );
}

function* judgeMonitor(monitor: Monitoring["monitor"]): Iterable<{ must: string }> {
  if (!monitor) {
    yield { must: "have a monitor of the audit log" };
    return;
  }
  if ((monitor.owner ?? "").trim() === "")
    yield { must: "have an owner for its audit log monitor" };
  if (monitor.intervalHours === undefined)
    yield { must: "have an interval for its audit log monitor" };
}

/** Temporary exceptions become permanent unless they expire. */
export const exceptionExpiry: StackRule = {
  kind: "stack",
  id: "exception-expiry",
  level: "mandatory",
  severity: "medium",
  description: "Every exception has an owner, a reason and a date at most 90 days away.",
  remediation: "Complete the exception in the policy configuration, or remove it.",
  source: "https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/",
  sees: "The exceptions in the policy configuration. An incomplete or expired one has no effect.",
  *judge(_resources, _thresholds, { exceptions, now }) {
    for (const [rule, made] of exceptions)
      for (const [index, exception] of made.entries())
        for (const must of defectsOf(exception, now))
          yield {
            must: `have no invalid exceptions: ${exceptionName(rule, index, exception)} must ${must}`,
          };
  },
};
