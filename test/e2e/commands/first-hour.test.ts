import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSeed, startSimulator } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { createDesk } from "../../../demo/first-hour/desk.ts";
import { beginHour } from "../../../demo/first-hour/hour.ts";
import { Office } from "../../../demo/first-hour/office.ts";
import { createPage } from "../../../demo/first-hour/page.ts";

const root = new URL("../../../", import.meta.url);

// The rest of `npm run hour` takes minutes: rotation, drift, declined changes and leaving have tests of their own, and
// what the page shows from "People decide" on is compared with nothing.
test("from init to the rollout of a company, the preview says all that happens, and the page shows what is printed", async () => {
  const seed = await loadSeed(new URL("demo/first-hour/company.yaml", root));
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-hour-"));
  const platform = await startSimulator({ seed });
  onTestFinished(async () => {
    await platform.close();
    await rm(folder, { recursive: true, force: true });
  });
  await platform.actions.idle();
  const printed: string[] = [];
  const page = createPage((text) => printed.push(text));
  const desk = createDesk(page, await Office.open(folder, platform), platform);
  await beginHour(desk);
  expect(desk.surprising).toEqual([]);
  const shown = await readFile(new URL("docs/first-hour.md", root), "utf8");
  const chapters = shown.slice(shown.indexOf("\n## "), shown.indexOf("\n## People decide"));
  expect(`${printed.join("\n")}\n`, "npm run hour -- --write writes it again").toBe(chapters);
});
