import type { AuditFinding } from "../fleet-report.ts";
import { link, html, section, type Markup } from "./markup.ts";
import { minute } from "../../format-text.ts";

const classes = { problem: "b", warning: "w", note: "q" } as const;

export function auditFindings(findings: readonly AuditFinding[] | null): Markup | false {
  if (findings === null) return false;
  const none = html`<p class="empty g">No findings.</p>`;
  return section("audit", "Audit", findings.length === 0 ? none : listOf(findings));
}

function listOf(findings: readonly AuditFinding[]): Markup {
  return html`<ul class="checklist">
    ${findings.map(
      ({ at, severity, text, actor, repository, url }) =>
        html`<li class="${classes[severity]}">
          ${at !== null && html`<time datetime="${at}">${minute(at)}</time>`}
          ${repository !== null && html`<b>${repository}</b>`} ${link(text, url)}
          ${actor !== null && html`<span class="soft">by ${actor}</span>`}
        </li>`,
    )}
  </ul>`;
}
