import type { FleetStatus } from "../../operations/status/fleet-status.ts";
import { describeToken } from "../describe-token.ts";
import { describeReach } from "../describe-reach.ts";
import type { DayOfImages } from "./images-per-day.ts";
import type { JudgedReport } from "../judged-report.ts";
import type { Tone } from "../tone.ts";
import { html, type Markup } from "./markup.ts";
import { count, longDay } from "../../format-text.ts";

/** The first part of the page: whether the fleet publishes, and how long the token is valid. */
export function overview(report: JudgedReport, days: readonly DayOfImages[]): Markup {
  const { stacks, thresholds } = report;
  return html`<section class="cards" aria-label="Overview">
    ${stacks.map((fleet) => tokenCard(fleet, thresholds.minDays, stacks.length > 1))}
    ${repositoriesCard(report)} ${filesCard(report)} ${imagesCard(days)}
  </section>`;
}

/** "12 repositories, all publishing as declared.", or how many do not. */
export function verdict({ repositories, crossings }: JudgedReport): Markup {
  const of = (tone: Tone) => repositories.filter(({ words }) => words.tone === tone).length;
  const problems = crossings.filter(({ severity }) => severity === "problem").length;
  const warnings = crossings.length - problems;
  const all = count(repositories.length, "repository");
  if (crossings.length === 0) {
    return repositories.length === 0
      ? html`<p class="verdict q">The fleet has no repository yet.</p>`
      : html`<p class="verdict g">
          ${all}, ${repositories.length > 1 && "all "}publishing as declared.
        </p>`;
  }
  const well = of("good") === repositories.length ? `All ${all}` : `${of("good")} of ${all}`;
  const open = [problems && count(problems, "problem"), warnings && count(warnings, "warning")];
  return html`<p class="verdict ${problems > 0 ? "b" : "w"}">
    ${repositories.length === 0 ? "The fleet has no repository yet." : `${well} as declared.`}
    <a href="#attention">${open.filter(Boolean).join(" and ")}</a> to look at.
  </p>`;
}

const day = 86_400_000;

function tokenCard(fleet: FleetStatus, minDays: number, named: boolean): Markup {
  const { token, stack, readAt } = fleet;
  const title = named ? `Token of ${stack}` : "Token";
  if (token.state === "unneeded") {
    return card(
      title,
      html`<p class="figure g">none</p>
        <p>${describeToken(token, minDays).text}</p>`,
    );
  }
  if (token.state !== "live") {
    return card(
      title,
      html`<p class="figure b">${token.state === "dead" ? "dead" : "unknown"}</p>
        <p>${token.reason}</p>`,
    );
  }
  const { owner, expiresAt, daysLeft, firstSeenAt, scopes, refusals } = token;
  const facts = html`<p>${owner}<br /><span class="soft">${scopes.join(", ")}</span></p>
    <p class="soft">${describeReach(fleet)}</p>
    ${refusals.map((text) => html`<p class="b">${text}</p>`)}`;
  if (expiresAt === null || daysLeft === null) {
    return card(
      title,
      html`<p class="figure b">never expires</p>
        ${facts}`,
    );
  }
  const tone = daysLeft < minDays ? (daysLeft < 0 ? "b" : "w") : "g";
  // Where the start is not known, the longest lifetime of a token is assumed.
  const start = firstSeenAt === null ? Date.parse(expiresAt) - 90 * day : Date.parse(firstSeenAt);
  const life = Math.max(1, Date.parse(expiresAt) - start);
  const left = Math.max(0, Date.parse(expiresAt) - Date.parse(readAt));
  return card(
    title,
    html`<p class="figure ${tone}">
        <span data-countdown="${expiresAt}" data-min="${minDays}"
          >${daysLeft < 0 ? "expired" : count(daysLeft, "day")}</span
        >
        <small>
          <span>${daysLeft < 0 ? "on" : "left, until"}</span>
          <time datetime="${expiresAt}">${longDay(expiresAt)}</time>
        </small>
      </p>
      ${bar([{ tone: daysLeft < minDays ? "warn" : "good", share: left / life }])} ${facts}`,
  );
}

function repositoriesCard({ repositories }: JudgedReport): Markup {
  const of = (tone: Tone) => repositories.filter(({ words }) => words.tone === tone).length;
  const [good, warn, bad] = [of("good"), of("warn"), of("bad")];
  const all = Math.max(1, repositories.length);
  return card(
    "Repositories",
    html`<p class="figure">${repositories.length.toLocaleString("en")}</p>
      ${bar([
        { tone: "good", share: good / all },
        { tone: "warn", share: warn / all },
        { tone: "bad", share: bad / all },
      ])}
      ${legend([
        ["g", good, "well"],
        ["w", warn, "with a warning"],
        ["b", bad, "with a problem"],
      ])}`,
  );
}

function filesCard({ repositories }: JudgedReport): Markup {
  const files = repositories
    .flatMap(({ status }) => status.files)
    .filter(({ state }) => state !== "extra");
  const of = (wanted: string) => files.filter(({ state }) => state === wanted).length;
  const left = repositories.reduce((sum, { status }) => sum + status.left, 0);
  const share = (number: number) => number / Math.max(1, files.length);
  return card(
    "Workflow files",
    html`<p class="figure">
        ${files.length === 0 ? "–" : `${Math.floor(share(of("in-sync")) * 100)} %`}
        <small>as declared</small>
      </p>
      ${bar([
        { tone: "good", share: share(of("in-sync")) },
        { tone: "warn", share: share(files.length - of("in-sync")) },
      ])}
      ${legend([
        ["g", of("in-sync"), "as declared"],
        ["w", of("edited"), "edited"],
        ["w", of("missing"), "missing"],
        ["w", left, left === 1 ? "place left to a person" : "places left to a person"],
      ])}`,
  );
}

function imagesCard(days: readonly DayOfImages[]): Markup {
  const sum = (kind: "ci" | "release") => days.reduce((total, each) => total + each[kind], 0);
  const [ci, release] = [sum("ci"), sum("release")];
  const all = Math.max(1, ci + release);
  return card(
    "Images in 30 days",
    html`<p class="figure">${(ci + release).toLocaleString("en")}</p>
      ${bar([
        { tone: "ci", share: ci / all },
        { tone: "release", share: release / all },
      ])}
      ${legend([
        ["c", ci, "by CI"],
        ["r", release, "by releases"],
      ])}`,
  );
}

/** Entries of zero are left out. */
function legend(
  entries: readonly (readonly [style: string, number: number, what: string])[],
): Markup {
  return html`<ul class="legend">
    ${entries
      .filter(([, number]) => number > 0)
      .map(
        ([style, number, what]) =>
          html`<li class="${style}">${number.toLocaleString("en")} ${what}</li>`,
      )}
  </ul>`;
}

function card(title: string, body: Markup): Markup {
  return html`<article class="card">
    <h2>${title}</h2>
    ${body}
  </article>`;
}

interface Segment {
  readonly tone: Tone | "ci" | "release";
  /** From 0 to 1. */
  readonly share: number;
}

/** A bar of segments. The text next to it says the same, so it is hidden from screen readers. */
function bar(segments: readonly Segment[]): Markup {
  let x = 0;
  const shown = segments
    .filter(({ share }) => share > 0)
    .map(({ tone, share }) => {
      // Even a very small share stays visible.
      const width = Math.max(1, Math.min(100, share * 100));
      const start = Math.min(x, 100 - width);
      x += width;
      return html`<rect class="${tone}" x="${round(start)}" width="${round(width)}" height="1" />`;
    });
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    ${shown}
  </svg>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
