import type { CheckFinding } from "../../../policy/check.ts";
import { checkResources } from "../../../policy/check-resources.ts";
import type { PolicyConfig } from "../../../policy/policy-config.ts";
import { policyContextOf } from "../../../policy/model/policy-context.ts";
import { namePatterns } from "../../fleet/name-patterns.ts";
import { loadFleetConfig, refuseSecret } from "../../fleet/load-fleet-config.ts";
import {
  assertFleetFile,
  fleetFileKey,
  fleetKey,
  readFleetFile,
} from "../../fleet/read-fleet-config.ts";
import { resolveOffline, unknownOffline } from "../../fleet/resolve-offline.ts";
import { assertFitsEngine } from "../../stack/configuration-size.ts";
import { githubCom, gitHubHost, registryOf } from "../../github-host.ts";
import type { PublishingHost } from "../../../policy/model/publishing-host.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { declareOffline } from "./declare-offline.ts";
import { asText, readStackFile, type StackFile } from "./read-stack-file.ts";

export interface StackCheck {
  /** Where the fleet publishes. */
  readonly host: PublishingHost;
  /** The files that describe the fleet: the stack's, and the one that it names. */
  readonly paths: readonly string[];
  readonly findings: readonly CheckFinding[];
  /** What cannot be judged without GitHub, the token or the state, one sentence each. */
  readonly open: readonly string[];
}

/**
 * Applies all rules of the pack to the fleet of a stack, from its configuration alone.
 *
 * @throws {UsageError} the configuration is missing or wrong
 */
export async function checkStack(
  stack: string,
  { config, now }: { config: PolicyConfig; now: Date },
): Promise<StackCheck> {
  const file = await readStackFile(stack);
  const { path, clear } = file;
  assertFitsEngine(path, file.texts);
  const fleet = await fleetOf(file);
  const settings = loadFleetConfig(fleet.value, fleet.path ?? path);
  const place = { host: gitHubHost(baseUrlIn(file)), owner: ownerIn(file) };
  const entries = asUsage(fleet.path ?? path, () => resolveOffline(settings, place));
  const placeOf = ([key, ...rest]: readonly (string | number)[]) =>
    key === fleetKey && fleet.path !== undefined
      ? { path: fleet.path, line: fleet.lineOf(rest) }
      : { path, line: file.lineOf(key === undefined ? [] : [key, ...rest]) };
  // The rules know the fleet's settings, wherever they are.
  const values = fleet.value === undefined ? clear : { ...clear, [fleetKey]: fleet.value };
  const registry = asUsage(path, () => registryOf(place.host, settings.registry));
  const host = { registry, web: place.host.web };
  const context = { ...policyContextOf(asEngine(values), { now, preview: true }), host };
  const declared = declareOffline(entries, values, placeOf);
  const { findings, open } = await checkResources(declared, context, config);
  const rules = open.map(({ id }) => id).join(", ");
  return {
    host,
    paths: [path, ...(fleet.path === undefined ? [] : [fleet.path])],
    findings,
    open: [
      ...unknownOffline(settings),
      `rules, in part or as a whole: ${rules}; they need the token, GitHub or the state, and are judged by pulumi preview`,
    ],
  };
}

interface FleetValue {
  /** The file that the stack's configuration names; absent where that holds the fleet itself. */
  readonly path?: string;
  readonly value: unknown;
  lineOf(path: readonly (string | number)[]): number;
}

async function fleetOf(file: StackFile): Promise<FleetValue> {
  const { path, clear } = file;
  const secret = file.encryptedIn(fleetKey) ?? file.encryptedIn(fleetFileKey);
  if (secret) {
    throw refuseSecret(`${path}:${file.lineOf(secret)}: ${secret.join(".")} is an encrypted value`);
  }
  const name = clear[fleetFileKey];
  if (name === undefined) {
    return { value: clear[fleetKey], lineOf: (place) => file.lineOf([fleetKey, ...place]) };
  }
  const found = asUsage(path, () => assertFleetFile(name, clear[fleetKey] !== undefined));
  const { content: value, lineOf } = await readFleetFile(".", found);
  return { path: found, value, lineOf };
}

/** https://www.pulumi.com/registry/packages/github/installation-configuration/ */
function ownerIn({ path, clear }: StackFile): string {
  const owner = clear["github:owner"] ?? process.env["GITHUB_OWNER"];
  if (typeof owner === "string" && namePatterns.owner.test(owner)) return owner;
  throw new UsageError(
    `${path}: the owner is not named; run pulumi config set github:owner <organisation or user>`,
  );
}

function baseUrlIn({ path, clear }: StackFile): string {
  const configured = clear["github:baseUrl"] ?? process.env["GITHUB_BASE_URL"];
  if (configured === undefined) return githubCom.api;
  if (typeof configured === "string" && URL.canParse(configured)) return configured;
  throw new UsageError(`${path}: github:baseUrl is not a URL; leave it out for github.com`);
}

function asEngine(clear: StackFile["clear"]): Record<string, string> {
  return Object.fromEntries(Object.entries(clear).map(([key, value]) => [key, asText(value)]));
}

function asUsage<T>(path: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`${path}: ${error.message}`) : error;
  }
}
