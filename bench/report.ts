// The cost of the report: node tools/run.mjs bench/report.ts [repositories]
// The targets for 1,000 repositories are 2 s for writing it, 3 MB, and 1 s until the first paint in a
// browser. A browser on PATH is needed: Debian's package chromium.
import { startBrowser } from "../test/outside/browser/browser.ts";
import { sampleReport, thresholds } from "../test/report/sample-fleet.ts";
import { renderHtml } from "../src/report/html/render-html.ts";

const repositories = Number(process.argv[2] ?? 1000);
const rounds = 5;

const report = sampleReport(repositories);
const written: number[] = [];
let bytes = 0;
for (let round = 0; round < rounds; round += 1) {
  const start = performance.now();
  bytes = Buffer.byteLength(renderHtml(report, { thresholds }));
  written.push(performance.now() - start);
}

/** Waits for the paint, and returns its time in milliseconds since the page was opened. */
const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((entries) => {
    const [entry] = entries.getEntriesByName("first-contentful-paint");
    if (entry) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})`;
const painted: number[] = [];
const browser = await startBrowser();
try {
  for (let round = 0; round < rounds; round += 1) {
    const { page } = await browser.open(report);
    painted.push(await page.evaluate<number>(firstPaint));
    await page.close();
  }
} finally {
  await browser.close();
}

// The first round compiles the code; people write one report at a time.
const write = written[0] ?? Infinity;
const paint = Math.max(...painted);
process.stdout.write(
  [
    `report of ${repositories} repositories, ${rounds} rounds:`,
    `  written      ${write.toFixed(0)} ms the first time, ${Math.min(...written).toFixed(0)} ms at best; 2000 ms at most`,
    `  size         ${(bytes / 1e6).toFixed(2)} MB; 3 MB at most`,
    `  first paint  ${Math.min(...painted).toFixed(0)} to ${paint.toFixed(0)} ms; 1000 ms at most`,
    "",
  ].join("\n"),
);
if (write > 2000 || bytes > 3e6 || paint > 1000) process.exitCode = 1;
