import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../src/user-error.ts";
import { withLock } from "../src/with-lock.ts";
import { downloadInto, type Download } from "./download-engine.ts";
import {
  builtFolder,
  cacheFolder,
  downloadedFolder,
  engineVersion,
  findEngine,
  isCheckout,
  officialProviders,
  sources,
  type Engine,
} from "./engine.ts";
import { runStep } from "./run-step.ts";

/**
 * Finds a Pulumi engine or sets one up: it is downloaded from its vendor; if that is not possible, a checkout
 * builds it from its Go modules.
 *
 * @throws {UserError} names each way that failed, and the next step
 */
export async function ensureEngine(
  env: NodeJS.ProcessEnv = process.env,
  download: Download = fetch,
): Promise<Engine> {
  const { engine, missing } = findEngine(env);
  if (engine) return engine;
  const failures = [missing];
  const cache = cacheFolder(env);
  const downloadEngine = () =>
    makeOnce(downloadedFolder(cache), (folder) => downloadInto(folder, env, download));
  const buildEngine = () => makeOnce(builtFolder(cache), (folder) => buildInto(folder, env));
  for (const setUp of isCheckout ? [downloadEngine, buildEngine] : [downloadEngine]) {
    try {
      await setUp();
      const ready = findEngine(env).engine;
      if (ready) return ready;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      process.stderr.write(`– ${error.message}\n`);
      failures.push(error.message);
    }
  }
  throw new UserError(
    `There is no Pulumi engine, and each way to get version ${engineVersion()} failed:\n` +
      failures.map((failure) => `- ${failure}\n`).join("") +
      (isCheckout ? "" : fromClone) +
      "Fix one of them and run the command again. How to install pulumi: https://www.pulumi.com/docs/iac/download-install/",
  );
}

/** For machines that reach Go's modules only. */
const fromClone =
  "Without a way to these hosts, `npm run setup` in a clone of ghcr-fleet builds an engine and prints its folder, <folder>/bin: " +
  'export PATH="<folder>/bin:$PATH" PULUMI_HOME="<folder>/home"\n';

/**
 * Makes an engine in a folder that gets its final name at the end, so that there is never an incomplete engine. One
 * process does this; others wait for it.
 */
async function makeOnce(target: string, make: (folder: string) => Promise<void>): Promise<void> {
  const engines = dirname(target);
  const onWait = ({ pid }: { pid: number }) =>
    process.stderr.write(`Process ${pid} sets the engine up: waiting for it.\n`);
  const work = async () => {
    const names = await readdir(engines);
    if (names.includes(basename(target))) return;
    // No other process works here, so these folders are from processes that were killed.
    for (const name of names.filter((each) => each.startsWith(unfinished))) {
      await rm(join(engines, name), { recursive: true });
    }
    const folder = await mkdtemp(join(engines, unfinished));
    try {
      await make(folder);
      await rename(folder, target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await withLock(join(engines, "build.lock"), work, { onWait }).catch((error: unknown) => {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new UserError(
      `the cache folder cannot be written (${error.message}): make it writable, free disk space, or choose another with GHCR_FLEET_CACHE=<folder>`,
    );
  });
}

const unfinished = "unfinished-";

async function buildInto(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const version = engineVersion();
  const bin = join(folder, "bin");
  // The provider "random" is a separate module: its bridge does not compile with the engine's version.
  const random = join(sources, "cmd/pulumi-resource-random");
  const cli = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  await compile(`Pulumi engine ${version}`, sources, [cli, "./cmd/..."], bin, env);
  await compile("Pulumi provider random", random, ["."], bin, env);
  // The engine finds providers in its home: https://www.pulumi.com/docs/iac/concepts/plugins/
  for (const name of officialProviders) {
    const program = `pulumi-resource-${name}`;
    const main = await readFile(join(sources, "cmd", program, "main.go"), "utf8");
    const provider = /const version = "(.+)"/.exec(main)?.[1];
    const plugin = join(folder, "home", "plugins", `resource-${name}-v${provider}`);
    await mkdir(plugin, { recursive: true });
    await rename(join(bin, program), join(plugin, program));
  }
}

async function compile(
  title: string,
  cwd: string,
  packages: readonly string[],
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // No C compiler is needed, and a go.work above the checkout is ignored.
  const go = { cwd, env: { ...env, CGO_ENABLED: "0", GOWORK: "off" } };
  const list = ["list", "-deps", "-mod=readonly", ...packages];
  const dependencies = await runStep(`${title}: Go modules`, "go", list, go);
  const variable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
  const flags = ["-v", "-mod=readonly", "-trimpath", "-o", `${bin}/`];
  const ldflags = `-s -w -X ${variable}=v${engineVersion()}`;
  await runStep(`${title}: build`, "go", ["build", ...flags, "-ldflags", ldflags, ...packages], {
    ...go,
    total: dependencies.length,
  });
}
