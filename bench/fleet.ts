// The cost of a fleet: node tools/run.mjs bench/fleet.ts [repositories] [--plain]
// The real engine and providers run on the simulator, which answers at once: this measures the engine's
// and our own time, and counts requests to GitHub. The targets are 5 s for an update of 12 repositories
// that changes nothing, and 1 s for loading the program. With --plain the same files and secrets are
// declared with the official provider only.
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PulumiStack } from "../tools/pulumi-stack.ts";
import { policyPack, startFleet } from "../test/e2e/support/start-fleet.ts";

const [count = "12"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const isPlain = process.argv.includes("--plain");
const names = Array.from({ length: Number(count) }, (_, index) => `service-${index + 1}`);

const fleet = await startFleet(
  { repositories: [{ match: "service-*" }] },
  {
    repositories: names.map((name) => ({ name, dockerfile: "Dockerfile", topics: ["container"] })),
  },
);
const { platform } = fleet;
const folder = `${fleet.stack.folder}-plain`;
const stack = isPlain ? await plainStack() : fleet.stack;
const figures = new Map<string, number>();

process.stdout.write(`${names.length} repositories${isPlain ? ", official provider" : ""}\n`);
try {
  await measure("first up", () => stack.up());
  await measure("up, nothing to do", () => stack.up());
  await measure("up, nothing to do, skipping the preview", () => stack.up(["--skip-preview"]));
  if (!isPlain) await measure("up, nothing to do, policies", () => stack.up(policyPack));
  await measure("up --refresh, nothing to do", () => stack.up(["--refresh"]));
  const pat = isPlain ? "plain:pat" : "ghcr-fleet:pat";
  await stack.setSecret(pat, platform.world.tokenValue("next-publisher"));
  await measure("up, another PAT", () => stack.up());
} finally {
  await fleet.close();
  await rm(folder, { recursive: true, force: true });
}
if (!isPlain && names.length <= 12 && (figures.get("up, nothing to do") ?? Infinity) > 5) {
  process.stdout.write("an update that changes nothing takes more than 5 s\n");
  process.exitCode = 1;
}

async function measure(title: string, run: () => ReturnType<PulumiStack["up"]>): Promise<void> {
  const before = platform.requests.length;
  fleet.takeWrites();
  const start = performance.now();
  const { exitCode, stdout, stderr } = await run();
  const seconds = (performance.now() - start) / 1000;
  if (exitCode !== 0) throw new Error(`${title} ended with ${exitCode}:\n${stdout}${stderr}`);
  const requests = platform.requests.length - before;
  figures.set(title, seconds);
  process.stdout.write(
    `  ${title.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s  ${String(requests).padStart(6)} requests  ` +
      `${String(fleet.takeWrites().length).padStart(5)} writes\n`,
  );
}

/** The program of bench/plain/, for the same organisation. */
function plainStack(): Promise<PulumiStack> {
  return PulumiStack.create({
    folder,
    project: fileURLToPath(new URL("plain", import.meta.url)),
    stack: "bench",
    config: {
      "github:owner": "acme",
      "github:baseUrl": `${platform.url}/`,
      "plain:repositories": names,
    },
    secrets: {
      "github:token": platform.world.tokenValue("admin"),
      "plain:pat": platform.world.tokenValue("publisher"),
    },
  });
}
