import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FleetReport } from "../../../src/report/fleet-report.ts";
import { missingTool } from "../../support/missing-tool.ts";
import { axeViolations, startBrowser } from "./browser.ts";
import { addImages, sampleReport, sampleStatus } from "../../report/sample-fleet.ts";

describe.skipIf(missingTool("chromium"))("the report in a browser", () => {
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const rows = "#fleet tbody tr";
  const dialog = "dialog#repository";

  test.each([
    { colorScheme: "light", width: 1280 },
    { colorScheme: "light", width: 390 },
    { colorScheme: "dark", width: 1280 },
    { colorScheme: "dark", width: 390 },
  ] as const)("axe finds nothing: $colorScheme, $width px", async ({ colorScheme, width }) => {
    const viewport = { width, height: 900 };
    const { page } = await browser.open(fullReport(), { colorScheme, viewport, bypassCSP: true });
    await page.locator("details").evaluateAll((all) => {
      for (const each of all) each.setAttribute("open", "");
    });
    expect(await axeViolations(page)).toEqual([]);
    await page.locator(`${rows} a`, { hasText: "checkout-worker" }).click();
    await page.locator(dialog).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(wider).toBeLessThanOrEqual(0);
  });

  test("loads nothing, and its own policy allows only its own code", async () => {
    const { page, complaints } = await browser.open(sampleReport(12));
    await page.locator(`${rows} a`).first().click();
    await page.locator(dialog).waitFor();
    expect(complaints).toEqual([]);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'run'" }))`,
    );
    expect(await page.title()).toBe("acme: publishing access to GHCR");
    expect(complaints.join()).toContain("Content Security Policy");
  });

  test("text from others stays text, in the page and in the dialog", async () => {
    const report = sampleReport(12);
    const hostile = `</script><img src=x onerror="document.title='run'"><b id=hostile>`;
    const [first] = report.stacks[0]!.repositories;
    first!.history.changes[0]!.headline = hostile;
    first!.history.changes[0]!.author = hostile;
    first!.history.images[0]!.tags = [hostile];
    first!.ci.image!.tags = [hostile];
    first!.package.findings[0] = { subject: "linked", state: "manual", text: hostile, url: null };
    report.timeline![0]!.text = hostile;
    report.policies!.rules[0]!.violations[0]!.message = hostile;
    const { page, complaints } = await browser.open(report, { hash: "#repository/production/api" });
    await page.locator(dialog).waitFor();
    expect(await page.locator("#hostile, img").count()).toBe(0);
    expect(await page.locator(dialog).innerText()).toContain(hostile.slice(0, 70));
    expect(await page.title()).toBe("acme: publishing access to GHCR");
    expect(complaints).toEqual([]);
  });

  test("finds, filters and shows how many match", async () => {
    const { page } = await browser.open(sampleReport(150));
    const shown = page.locator(`${rows}:visible`);
    expect(await shown.count()).toBe(100);
    await page.getByRole("button", { name: "Show all 150" }).click();
    expect(await shown.count()).toBe(150);
    await page.getByLabel("Find repositories").fill("gateway-jobs");
    expect(await shown.locator("th").allInnerTexts()).toEqual([
      "gateway-jobs",
      "gateway-jobs-2",
      "gateway-jobs-3",
    ]);
    expect(await page.locator("#shown").innerText()).toBe("3 of 150 fit");
    await page.getByLabel("Find repositories").fill("no such repository");
    expect(await shown.count()).toBe(0);
    await page.locator("#no-match button").click();
    await page.getByText("Problems", { exact: false }).first().click();
    const problems = await shown.count();
    expect(problems).toBeGreaterThan(0);
    await page.getByLabel("About").selectOption("ci");
    expect(await shown.count()).toBeLessThan(problems);
    for (const text of await shown.allInnerTexts()) expect(text).toContain("failure");
  });

  test("sorts by every column, both ways, and announces it to screen readers", async () => {
    const { page } = await browser.open(sampleReport(60));
    const first = page.locator(`${rows}:first-child`);
    const head = page.getByRole("columnheader", { name: "CI" });
    await head.getByRole("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect(await first.innerText()).toContain("failure");
    await head.getByRole("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect(await first.innerText()).not.toContain("failure");
    const names = page.getByRole("columnheader", { name: "Repository" });
    await names.getByRole("button").click();
    await names.getByRole("button").click();
    expect(await first.locator("th").innerText()).toBe("search-worker");
    expect(await page.locator("[aria-sort]").count()).toBe(1);
  });

  test("shows a repository with the keyboard only, and returns the focus", async () => {
    const { page } = await browser.open(sampleReport(12));
    const link = page.locator(`${rows} a`, { hasText: "orders" });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "orders" }).waitFor();
    expect(page.url()).toContain("#repository/production/orders");
    expect(await page.locator(dialog).innerText()).toContain("ci.yml failure");
    await page.keyboard.press("Escape");
    await page.locator(dialog).waitFor({ state: "hidden" });
    // The address follows once the dialog has closed.
    await page.waitForURL(({ hash }) => !hash.startsWith("#repository"));
    expect(await link.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(
      true,
    );
    await page.goBack();
    await page.getByRole("dialog", { name: "orders" }).waitFor();
  });

  test("an address opens a repository", async () => {
    const report = fullReport();
    const { page } = await browser.open(report, { hash: "#repository/staging/api" });
    expect(await page.getByRole("dialog", { name: "api" }).innerText()).toContain("Stack staging");
  });

  test("shows every repository without scripts, too", async () => {
    const { page } = await browser.open(sampleReport(150), { javaScriptEnabled: false });
    expect(await page.locator(`${rows}:visible`).count()).toBe(150);
    expect(await page.locator("#filters:visible, #theme:visible, dialog:visible").count()).toBe(0);
  });

  test("counts down with the reader's clock, and changes its tone", async () => {
    const { page } = await browser.open(sampleReport(3));
    const figure = page.locator("[data-countdown]");
    const look = async (moment: string) => {
      await page.clock.setFixedTime(moment);
      await page.reload();
      return `${await figure.innerText()} ${await figure.locator("..").getAttribute("class")}`;
    };
    expect(await look("2026-11-24T08:30:00Z")).toBe("41 d 3 h figure g");
    expect(await look("2027-01-01T11:30:00Z")).toBe("3 d 0 h figure w");
    expect(await look("2027-02-01T00:00:00Z")).toBe("expired figure b");
    const card = page.locator(".card", { has: figure });
    expect(await card.locator("small").innerText()).toBe("on 4 January 2027");
  });

  test.each([1280, 390])("nothing moves while it loads, at %i px", async (width) => {
    const viewport = { width, height: 900 };
    const { page } = await browser.open(sampleReport(300), { viewport });
    const moved = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`);
    expect(moved).toBe(0);
  });

  test("is complete in print: every row, and folded parts", async () => {
    const { page } = await browser.open(sampleReport(150));
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(`${rows}:visible`).count()).toBe(150);
    expect(await page.locator("#folded:visible, nav:visible, #filters:visible").count()).toBe(0);
    const folded = page.getByRole("heading", { name: "Workflow files differ" }).locator("..");
    expect(await folded.locator("li:visible").count()).toBeGreaterThan(5);
  });

  test.each([1280, 390])("names of a hundred characters fit into %i px", async (width) => {
    const report = sampleReport(8);
    const [first] = report.stacks[0]!.repositories;
    first!.name = "a".repeat(100);
    first!.ci.image!.tags = ["t".repeat(128)];
    first!.package.findings = [
      { subject: "linked", state: "manual", text: "linked to nothing", url: first!.url },
    ];
    report.timeline![3]!.repository = first!.name;
    report.policies!.rules[0]!.violations[0]!.repository = first!.name;
    const { page } = await browser.open(report, { viewport: { width, height: 900 } });
    const wider = (selector: string) =>
      page.locator(selector).evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(await wider("html")).toBe(0);
    expect(await wider("#repositories .scroll")).toBe(0);
  });

  test("sorts where the table is a list of cards, with buttons that show when they have the focus", async () => {
    const { page } = await browser.open(sampleReport(60), {
      viewport: { width: 390, height: 900 },
    });
    const button = page.getByRole("button", { name: "CI", exact: true });
    await button.focus();
    const box = await button.boundingBox();
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(24);
    await page.keyboard.press("Enter");
    expect(await page.locator(`${rows}:first-child`).innerText()).toContain("failure");
    const still = await browser.open(sampleReport(3), {
      viewport: { width: 390, height: 900 },
      javaScriptEnabled: false,
    });
    expect(await still.page.locator("#fleet thead:visible").count()).toBe(0);
  });

  test("shows selection and bars without its own colours", async () => {
    const { page } = await browser.open(sampleReport(12), { forcedColors: "active" });
    const styles = (selector: string, property: string, pseudo?: string) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) =>
          getComputedStyle(element, ${JSON.stringify(pseudo)})[${JSON.stringify(property)}])`,
      );
    expect(await styles(".choices span", "outlineStyle")).toEqual([
      "solid",
      "none",
      "none",
      "none",
    ]);
    const colours = await styles("#images .legend li", "backgroundColor", "::before");
    const bars = await styles("#images rect:is(.ci, .release)", "fill");
    expect(new Set(colours)).toEqual(new Set(bars));
    expect(new Set(colours).size).toBe(2);
  });

  test("a fleet without a repository is described in words, not with an empty table and chart", async () => {
    const { page, complaints } = await browser.open(sampleReport(0));
    expect(await page.locator("#fleet:visible, #filters:visible, svg[role=img]").count()).toBe(0);
    expect(await page.locator("#repositories").innerText()).toContain("no repository yet");
    expect(await page.locator("#images").innerText()).toContain("No image arrived");
    expect(complaints).toEqual([]);
  });

  test("uses the colour scheme that a person chooses", async () => {
    const { page } = await browser.open(sampleReport(3), { colorScheme: "light" });
    const colour = () =>
      page.locator("body").evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await colour();
    const theme = page.locator("#theme");
    await theme.click();
    expect(await colour()).toBe(light);
    await theme.click();
    expect(await theme.innerText()).toBe("Theme: dark");
    expect(await colour()).not.toBe(light);
  });
});

/** Two stacks, and every part that a report can have. */
function fullReport(): FleetReport {
  const report = sampleReport(14, { daysLeft: 5 });
  addImages(report.stacks[0]!.repositories[0]!);
  const staging = sampleStatus(6, { stack: "staging" });
  staging.token = { state: "dead", hash: "x", reason: "GitHub does not accept the publishing PAT" };
  staging.findings = [{ subject: "package", text: "cannot list the packages of acme", url: null }];
  return {
    ...report,
    stacks: [...report.stacks, staging],
    audit: [
      {
        at: "2026-11-23T10:00:00Z",
        severity: "problem",
        text: "The PAT was used from an address that is not expected.",
        actor: "acme-publisher",
        repository: "acme/api",
        url: "https://github.com/organizations/acme/settings/audit-log",
      },
    ],
  };
}
