import type { DayOfImages } from "./images-per-day.ts";
import { html, section, type Markup } from "./markup.ts";

/** Images per day as bars, and the same numbers in a table. */
export function imagesChart(days: readonly DayOfImages[]): Markup {
  const highest = Math.max(...days.map(({ ci, release }) => ci + release));
  if (highest === 0) {
    return section(
      "images",
      "Images a day",
      html`<p class="empty">
        No image arrived in the last ${days.length} days, as far as was read.
      </p>`,
    );
  }
  const top = niceCeiling(highest);
  const bars = days.map(({ day, ci, release }, index) => {
    const [ciHeight, releaseHeight] = [(ci / top) * 100, (release / top) * 100];
    return html`<g>
      <title>${day}: ${ci} by CI, ${release} by releases</title>
      <rect class="hit" x="${index}" y="0" width="1" height="100" />
      ${column("ci", index, 100 - ciHeight, ciHeight)}
      ${column("release", index, 100 - ciHeight - releaseHeight, releaseHeight)}
    </g>`;
  });
  return section(
    "images",
    "Images a day",
    html`<figure class="chart">
        <div class="plot">
          <span class="axis top">${top.toLocaleString("en")}</span>
          <span class="axis zero">0</span>
          <svg
            viewBox="0 0 ${days.length} 100"
            preserveAspectRatio="none"
            role="img"
            aria-label="Images a day over the last ${days.length} days; the numbers are in the table below"
          >
            <path class="grid" d="M0 0H${days.length}M0 50H${days.length}M0 100H${days.length}" />
            ${bars}
          </svg>
        </div>
        <div class="days" aria-hidden="true">
          ${[0, 10, 20, 29].map((index) => html`<span>${shortDay(days[index]?.day ?? "")}</span>`)}
        </div>
        <figcaption>
          <ul class="legend">
            <li class="c">CI</li>
            <li class="r">Releases</li>
          </ul>
        </figcaption>
      </figure>
      <details>
        <summary>The numbers</summary>
        <div class="scroll" role="region" aria-label="Table of images a day" tabindex="0">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Day (UTC)</th>
                <th scope="col">CI</th>
                <th scope="col">Releases</th>
              </tr>
            </thead>
            <tbody>
              ${[...days].reverse().map(
                ({ day, ci, release }) =>
                  html`<tr>
                    <th scope="row">${day}</th>
                    <td>${ci}</td>
                    <td>${release}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>`,
  );
}

function column(kind: string, index: number, y: number, height: number): Markup | false {
  if (height === 0) return false;
  const [top, tall] = [Math.round(y * 10) / 10, Math.round(height * 10) / 10];
  return html`<rect
    class="${kind}"
    x="${index + 0.14}"
    y="${top}"
    width="0.72"
    height="${tall}"
  />`;
}

/** The next number with one significant digit that can be halved: 20, 40, 60, … */
function niceCeiling(number: number): number {
  const power = 10 ** Math.floor(Math.log10(number));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= number) ?? 10) * power;
}

function shortDay(day: string): string {
  return new Date(day).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}
