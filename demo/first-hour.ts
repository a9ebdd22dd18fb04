// `npm run hour`: the first hour with ghcr-fleet, in a company on a simulated GitHub. It ends with 1 if a rollout
// wrote something, or left something to do, that the preview before it did not say, or if it did not write what the
// preview had said. `--write` keeps what it prints in docs/first-hour.md.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadSeed, startSimulator } from "github-simulator";
import { createDesk } from "./first-hour/desk.ts";
import { beginHour, endHour } from "./first-hour/hour.ts";
import { Office } from "./first-hour/office.ts";
import { createPage } from "./first-hour/page.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const seed = await loadSeed(new URL("first-hour/company.yaml", import.meta.url));
const heading = `# The first hour

A platform engineer of a company with ${seed.repositories.length} repositories (tests, deployments, a matrix, goreleaser, two registries,
required checks, a merge queue, a protected branch, a package pushed by hand) begins with ghcr-fleet, rotates the PAT,
meets edits by others, and leaves. \`npm run hour\` runs it on the simulator, and \`npm run hour -- --write\` wrote this page.`;
const printed: string[] = [];
const print = (text: string) => {
  printed.push(text);
  process.stdout.write(`${text}\n`);
};

const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-hour-"));
const platform = await startSimulator({ seed });
try {
  await platform.actions.idle();
  const office = await Office.open(folder, platform);
  print(heading);
  const desk = createDesk(createPage(print), office, platform);
  await beginHour(desk);
  await endHour(desk);
  const { length } = desk.surprising;
  print(`\nSurprises: ${length}`);
  if (length > 0) process.exitCode = 1;
  if (values.write) {
    await writeFile(new URL("../docs/first-hour.md", import.meta.url), `${printed.join("\n")}\n`);
  }
} finally {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
}
