import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSeed } from "./seed.ts";
import { startSimulator } from "./start-simulator.ts";

export interface RunSimulateOptions {
  /** 0 takes a free one. */
  port: number;
  /** A seed file; the organisation acme when left out. */
  seed?: string | URL;
  print: (line: string) => void;
  /** Gets one line for each request. */
  log?: (line: string) => void;
}

/**
 * Serves the simulated GitHub until SIGINT or SIGTERM. Token values are not printed: they stand in
 * a file that only its owner may read, and that goes when the simulator does.
 */
export async function runSimulate({ port, seed, print, log }: RunSimulateOptions): Promise<void> {
  const described = await loadSeed(seed ?? new URL("./seeds/acme.yaml", import.meta.url));
  const simulator = await startSimulator({ port, seed: described, ...(log ? { log } : {}) });
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-simulator-"));
  const file = join(folder, "tokens.json");
  const tokens = [...simulator.world.state.tokens.values()];
  const values = Object.fromEntries(tokens.map(({ name, value }) => [name, value]));
  await writeFile(file, `${JSON.stringify(values, null, 2)}\n`, { mode: 0o600 });

  print(
    `GitHub is simulated at ${simulator.url} with the organisation ${described.organisation.login}.`,
  );
  print(`Tokens, with their values in ${file}:`);
  for (const { name, owner, kind, scopes, expiresAt } of tokens) {
    const rights = kind === "classic" ? scopes.join(", ") : kind;
    print(
      `  ${name}: ${owner}, ${rights}, ${expiresAt === null ? "never expires" : `until ${expiresAt}`}`,
    );
  }
  print("Press Ctrl-C to stop.");

  const stop = new AbortController();
  await Promise.race(
    ["SIGINT", "SIGTERM"].map((signal) => once(process, signal, { signal: stop.signal })),
  );
  stop.abort();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
}
