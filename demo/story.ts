import { fileURLToPath } from "node:url";
import { colors } from "../src/cli/terminal/colors.ts";
import type { PulumiResult, PulumiStack } from "../tools/pulumi-stack.ts";
import type { RequestRecord, Simulator } from "github-simulator";
import { createDeveloper, mustPublish, type RunStory } from "./developer.ts";
import { drawFleet, type StackOutputs } from "./draw-fleet.ts";
import type { Terminal } from "./terminal.ts";
import { writeReport } from "./write-report.ts";

export interface Stage {
  terminal: Terminal;
  platform: Simulator;
  stack: PulumiStack;
  /** Puts a token of the organisation where the stack reads its PAT, by the token's name. */
  storePat(name: string): Promise<void>;
}

/** Judges the changes; updates without changes run without the pack. */
const policies = ["--policy-pack", fileURLToPath(new URL("../policy", import.meta.url))];
const bold = colors.bold;

/** The demo, step by step. Throws if a step does not end as expected. */
export async function runStory({ terminal, platform, stack, storePat }: Stage): Promise<void> {
  const developer = createDeveloper(platform);
  const pulumi = async (
    verb: "preview" | "up",
    flags: string[],
    onLine: (line: string) => void,
  ) => {
    let writes = 0;
    const stop = platform.onRequest((request) => {
      if (isWrite(request)) writes += 1;
    });
    const result = await stack[verb](flags, { onLine }).finally(stop);
    return { changes: changes(succeed(result)), writes };
  };

  terminal.say(
    `  A simulated GitHub runs at ${platform.url},\n` +
      `  its registry at ${platform.registryUrl}.\n` +
      "  In the organisation acme, images are built and never reach ghcr.io.",
  );

  terminal.chapter("Before");
  await terminal.step(
    "push to acme/gateway",
    () => developer.push("gateway", "Say more"),
    ({ failure }) => `${colors.red("failed")}  ${failure}`,
  );

  terminal.chapter("The fix, declared in Pulumi.dev.yaml");
  await terminal.step(
    "pulumi preview",
    (report) => pulumi("preview", policies, report),
    (done) => `${bold(done.changes)}, ${colors.green("no policy violated")}, nothing written`,
  );
  const up = await terminal.step(
    "pulumi up",
    (report) => pulumi("up", ["--skip-preview", ...policies], report),
    (done) => `${bold(done.changes)} with ${done.writes} writes`,
  );
  await terminal.step(
    "pulumi up, again",
    (report) => pulumi("up", ["--skip-preview"], report),
    (done) => `${bold(done.changes)}, ${done.writes} writes`,
  );
  if (up.writes === 0) throw new Error("the first update wrote nothing");

  terminal.chapter("After");
  await terminal.step(
    "the commits start CI",
    async () => (await developer.look()).map(mustPublish),
    (runs) => `${colors.green("published")} from ${bold(`${runs.length} repositories`)}`,
  );
  await terminal.step(
    "push to acme/gateway",
    async () => mustPublish(await developer.push("gateway", "Say even more")),
    describeRun,
  );
  await terminal.step(
    "push to acme/shop",
    async () => mustPublish(await developer.push("shop", "Sell more")),
    (run) => `its own ${run.jobs.slice(0, -1).join(" and ")} passed, ${describeRun(run)}`,
  );
  await terminal.step(
    "push to acme/pipeline",
    async () => mustPublish(await developer.push("pipeline", "Move more")),
    ({ published }) =>
      `${colors.green("published")} a matrix of ${bold(`${published.length} images`)}`,
  );
  await terminal.step(
    "release v1.4.0 of acme/web",
    () => developer.release("web", "v1.4.0"),
    describeRun,
  );
  await terminal.step(
    "dispatch v0.9.0 of acme/api",
    () => developer.dispatch("api", "v0.9.0"),
    describeRun,
  );
  await terminal.step(
    "pulumi up --refresh",
    (report) => pulumi("up", ["--skip-preview", "--refresh"], report),
    (done) => `${bold(done.changes)}, every package checked again`,
  );

  terminal.chapter("The PAT is revoked, then rotated");
  platform.world.revokeToken("publisher");
  await terminal.step(
    "push to acme/web",
    async () => mustPublish(await developer.push("web", "Go on")),
    ({ warnings }) => `${colors.yellow(warnings.join(", "))}; GITHUB_TOKEN published instead`,
  );
  await storePat("next-publisher");
  await terminal.step(
    "pulumi up, with a new PAT",
    (report) => pulumi("up", ["--skip-preview", ...policies], report),
    (done) => `${bold(done.changes)} with ${done.writes} write`,
  );
  await terminal.step(
    "push to acme/web",
    async () => mustPublish(await developer.push("web", "Go further")),
    (run) => `${describeRun(run)} with the new PAT`,
  );

  const report = await terminal.step(
    "ghcr-fleet report",
    () => writeReport(platform, stack),
    ({ repositories, attention }) =>
      `${bold(`${repositories} repositories`)} on one page, ${attention === 0 ? colors.green("all well") : `${attention} to look at`}`,
  );

  const outputs = await stack.outputs<StackOutputs>();
  const { header, rows } = drawFleet(outputs, report, platform);
  terminal.table(header, rows);
  const { token } = outputs;
  terminal.say(
    `  The PAT of ${token.owner} may ${token.scopes.join(" and ")}, for ${bold(`${token.daysLeft} days`)}.\n` +
      "  State, plan and logs contain only its hash; GitHub has one sealed secret for all.\n\n" +
      `  The report, for your browser: ${report.file}\n`,
  );
}

function describeRun({ published }: RunStory): string {
  const [first = "", ...more] = published;
  const rest = more.map((image) => image.slice(image.lastIndexOf(":") + 1));
  return `${colors.green("published")} ${[first, ...rest].join(", ")}`;
}

function succeed(result: PulumiResult): PulumiResult {
  if (result.exitCode === 0) return result;
  throw new Error(`pulumi ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
}

/** The engine's own count: "48 created", "no changes". */
function changes({ stdout }: PulumiResult): string {
  const block = /^Resources:\n((?: +.*\n)+)/m.exec(stdout)?.[1] ?? "";
  const lines = block
    .split("\n")
    .map((line) => line.trim().replace(/^[+~-]+ ?/, ""))
    .filter((line) => line !== "" && !line.endsWith("unchanged") && !line.endsWith("changes"));
  return lines.length > 0 ? lines.join(", ") : "no changes";
}

function isWrite({ method, operation, path }: RequestRecord): boolean {
  const isRead = method === "GET" || method === "HEAD" || operation === "query";
  return !isRead && !path.includes("/dispatches");
}
