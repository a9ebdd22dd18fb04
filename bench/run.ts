// npm run bench -- [options]; docs/performance.md says what is measured.
import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { Command } from "commander";
import type { Contender } from "./contenders/contender.ts";
import { startPlain, startProduct } from "./contenders/pulumi.ts";
import { findTerraform, startTerraform } from "./contenders/terraform.ts";
import { nameRepositories, seedOf, type Desired, type FleetKind } from "./fleet-work.ts";
import { firstDesired, measure, works, type Results } from "./measure.ts";
import { differingEnds, renderTable } from "./render-table.ts";
import { startGitHub, type SimulatedGitHub } from "./simulated/start-github.ts";

type Start = (github: SimulatedGitHub, first: Desired) => Promise<Contender>;

const contenders: Readonly<Record<string, Start>> = {
  product: (github, first) => startProduct(github, first, "steady"),
  "product-fastest": (github, first) => startProduct(github, first, "burst"),
  plain: (github, first) => startPlain(github, first, "default"),
  "plain-fastest": (github, first) => startPlain(github, first, "fastest"),
  terraform: async (github) => startTerraform(github, "default", await findTerraform()),
  "terraform-fastest": async (github) => startTerraform(github, "fastest", await findTerraform()),
};

const list = (text: string) => text.split(",");
const kinds: Readonly<Record<string, FleetKind>> = {
  write: "files to write",
  right: "files right already",
  repair: "files to repair",
  shared: "shared form",
};

const options = new Command("npm run bench --")
  .description("measure ghcr-fleet and what people use instead, on the simulator")
  .option("-n, --n <counts>", "numbers of repositories", list, ["10", "50"])
  .option("--contenders <names>", "which ones", list, Object.keys(contenders))
  .option("--kind <kinds>", "write, right, repair, shared", list, Object.keys(kinds))
  .option("--latency <ms>", "how long each request waits", Number, 20)
  .option("--timeout <minutes>", "for one piece of work", Number, 10)
  .option("--until <work>", "the last piece of work, such as 'first up'")
  .option("--limits", "refuse requests as GitHub's limits say", false)
  .option("--json <file>", "where the results go, for bench/draw.ts")
  .parse()
  .opts<{
    n: string[];
    contenders: string[];
    kind: string[];
    latency: number;
    timeout: number;
    until?: string;
    limits: boolean;
    json?: string;
  }>();
const { until: last } = options;
if (last !== undefined && !works.some((work) => work === last)) {
  throw new Error(`${last} is none of ${works.join(", ")}`);
}

const results: Results = {
  machine: `${cpus().length} cores (${cpus()[0]?.model}), ${Math.ceil(totalmem() / 2 ** 30)} GiB`,
  latency: options.latency,
  limits: options.limits,
  measurements: [],
  missing: {},
};

for (const name of options.kind) {
  const kind = chosen(kinds, name);
  for (const count of options.n.map(Number)) {
    const isOurs = kind === "shared form" || kind === "files to repair";
    const able = options.contenders.filter((id) => !isOurs || isProduct(id));
    for (const id of able) await compete(kind, nameRepositories(count), id);
  }
}
process.stdout.write(`\n${renderTable(results)}`);
if (differingEnds(results).length > 0) process.exitCode = 1;

function isProduct(id: string): boolean {
  return id.startsWith("product");
}

async function compete(kind: FleetKind, names: readonly string[], id: string): Promise<void> {
  const start = chosen(contenders, id);
  const { latency, limits, timeout, json } = options;
  const github = await startGitHub({ seed: seedOf(names, kind), latency, limits });
  let contender: Contender | undefined;
  try {
    contender = await start(github, firstDesired(names, kind));
    const bench = { kind, names, github, contender, timeout: timeout * 60_000 };
    for await (const measurement of measure(bench)) {
      results.measurements.push(measurement);
      const { work, seconds, outcome } = measurement;
      const place = `${names.length} repositories, ${kind}: ${contender.name}`;
      process.stdout.write(`${place}: ${work}: ${seconds.toFixed(1)} s, ${outcome}\n`);
      if (work === last) break;
    }
  } catch (error) {
    if (contender !== undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    results.missing[id] = reason;
    process.stdout.write(`${id} is not measured: ${reason}\n`);
  } finally {
    await contender?.close();
    await github.close();
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
}

function chosen<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found !== undefined) return found;
  throw new Error(`${name} is none of ${Object.keys(all).join(", ")}`);
}
