import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";
import axe from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { FleetReport } from "../../../src/report/fleet-report.ts";
import { renderHtml } from "../../../src/report/html/render-html.ts";
import { thresholds } from "../../report/sample-fleet.ts";

export interface ReportPage {
  readonly page: Page;
  /** The browser's errors, and every address that it requested other than the page's. */
  readonly complaints: string[];
}

/** A real browser that opens reports as files, as people do. */
export async function startBrowser() {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-report-"));
  const browser: Browser = await chromium.launch({ executablePath: systemBrowser() });
  let number = 0;
  return {
    async open(
      report: FleetReport,
      { hash = "", ...options }: BrowserContextOptions & { hash?: string } = {},
    ): Promise<ReportPage> {
      const file = join(folder, `${(number += 1)}.html`);
      await writeFile(file, renderHtml(report, { thresholds }));
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => {
        if (request.url() !== `file://${file}`) complaints.push(request.url());
      });
      await page.goto(`file://${file}${hash}`);
      return { page, complaints };
    },
    async close(): Promise<void> {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Rule and element of everything that axe finds wrong; the page must have been opened with bypassCSP. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: { run: typeof axe.run } };
    const { violations } = await inPage.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
  });
}

function systemBrowser(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
    if (found) return found;
  }
  throw new Error("there is no Chromium on PATH");
}
