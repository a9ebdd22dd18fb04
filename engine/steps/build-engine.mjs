import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeLazyDictionaries } from "../cli/lazy-dictionaries.mjs";
import { exists } from "./exists.mjs";
import { findGo } from "./go-toolchain.mjs";
import { builtFolder } from "./locate-engine.mjs";
import { runProcess } from "./run-process.mjs";
import { SetupError } from "./setup-error.mjs";
import { withLock } from "./with-lock.mjs";

const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
/** Folders of builds that have not finished start with this. */
const unfinished = "unfinished-";

/** @typedef {import("./settings.mjs").Settings} Settings */
/** @typedef {import("./engine-sources.mjs").EngineSources} EngineSources */
/** @typedef {import("../cli/lazy-dictionaries.mjs").GoRun} GoRun */

/**
 * Builds engine, language host and providers from their published Go modules into the cache. All
 * happens in a folder beside the final one, which is renamed at the end: an engine is there as a
 * whole or not at all. One build runs at a time; the others wait and use what it made.
 *
 * @param {Settings} settings
 * @param {EngineSources} sources
 * @throws {SetupError} without a Go that can build it, or when the build fails
 */
export async function buildEngine(settings, sources) {
  const go = await findGo(settings);
  const target = builtFolder(settings.cache, sources);
  const engines = join(settings.cache, "engine");
  const { progress, signal } = settings;
  await withLock(
    join(engines, "build.lock"),
    async () => {
      if (await exists(target)) return;
      await removeUnfinished(engines);
      progress.note("Building it from its Go modules: about 7 minutes the first time on 2 cores.");
      const folder = await mkdtemp(join(engines, unfinished));
      try {
        await buildInto(folder, go, settings, sources);
        await rename(folder, target);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    {
      ...(signal && { signal }),
      onWait: ({ pid }) => progress.note(`Another process (${pid}) is building it: waiting.`),
    },
  );
}

/**
 * @param {string} folder
 * @param {string} go
 * @param {Settings} settings
 * @param {EngineSources} sources
 */
async function buildInto(folder, go, settings, sources) {
  const { root, env, signal } = settings;
  const bin = join(folder, "bin");
  const home = join(folder, "home");
  await Promise.all([mkdir(bin), mkdir(home)]);
  const ldflags = `-s -w -X ${versionVariable}=v${sources.version}`;
  await compile(go, settings, {
    title: `Pulumi engine v${sources.version}`,
    cwd: join(root, "engine", "cli"),
    packages: cliPackage,
    args: ["-ldflags", ldflags, "-o", join(bin, "pulumi")],
    modfile: (run) => writeLazyDictionaries(go, join(folder, "sources"), run),
  });
  await compile(go, settings, {
    title: "language host and providers",
    cwd: join(root, "engine", "plugins"),
    packages: "./cmd/...",
    args: ["-ldflags", "-s -w", "-o", `${bin}/`],
  });

  // A provider in PULUMI_HOME is found without the warning that one on PATH causes.
  const run = {
    env: { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    ...(signal && { signal }),
  };
  for (const { name, version } of sources.providers) {
    const file = join(bin, `pulumi-resource-${name}`);
    const args = ["plugin", "install", "resource", name, `v${version}`, "--file", file];
    const { code, lines } = await runProcess(join(bin, "pulumi"), args, run);
    if (code !== 0) throw new SetupError(failure(`pulumi ${args.join(" ")}`, lines));
    await rm(file);
  }
  const { stdout } = await runProcess(join(bin, "pulumi"), ["version"], run);
  if (stdout !== `v${sources.version}`) {
    throw new SetupError(
      `The engine that was built calls itself ${stdout}, not v${sources.version}.`,
    );
  }
  await rm(join(home, "logs"), { recursive: true, force: true });
  await rm(join(folder, "sources"), { recursive: true });
}

/**
 * Runs `go build` and shows how far it is, in packages.
 *
 * @param {string} go
 * @param {Settings} settings
 * @param {{ title: string, cwd: string, packages: string, args: string[],
 *           modfile?: (run: GoRun) => Promise<string> }} what
 */
async function compile(go, { env, progress, signal, verbose }, what) {
  const { title, cwd, packages, args, modfile } = what;
  const run = {
    cwd,
    // No C compiler is needed, and a go.work above the checkout has no say.
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
    ...(signal && { signal }),
  };
  const task = progress.start(title);
  /** @param {string} line */
  const show = (line) => verbose && progress.note(line);
  try {
    let downloads = 0;
    const listed = await runProcess(go, ["list", "-deps", "-mod=readonly", packages], {
      ...run,
      onLine(line) {
        if (!line.startsWith("go: downloading")) return;
        task.update(`${++downloads} modules downloaded`);
        show(line);
      },
    });
    if (listed.code !== 0) throw new SetupError(failure(`go list in ${cwd}`, listed.lines));

    const total = listed.stdout.split("\n").length;
    let compiled = 0;
    const flags = ["-v", "-mod=readonly", "-trimpath", ...args];
    // Once all modules are there.
    if (modfile) flags.push(`-modfile=${await modfile(run)}`);
    const built = await runProcess(go, ["build", ...flags, packages], {
      ...run,
      onLine(line) {
        task.update(`${++compiled} of ${total} packages compiled`);
        show(line);
      },
    });
    if (built.code !== 0) throw new SetupError(failure(`go build in ${cwd}`, built.lines));
    task.done(`${title} built`);
  } catch (error) {
    task.leave(`${title} not built`);
    throw error;
  }
}

/** @param {string} command @param {string[]} lines */
function failure(command, lines) {
  const text = lines.join("\n");
  const next = /no space left/.test(text)
    ? "The disk is full: the build needs about 4 GB for Go's caches."
    : /dial tcp|no such host|i\/o timeout|connection refused/.test(text)
      ? "Go modules could not be downloaded: check the network, or GOPROXY (`go env GOPROXY`)."
      : "Run `npm run setup:engine -- --verbose` to see it all. Nothing was left half-installed.";
  return `${command} failed:\n${lines.slice(-12).join("\n")}\n${next}`;
}

/** Under the lock, a folder that has not been renamed belongs to a build that was killed. */
/** @param {string} engines */
async function removeUnfinished(engines) {
  for (const name of await readdir(engines)) {
    if (name.startsWith(unfinished)) await rm(join(engines, name), { recursive: true });
  }
}
