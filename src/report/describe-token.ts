import type { TokenStatus } from "../operations/status/fleet-status.ts";
import type { Words } from "./tone.ts";
import { count, day } from "../format-text.ts";

/** The token in one line, without its value. */
export function describeToken(token: TokenStatus, minDays: number): Words {
  switch (token.state) {
    case "dead":
    case "unknown":
      return { text: token.reason, tone: "bad" };
    case "unneeded":
      return { text: "no PAT: every repository publishes with the job's own token", tone: "good" };
    case "live": {
      const { owner, scopes, daysLeft, expiresAt } = token;
      const scopeText = scopes.length > 0 ? scopes.join(", ") : "no scope";
      const subject = `PAT of ${owner} (${scopeText})`;
      if (daysLeft === null || expiresAt === null) {
        return { text: `${subject}: never expires`, tone: "bad" };
      }
      if (daysLeft < 0) return { text: `${subject}: expired on ${day(expiresAt)}`, tone: "bad" };
      const text = `${subject}: ${count(daysLeft, "day")} left, until ${day(expiresAt)}`;
      if (token.refusals.length > 0) return { text, tone: "bad" };
      return { text, tone: daysLeft < minDays ? "warn" : "good" };
    }
  }
}
