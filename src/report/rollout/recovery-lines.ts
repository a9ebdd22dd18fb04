import type { Recovery } from "../../stack/recover-stack.ts";
import { count } from "../../format-text.ts";

/**
 * What a recovery found and did, and the next step.
 *
 * @param left what a person has to delete
 */
export function recoveryLines(
  stack: string,
  recovery: Recovery,
  unfinished: "rollout" | "rotation" | undefined,
  left: readonly string[] = [],
): string[] {
  const { lock, pending, warnings, differences } = recovery;
  const drifted = Object.entries(differences).map(([operation, many]) => `${many} ${operation}`);
  const next = {
    rollout: `ghcr-fleet rollout ${stack} --resume`,
    rotation: `ghcr-fleet rotate ${stack} --resume`,
    none: `pulumi up --stack ${stack}`,
  }[unfinished ?? "none"];
  const found = lock !== undefined || pending.length > 0 || drifted.length > 0;
  return [
    lock === undefined ? `${stack}: was not locked` : `${stack}: removed the lock of ${lock}`,
    `  ${count(pending.length, "unfinished operation")}${pending.length > 0 ? ", dropped:" : ""}`,
    ...pending.map(({ kind, urn }) => `    ${kind} ${nameOf(urn)}`),
    `  refreshed: ${drifted.join(", ") || "GitHub is as the state says"}`,
    ...warnings.map((warning) => `  ${warning}`),
    ...left.map((task) => `  ${task}`),
    ...(found || unfinished ? [`  Continue: ${next}`] : []),
  ];
}

/** `RepositoryPublishing api` */
function nameOf(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.split(":").at(-1) ?? type} ${name}`;
}
