import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as github from "@pulumi/github";
import { LocalWorkspace, type OpMap } from "@pulumi/pulumi/automation/index.js";
import { engineEnvironment } from "../../../tools/engine.ts";
import {
  exampleSeed,
  loadSeed,
  startSimulator,
  type RequestRecord,
  type Simulator,
} from "github-simulator";

export type Options = { provider: github.Provider };

export interface OfficialStack {
  simulator: Simulator;
  /** @returns the number of resources for each kind of change; the engine succeeded */
  run(verb: "up" | "refresh" | "destroy"): Promise<OpMap>;
  close(): Promise<void>;
}

/** A stack of the official provider's resources, with its own simulator. */
export async function startOfficialStack(
  projectName: string,
  declare: (options: Options, simulator: Simulator) => Promise<void>,
): Promise<OfficialStack> {
  const simulator = await startSimulator({
    seed: await loadSeed(exampleSeed),
    actions: false,
    keptRequests: Infinity,
  });
  const folder = await mkdtemp(join(tmpdir(), `${projectName}-`));
  const stack = await LocalWorkspace.createOrSelectStack(
    {
      projectName,
      stackName: "test",
      program: () => declare({ provider: acmeProvider(simulator) }, simulator),
    },
    {
      workDir: folder,
      envVars: {
        ...(await engineEnvironment()),
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
      },
    },
  );
  // After each run, the Automation API would start the engine up to three more times, for outputs and history.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  return {
    simulator,
    async run(verb) {
      let changes: OpMap = {};
      await stack[verb]({
        onEvent: ({ summaryEvent }) => (changes = summaryEvent?.resourceChanges ?? changes),
      });
      return changes;
    },
    async close() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function acmeProvider(simulator: Simulator): github.Provider {
  return new github.Provider("acme", {
    owner: "acme",
    baseUrl: `${simulator.url}/`,
    token: simulator.world.tokenValue("admin"),
    writeDelayMs: 0,
  });
}

/** Requests so far that change something; queries of GraphQL are sent by POST, too. */
export function countWrites({ requests }: Simulator): number {
  const isWrite = ({ method, operation }: RequestRecord) =>
    method !== "GET" && operation !== "query";
  return requests.filter(isWrite).length;
}
