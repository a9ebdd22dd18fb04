import { createHash } from "node:crypto";
import type { Surroundings } from "./rule.ts";

/**
 * What the rules may know of the stack's configuration: where a value stands, never the value.
 *
 * @param config every value of the configuration by its full key
 */
export function surroundingsOf(
  config: Readonly<Record<string, string>>,
  { now, preview }: Pick<Surroundings, "now" | "preview">,
): Surroundings {
  const values = Object.entries(config);
  return {
    now,
    preview,
    configHashes: new Map(values.map(([key, value]) => [key, hashOf(value)])),
    patWithheld: false,
    declaredOwner: ownerDeclaredIn(config["ghcr-fleet:fleet"]),
    exceptions: new Map(),
  };
}

/** base64 SHA-256: the form in which GitHub's audit log names a token, and resources keep it. */
export function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("base64");
}

function ownerDeclaredIn(fleet: string | undefined): string | undefined {
  try {
    const { username } = JSON.parse(fleet ?? "{}") as { username?: unknown };
    return typeof username === "string" ? username : undefined;
  } catch {
    // Not JSON is not a fleet; the program says so itself.
    return undefined;
  }
}
