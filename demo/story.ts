import { fileURLToPath } from "node:url";
import colors from "picocolors";
import type { PulumiResult, PulumiStack } from "../engine/pulumi-stack.ts";
import type { Simulator } from "../simulator/index.ts";
import { fleetTable, type StackOutputs } from "./fleet-table.ts";
import type { Terminal } from "./terminal.ts";

export interface Stage {
  terminal: Terminal;
  simulator: Simulator;
  stack: PulumiStack;
}

const policies = ["--policy-pack", fileURLToPath(new URL("../policy", import.meta.url))];

/** The demo, step by step. Throws when a step does not end as it should. */
export async function runStory({ terminal, simulator, stack }: Stage): Promise<void> {
  terminal.title("ghcr-fleet: publishing access to GHCR for a whole organisation");
  terminal.say(`  A GitHub of its own runs at ${simulator.url}, with the organisation acme.\n`);

  await terminal.step(
    "pulumi preview",
    async (report) => succeed(await stack.preview(policies, { onLine: report })),
    (result) => `${changes(result)}, ${colors.green("no policy violated")}`,
  );
  const before = simulator.requests.length;
  await terminal.step(
    "pulumi up",
    async (report) => succeed(await stack.up([...policies, "--skip-preview"], { onLine: report })),
    (result) => `${changes(result)} with ${simulator.requests.length - before} requests`,
  );
  const written = countWrites(simulator);
  await terminal.step(
    "pulumi up, again",
    async (report) => succeed(await stack.up([...policies, "--skip-preview"], { onLine: report })),
    (result) => `${changes(result)}, ${countWrites(simulator) - written} writes`,
  );

  const outputs = await stack.outputs<StackOutputs>();
  const { header, rows } = fleetTable(outputs);
  terminal.table(header, rows);
  const { token } = outputs;
  terminal.say(
    `  The token of ${token.owner} may ${token.scopes.join(" and ")}, and lives ${colors.bold(`${token.daysLeft} days`)} more.`,
  );
  terminal.say(
    `  State, plan and log hold its hash only; GitHub holds one sealed secret for all.\n`,
  );
}

function succeed(result: PulumiResult): PulumiResult {
  if (result.exitCode === 0) return result;
  throw new Error(`pulumi ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
}

/** The engine's own count: "41 created", "no changes". */
function changes({ stdout }: PulumiResult): string {
  const block = /^Resources:\n((?: +.*\n)+)/m.exec(stdout)?.[1] ?? "";
  const lines = block
    .split("\n")
    .map((line) => line.trim().replace(/^[+~-]+ /, ""))
    .filter((line) => line !== "" && !line.endsWith("unchanged") && !line.endsWith("changes"));
  return colors.bold(lines.length > 0 ? lines.join(", ") : "no changes");
}

function countWrites({ requests }: Simulator): number {
  const isRead = (method: string) => method === "GET" || method === "HEAD";
  return requests.filter(({ method, operation }) => !isRead(method) && operation !== "query")
    .length;
}
