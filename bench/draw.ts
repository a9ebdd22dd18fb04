// Writes the results into docs/performance.md and draws docs/performance.svg:
// node tools/run.mjs bench/draw.ts results.json [more.json]
import { readFileSync, writeFileSync } from "node:fs";
import { works, type Measurement, type Results } from "./measure.ts";
import { renderSummary } from "./render-table.ts";
import { totalOf } from "./simulated/counting-proxy.ts";

const files = process.argv.slice(2);
const all = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Results);
const [first] = all;
if (first === undefined) throw new Error("Name a file that `npm run bench -- --json` has written.");
const measurements = all.flatMap((each) => each.measurements);
const results = { ...first, measurements };

const page = new URL("../docs/performance.md", import.meta.url);
const before = readFileSync(page, "utf8").split("<!-- results -->")[0] ?? "";
const { machine, latency } = first;
const runs = all.length > 1 ? ` From ${all.length} runs, one after the other.` : "";
const conditions = `On ${machine}; each request waits ${latency} ms.${runs}`;
const text = `${before}<!-- results -->\n\n${conditions}\n\n${renderSummary(results)}`;
writeFileSync(page, text);
writeFileSync(new URL("../docs/performance.svg", import.meta.url), draw(measurements));

/** The times with the most repositories, one panel for each piece of work. */
function draw(rows: readonly Measurement[]): string {
  const written = rows.filter(({ kind }) => kind === "files to write");
  const most = Math.max(...written.map(({ repositories }) => repositories));
  const shown = written.filter(({ repositories }) => repositories === most);
  const contenders = [...new Set(shown.map(({ contender }) => contender))];
  const colors = ["#3fb950", "#7ee787", "#58a6ff", "#a5d6ff", "#bc8cff", "#e2c5ff"];
  const bar = 16;
  let y = 40;
  const panels = works.flatMap((work) => {
    const bars = shown.filter((row) => row.work === work);
    if (bars.length === 0) return [];
    const longest = Math.max(...bars.map(({ seconds }) => seconds));
    const parts = [`<text x="16" y="${y + 12}" font-weight="bold">${work}</text>`];
    for (const { contender, seconds, outcome, requests } of bars) {
      y += bar;
      const width = Math.max(1, (seconds / longest) * 400).toFixed(1);
      const color = colors[contenders.indexOf(contender) % colors.length];
      const result = outcome === "done" ? `${seconds.toFixed(1)} s` : outcome;
      parts.push(
        `<text x="200" y="${y + 12}" text-anchor="end">${contender}</text>`,
        `<rect x="210" y="${y + 2}" width="${width}" height="${bar - 4}" fill="${color}"/>`,
        `<text x="${218 + Number(width)}" y="${y + 12}">${result}, ${totalOf(requests)} requests</text>`,
      );
    }
    y += bar + 16;
    return parts;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 ${y}" width="820" height="${y}" role="img" aria-label="Times with ${most} repositories">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="12" fill="#e6edf3">`,
    `<text x="16" y="24">${most} repositories, files to write; ${machine}, ${latency} ms for each request</text>`,
    ...panels,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
