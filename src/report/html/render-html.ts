import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FleetReport, ReportOptions } from "../fleet-report.ts";
import { imagesPerDay } from "./images-per-day.ts";
import { judgeReport, type JudgedReport } from "../judged-report.ts";
import { attention } from "./attention.ts";
import { auditFindings } from "./audit-findings.ts";
import { fleetTable } from "./fleet-table.ts";
import { imagesChart } from "./images-chart.ts";
import { html, jsonMarkup, Markup } from "./markup.ts";
import { overview, verdict } from "./overview.ts";
import { packageChecklist } from "./package-checklist.ts";
import { pageData } from "./page-data.ts";
import { policyResults } from "./policy-results.ts";
import { rolloutTimeline } from "./rollout-timeline.ts";
import { minute } from "../../format-text.ts";

const read = (name: string) => readFileSync(new URL(`../page/${name}`, import.meta.url), "utf8");

/** The report as one self-contained page: no network, no fonts, no frames. */
export function renderHtml(report: FleetReport, options: ReportOptions): string {
  const [style, script] = [read("page.css"), read("page.js")];
  const judged = judgeReport(report, options);
  const days = imagesPerDay(report.stacks, report.writtenAt);
  const owners = [...new Set(report.stacks.map(({ owner }) => owner))].join(", ");
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy(style, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${owners}: publishing access to GHCR</title>
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#repositories">Go to the repositories</a>
        ${header(judged, owners)}
        <main>
          ${overview(judged, days)} ${attention(judged)} ${fleetTable(judged)} ${imagesChart(days)}
          ${packageChecklist(judged)} ${policyResults(report.policies)}
          ${rolloutTimeline(report.timeline)} ${auditFindings(report.audit)}
        </main>
        <footer>
          <p>
            Written by ghcr-fleet from GitHub's data of
            <time datetime="${report.writtenAt}">${minute(report.writtenAt)} UTC</time>. This page
            holds no token and loads nothing.
          </p>
        </footer>
        <dialog id="repository" aria-labelledby="repository-title"></dialog>
        <script type="application/json" id="data">
          ${jsonMarkup(pageData(judged))}
        </script>
        ${new Markup(`<script type="module">${script}</script>`)}
      </body>
    </html> `;
  return page.text;
}

/**
 * Allows this style and this script only, and loads nothing.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
function contentPolicy(style: string, script: string): string {
  const hash = (text: string) =>
    `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function header(report: JudgedReport, owners: string): Markup {
  const sections = [
    ["attention", "Attention"],
    ["repositories", "Repositories"],
    ["images", "Images"],
    ["packages", "Packages"],
    ...(report.policies === null ? [] : [["policies", "Policies"] as const]),
    ...(report.timeline === null ? [] : [["rollout", "Rollouts and rotations"] as const]),
    ...(report.audit === null ? [] : [["audit", "Audit"] as const]),
  ] as const;
  const stacks = report.stacks.map(({ stack }) => stack);
  return html`<header>
    <div class="head">
      <div>
        <p class="soft">Publishing access to GHCR</p>
        <h1>${owners}</h1>
        ${verdict(report)}
      </div>
      <p class="soft when">
        ${stacks.length === 1 ? "Stack" : "Stacks"} ${stacks.join(", ")}<br />
        <time datetime="${report.writtenAt}">${minute(report.writtenAt)} UTC</time>
      </p>
    </div>
    <nav aria-label="Parts of this page">
      ${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}
      <button type="button" id="theme" hidden>Theme: system</button>
    </nav>
  </header>`;
}
