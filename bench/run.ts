// npm run bench -- [options]; docs/performance.md says what is measured.
import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { Command } from "commander";
import type { Contender } from "./contenders/contender.ts";
import { startPlain, startProduct } from "./contenders/pulumi.ts";
import { findTerraform, startTerraform } from "./contenders/terraform.ts";
import { nameRepositories, seedOf, type FleetKind } from "./fleet-work.ts";
import { firstDesired, measure, type Results } from "./measure.ts";
import { differingEnds, renderTable } from "./render-table.ts";
import { startGitHub, type SimulatedGitHub } from "./simulated/start-github.ts";

type Start = (github: SimulatedGitHub, names: readonly string[]) => Promise<Contender>;

const contenders: Readonly<Record<string, Start>> = {
  product: (github, names) => startProduct(github, firstDesired(names), "steady"),
  "product-fastest": (github, names) => startProduct(github, firstDesired(names), "burst"),
  plain: (github, names) => startPlain(github, firstDesired(names), "default"),
  "plain-fastest": (github, names) => startPlain(github, firstDesired(names), "fastest"),
  terraform: async (github) => startTerraform(github, "default", await findTerraform()),
  "terraform-fastest": async (github) => startTerraform(github, "fastest", await findTerraform()),
};

const list = (text: string) => text.split(",");
const kinds: readonly FleetKind[] = ["files to write", "files right already"];

const {
  n,
  contenders: chosen,
  kind,
  ...options
} = new Command("npm run bench --")
  .description("measure ghcr-fleet and what people use instead, on the simulator")
  .option("-n, --n <counts>", "numbers of repositories", list, ["10", "50"])
  .option("--contenders <names>", "which ones", list, Object.keys(contenders))
  .option("--kind <kinds>", "write, right", list, ["write", "right"])
  .option("--latency <ms>", "how long each request waits", Number, 20)
  .option("--timeout <minutes>", "for one piece of work", Number, 10)
  .option("--limits", "refuse requests as GitHub's limits say", false)
  .option("--json <file>", "where the results go, for bench/draw.ts")
  .parse()
  .opts<{
    n: string[];
    contenders: string[];
    kind: string[];
    latency: number;
    timeout: number;
    limits: boolean;
    json?: string;
  }>();

const results: Results = {
  machine: `${cpus().length} cores, ${Math.ceil(totalmem() / 2 ** 30)} GiB`,
  latency: options.latency,
  limits: options.limits,
  measurements: [],
  missing: {},
};

for (const each of kinds.filter((name) => kind.some((word) => name.includes(word)))) {
  for (const count of n.map(Number)) {
    for (const contender of chosen) await compete(each, nameRepositories(count), contender);
  }
}
process.stdout.write(`\n${renderTable(results)}`);
if (differingEnds(results).length > 0) process.exitCode = 1;

async function compete(kindOf: FleetKind, names: readonly string[], id: string): Promise<void> {
  const start = contenders[id];
  if (start === undefined)
    throw new Error(`${id} is none of ${Object.keys(contenders).join(", ")}`);
  const { latency, limits, timeout, json } = options;
  const github = await startGitHub({ seed: seedOf(names, kindOf), latency, limits });
  let contender: Contender | undefined;
  try {
    contender = await start(github, names);
    const bench = { kind: kindOf, names, github, contender, timeout: timeout * 60_000 };
    for await (const measurement of measure(bench)) {
      results.measurements.push(measurement);
      const { work, seconds, outcome } = measurement;
      const shown = outcome.split("\n").slice(0, 40).join("\n");
      process.stdout.write(
        `${names.length} repositories, ${kindOf}: ${contender.name}: ${work}: ${seconds.toFixed(1)} s, ${shown}\n`,
      );
    }
  } catch (error) {
    if (contender !== undefined) throw error;
    results.missing[id] = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${id}: ${results.missing[id]}\n`);
  } finally {
    await contender?.close();
    await github.close();
  }
  if (json !== undefined) await save(json);
}

async function save(file: string): Promise<void> {
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
