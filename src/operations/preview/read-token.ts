import type { EventLog } from "./event-log.ts";
import { isUnknown } from "./compare-properties.ts";
import type { TokenOutlook } from "./stack-preview.ts";

const day = 86_400_000;

/** What GitHub said of the publishing PAT: now, or at the last update where it was withheld. */
export function readToken(
  { planned }: Pick<EventLog, "planned">,
  withheld: boolean,
  now: Date,
): TokenOutlook {
  const step = [...planned.values()].find(({ type }) => type === "ghcr:index:RegistryToken");
  const { owner, expiresAt } = step?.after?.inputs ?? {};
  const end = textOf(expiresAt);
  const left = end === undefined ? Number.NaN : Math.floor((Date.parse(end) - now.getTime()) / day);
  return {
    owner: textOf(owner),
    expiresAt: end,
    daysLeft: Number.isNaN(left) ? undefined : left,
    withheld,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}
