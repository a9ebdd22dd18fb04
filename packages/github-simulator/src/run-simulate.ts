import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSeed, loadSeed } from "./seed.ts";
import { startSimulator } from "./start-simulator.ts";

export interface RunSimulateOptions {
  /** Of the API; 0 takes a free one. */
  port: number;
  /** Of the registry; 0, the default, takes a free one. */
  registryPort?: number;
  /** A seed file; the organisation acme when left out. */
  seed?: string | URL;
  print: (line: string) => void;
  /** Gets one line for each request, and for each run of a workflow that ends. */
  log?: (line: string) => void;
}

/**
 * Serves the simulated GitHub, its registry and its runners until SIGINT or SIGTERM. Token values
 * are not printed: they stand in a file that only its owner may read, and that goes with the
 * simulator.
 */
export async function runSimulate(options: RunSimulateOptions): Promise<void> {
  const { port, registryPort = 0, seed, print, log } = options;
  const described = await loadSeed(seed ?? exampleSeed);
  const platform = await startSimulator({
    ports: { api: port, registry: registryPort },
    seed: described,
    ...(log ? { log } : {}),
  });
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-simulator-"));
  const file = join(folder, "tokens.json");
  const tokens = [...platform.world.state.tokens.values()];
  const values = Object.fromEntries(tokens.map(({ name, value }) => [name, value]));
  await writeFile(file, `${JSON.stringify(values, null, 2)}\n`, { mode: 0o600 });

  print(
    `GitHub is simulated at ${platform.url} with the organisation ${described.organisation.login}.`,
  );
  print(
    `git clone ${platform.url}/${described.organisation.login}/<repository>.git works, and push.`,
  );
  print(`Its registry, for https://ghcr.io, is at ${platform.registryUrl}.`);
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
  await platform.close();
  await rm(folder, { recursive: true, force: true });
}
