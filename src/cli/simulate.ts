import { once } from "node:events";
import { loadSeed, startSimulator } from "../../simulator/index.ts";

const acme = new URL("../../simulator/seeds/acme.yaml", import.meta.url);

/** Serves the simulated GitHub until it is interrupted; one line for each request on stderr. */
export async function simulate({ port, seed }: { port: number; seed?: string }): Promise<void> {
  const described = await loadSeed(seed ?? acme);
  const simulator = await startSimulator({
    seed: described,
    port,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${described.organisation.login} is served at ${simulator.url}\n`);
  // The only place where these tokens exist is this process; without them nothing can be tried.
  for (const { name, value } of simulator.world.state.tokens.values())
    process.stdout.write(`  ${name}: ${value}\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await simulator.close();
}
