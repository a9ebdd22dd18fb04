// `npm start`: brings an organisation to its declared state, on this machine.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PulumiStack } from "../tools/pulumi-stack.ts";
import { readDevConfig, startOrganisation } from "./organisation.ts";
import { runStory } from "./story.ts";
import { createTerminal } from "./terminal.ts";
import { keptFile, untilInterrupted } from "./until-interrupted.ts";

const { keep, port } = readOptions();
const terminal = createTerminal(process.stdout);
terminal.title("ghcr-fleet: publishing access to GHCR for a whole organisation");

const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-demo-"));
try {
  const platform = await startOrganisation(port);
  try {
    const patFile = join(folder, "pat");
    const storePat = (name: string) =>
      writeFile(patFile, platform.world.tokenValue(name), { mode: 0o600 });
    await storePat("publisher");
    const stack = await PulumiStack.create({
      folder,
      stack: "demo",
      config: {
        ...(await readDevConfig()),
        "github:baseUrl": `${platform.url}/`,
        "ghcr-fleet:registryUrl": platform.registryUrl,
        "ghcr-fleet:patFrom": { file: patFile },
      },
      secrets: { "github:token": platform.world.tokenValue("admin") },
    });
    await runStory({ terminal, platform, stack, storePat });
    if (keep) await untilInterrupted(terminal, platform, stack);
  } finally {
    await platform.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * `--keep` keeps everything running until Ctrl-C; `--port` is the simulator's. Ends with 2 on wrong
 * usage.
 */
function readOptions(): { keep: boolean; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        keep: { type: "boolean", default: false },
        port: { type: "string", default: "0" },
      },
    });
    if (values.keep && existsSync(keptFile))
      throw new Error(
        `${keptFile} exists already: another --keep uses it, or did not remove it; remove it`,
      );
    return { keep: values.keep, port: parsePort(values.port) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\nnpm start [-- --keep] [--port <number>]\n`);
    process.exit(2);
  }
}

/** A TCP port; 0 stands for a free one. */
function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error("Give a number from 0 to 65535.");
}
