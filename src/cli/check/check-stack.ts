import type { CheckFinding } from "../../../policy/check.ts";
import { checkResources } from "../../../policy/check-resources.ts";
import type { PolicyConfig } from "../../../policy/policy-config.ts";
import { policyContextOf } from "../../../policy/model/policy-context.ts";
import { namePatterns } from "../../fleet/name-patterns.ts";
import { loadFleetConfig, refuseSecret } from "../../fleet/load-fleet-config.ts";
import { resolveOffline, unknownOffline } from "../../fleet/resolve-offline.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { declareOffline } from "./declare-offline.ts";
import { readStackFile, type StackFile } from "./read-stack-file.ts";

export interface StackCheck {
  /** The file that describes the fleet. */
  readonly path: string;
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
  const secret = file.encryptedIn(fleetKey);
  if (secret) {
    throw refuseSecret(`${path}:${file.lineOf(secret)}: ${secret.join(".")} is an encrypted value`);
  }
  const settings = asUsage(path, () => loadFleetConfig(clear[fleetKey]));
  const owner = ownerIn(file);
  const entries = asUsage(path, () => resolveOffline(settings, owner));
  const placeOf = (place: readonly (string | number)[]) => ({ path, line: file.lineOf(place) });
  const context = policyContextOf(asEngine(clear), { now, preview: true });
  const declared = declareOffline(entries, clear, placeOf);
  const { findings, open } = await checkResources(declared, context, config);
  const rules = open.map(({ id }) => id).join(", ");
  return {
    path,
    findings,
    open: [
      ...unknownOffline(settings),
      `rules, in part or as a whole: ${rules}; they need the token, GitHub or the state, and are judged by pulumi preview`,
    ],
  };
}

const fleetKey = "ghcr-fleet:fleet";

/** https://www.pulumi.com/registry/packages/github/installation-configuration/ */
function ownerIn({ path, clear }: StackFile): string {
  const owner = clear["github:owner"] ?? process.env["GITHUB_OWNER"];
  if (typeof owner === "string" && namePatterns.owner.test(owner)) return owner;
  throw new UsageError(
    `${path}: the owner is not named; run pulumi config set github:owner <organisation or user>`,
  );
}

/** The engine passes every value as text. */
function asEngine(clear: StackFile["clear"]): Record<string, string> {
  const values = Object.entries(clear);
  return Object.fromEntries(
    values.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function asUsage<T>(path: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`${path}: ${error.message}`) : error;
  }
}
