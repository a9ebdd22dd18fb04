import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { linkProject } from "../../test/e2e/support/link-project.ts";
import { PulumiStack, type RunOptions } from "../../tools/pulumi-stack.ts";
import { central, owner, secretName, username, type Desired } from "../fleet-work.ts";
import type { SimulatedGitHub } from "../simulated/start-github.ts";
import type { Applied, Contender } from "./contender.ts";

/** Settings of the official provider with which it is fastest and still works. */
const fastest = {
  "github:writeDelayMs": 0,
  "github:readDelayMs": 0,
  "github:legacyClient": false,
};

/** ghcr-fleet, with its defaults or as fast as it can be. */
export async function startProduct(
  github: SimulatedGitHub,
  desired: Desired,
  pace: "steady" | "burst",
): Promise<Contender> {
  const folder = await linkProject();
  const { contender, stack } = await startContender(github, desired, {
    name: pace === "steady" ? "ghcr-fleet" : "ghcr-fleet, fastest",
    settings: pace === "steady" ? {} : fastest,
    pat: "ghcr-fleet:pat",
    folder,
    project: folder,
    config: ({ timeoutMinutes, form, permissions }) => ({
      "ghcr-fleet:registryUrl": github.registryUrl,
      "ghcr-fleet:fleet": {
        pace,
        username,
        ...(form === "shared" && { shared: { repository: `${owner}/${central}` } }),
        defaults: {
          form,
          timeoutMinutes,
          onRemove: "delete",
          actions: { tokenPermissions: permissions ? "read" : "unmanaged" },
        },
        repositories: [{ match: "service-*" }],
      },
    }),
  });
  const command = fileURLToPath(new URL("../../bin/ghcr-fleet.mjs", import.meta.url));
  return {
    ...contender,
    async rotate(pat, { signal }) {
      const env = { ...process.env, ...stack.shellVariables, NEW_PAT: github.tokens[pat] };
      const args = ["rotate", stack.stack, "--yes", "--from-command", "printenv NEW_PAT"];
      // No workflows run here, so no image can prove the PAT: only the registry does.
      const options = { cwd: folder, env, signal };
      const run = promisify(execFile)(
        process.execPath,
        [command, ...args, "--no-health-gate"],
        options,
      );
      await run.catch((error: unknown) => {
        const { message, stdout = "" } = error as Error & { stdout?: string };
        // The command says on standard output how a rotation ended.
        throw new Error(`${message}${stdout}`);
      });
      return {};
    },
  };
}

/** The same with the official provider only: bench/contenders/plain. */
export async function startPlain(
  github: SimulatedGitHub,
  desired: Desired,
  pace: "default" | "fastest",
): Promise<Contender> {
  const { contender } = await startContender(github, desired, {
    name: pace === "default" ? "@pulumi/github" : "@pulumi/github, fastest",
    settings: pace === "default" ? {} : fastest,
    pat: "plain:pat",
    folder: await mkdtemp(join(tmpdir(), "ghcr-fleet-bench-")),
    project: fileURLToPath(new URL("plain", import.meta.url)),
    config: ({ names, timeoutMinutes, permissions }) => ({
      "plain:repositories": names,
      "plain:timeoutMinutes": timeoutMinutes,
      "plain:permissions": permissions,
      "plain:secretName": secretName,
      "plain:username": username,
    }),
  });
  return contender;
}

interface PulumiContender {
  readonly name: string;
  /** Of the official provider. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly config: (desired: Desired) => Record<string, unknown>;
  /** The key of the PAT. */
  readonly pat: string;
  readonly folder: string;
  readonly project: string;
}

async function startContender(
  github: SimulatedGitHub,
  first: Desired,
  { name, settings, config, pat, folder, project }: PulumiContender,
): Promise<{ contender: Contender; stack: PulumiStack }> {
  const wholeConfig = (desired: Desired) => ({
    "github:owner": owner,
    "github:baseUrl": `${github.url}/`,
    ...settings,
    ...config(desired),
  });
  const stack = await PulumiStack.create({
    folder,
    stack: "bench",
    project,
    config: wholeConfig(first),
    secrets: {
      "github:token": github.tokens["admin"] ?? "",
      [pat]: github.tokens[first.pat] ?? "",
    },
  });
  let stored = first.pat;
  const log = join(folder, "events.json");
  const run = async (args: string[], options: RunOptions): Promise<Applied> => {
    await rm(log, { force: true });
    const flags = ["--yes", "--skip-preview", "--event-log", log];
    // Without the variable, the engine has no such option.
    const env = { PULUMI_DEBUG_COMMANDS: "true" };
    await stack.must([...args, ...flags, "--config-file", stack.configFile], { ...options, env });
    return { steps: await countSteps(log) };
  };
  const contender: Contender = {
    name,
    async prepare(desired) {
      await stack.configure(wholeConfig(desired));
      if (desired.pat !== stored) await stack.setSecret(pat, github.tokens[desired.pat] ?? "");
      stored = desired.pat;
    },
    apply: ({ refresh, signal }) => run(refresh ? ["up", "--refresh"] : ["up"], { signal }),
    destroy: ({ signal }) => run(["destroy"], { signal }),
    async stateSize() {
      const stacks = join(folder, "state", ".pulumi", "stacks");
      const files = await readdir(stacks, { recursive: true });
      const file = files.find((each) => each.endsWith("bench.json")) ?? "";
      return (await stat(join(stacks, file))).size;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
  return { contender, stack };
}

const eventSchema = z.looseObject({
  resOutputsEvent: z.looseObject({ metadata: z.looseObject({ op: z.string() }) }).optional(),
});

/** The steps that ended with another state of their resource, in the engine's log of events. */
async function countSteps(log: string): Promise<number> {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const { resOutputsEvent } = eventSchema.parse(JSON.parse(line));
    const op = resOutputsEvent?.metadata.op;
    if (op !== undefined && !["same", "read", "refresh"].includes(op)) count += 1;
  }
  return count;
}
