import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { PulumiStack } from "../tools/pulumi-stack.ts";
import type { Simulator } from "github-simulator";
import { judgeFiles } from "../src/cli/report/judge-files.ts";
import { loadFleetConfig } from "../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../src/github/client/github-client.ts";
import { hashToken } from "../src/github/tokens/inspect-token.ts";
import { createReadPace } from "../src/github/client/pace/read-pace.ts";
import { describeRepository } from "../src/report/describe-repository.ts";
import { reportVersion } from "../src/report/fleet-report.ts";
import { renderHtml } from "../src/report/html/render-html.ts";
import type { Words } from "../src/report/tone.ts";
import { findFleet } from "../src/stack/find-fleet.ts";
import { stackRecord } from "../src/stack/stack-record.ts";
import { judgeStatus } from "../src/operations/status/judge-status.ts";
import { readFleetStatus } from "../src/operations/status/read-fleet-status.ts";
import { stackMemory } from "../src/operations/status/stack-memory.ts";
import { readDevConfig } from "./organisation.ts";

const folder = new URL("../.ghcr-fleet/", import.meta.url);
const thresholds = { minDays: 14, maxAge: undefined, ignore: new Set<never>() };

export interface WrittenReport {
  readonly file: string;
  readonly repositories: number;
  readonly attention: number;
  /** By repository, what the report says about its package. */
  readonly packages: ReadonlyMap<string, Words>;
}

/**
 * Writes the same file as `ghcr-fleet report --html`. The demo's stack keeps its configuration outside
 * of the project's folder, where the command would look for it, so the parts of the command are called
 * here.
 */
export async function writeReport(platform: Simulator, stack: PulumiStack): Promise<WrittenReport> {
  const { url: baseUrl, registryUrl, world } = platform;
  const settings = loadFleetConfig((await readDevConfig())["ghcr-fleet:fleet"]);
  const adminToken = world.tokenValue("admin");
  const github = createGitHubClient({ baseUrl, token: adminToken });
  const fleet = await findFleet(github, "acme", settings);
  const exported = await stack.must(["stack", "export"]);
  const { deployment } = JSON.parse(exported.stdout) as { deployment: unknown };
  const record = stackRecord(deployment);
  const status = await readFleetStatus({
    stack: stack.stack,
    fleet,
    record,
    baseUrl,
    github,
    ownToken: hashToken(adminToken),
    pace: createReadPace(),
    pat: world.tokenValue("next-publisher"),
    tokenRules: { owner: settings.username, maxDays: settings.maxTokenDays },
    probeAt: registryUrl,
  });
  const policies = await judgeFiles([{ github, fleet, status, memory: stackMemory(record) }], {
    now: new Date(status.readAt),
  });
  const page = renderHtml(
    {
      version: reportVersion,
      writtenAt: status.readAt,
      stacks: [status],
      policies,
      timeline: null,
      audit: null,
    },
    { thresholds },
  );
  const file = fileURLToPath(new URL("report.html", folder));
  await mkdir(folder, { recursive: true });
  await writeFile(file, page);
  const crossings = judgeStatus(status, thresholds);
  const packages = new Map(
    status.repositories.map((each) => [
      each.name,
      describeRepository(each, [], status.readAt).package,
    ]),
  );
  return { file, repositories: packages.size, attention: crossings.length, packages };
}
