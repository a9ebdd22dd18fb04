import { createHash } from "node:crypto";
import { safeToPrint } from "../workflow/safe-to-print.ts";
import { publishingHost } from "./publishing-host.ts";
import { ghcr } from "./resource-types.ts";
import type { PolicyContext, Resource } from "./rule.ts";

/**
 * What the rules may know about the stack's configuration: hashes of its values, never a value.
 *
 * @param config every value of the configuration by its full key
 */
export function policyContextOf(
  config: Readonly<Record<string, string>>,
  { now, preview }: Pick<PolicyContext, "now" | "preview">,
): PolicyContext {
  const values = Object.entries(config);
  const { owner, secret } = readFleet(config["ghcr-fleet:fleet"]);
  return {
    now,
    preview,
    configHashes: new Map(values.map(([key, value]) => [key, hashOf(value)])),
    patWithheld: false,
    declaredOwner: owner,
    declaredSecret: secret,
    exceptions: new Map(),
  };
}

/** base64 SHA-256: the format of a token in GitHub's audit log and in the state of resources. */
export function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("base64");
}

/**
 * Completes what the rules know by the host, and by the settings of a fleet in a file, which a pack cannot find: the
 * program passes them on as arguments of the provider, which is registered before what uses it.
 */
export function learnFromProvider(context: PolicyContext, { type, props }: Resource): void {
  if (type !== ghcr.provider) return;
  Object.assign(context, { host: publishingHost(props["registry"], props["baseUrl"]) });
  const settings = props["fleetSettings"];
  if (typeof settings !== "string") return;
  const { owner, secret } = readFleet(settings);
  Object.assign(context, { declaredOwner: owner, declaredSecret: secret });
}

/** What the rules know about the fleet's configuration, which the program checks as a whole. */
function readFleet(text = "{}"): { owner?: string | undefined; secret?: string | undefined } {
  try {
    const fleet = JSON.parse(text) as { username?: unknown; secret?: { name?: unknown } } | null;
    // Messages may quote them, so only plain names are used.
    return { owner: safeToPrint(fleet?.username), secret: safeToPrint(fleet?.secret?.name) };
  } catch {
    // The program reports a fleet that is not JSON.
    return {};
  }
}
