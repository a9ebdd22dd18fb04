import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, globSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import satisfies from "semver/functions/satisfies.js";
import valid from "semver/functions/valid.js";
import { UserError } from "../src/user-error.ts";
import { deleteUnusedCode } from "./compile-cache.ts";
import { keepNoLogs } from "./keep-no-logs.ts";

/** The supported versions of `pulumi` on PATH; the tests ran with the first and with our own. */
export const supportedVersions = ">=3.259.0 <4";

export interface Engine {
  origin: "found on PATH" | "downloaded from its vendor" | "built from Go modules";
  /** The folder that holds `pulumi`. */
  bin: string;
  version: string;
  /** PULUMI_HOME of an engine that was set up here: it contains the providers that were set up with it. */
  home?: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The sources of the engine's build. */
export const sources = join(root, "tools/engine");

/** Whether this is a checkout; an installed package contains no sources of the engine. */
export const isCheckout = existsSync(sources);

/** The official providers that the program uses. */
export const officialProviders = ["github", "random"] as const;

/** Our own version, such as `3.276.0`, which is the SDK's: the one that is downloaded or built. */
export function engineVersion(): string {
  return dependencyVersion("@pulumi/pulumi");
}

/** The version of an npm package that this one depends on. */
export function dependencyVersion(name: string): string {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  return (manifest.dependencies[name] ?? "").replace(/^\^/, "");
}

/** The folder of the build of these sources, which may not exist yet. */
export function builtFolder(cache: string): string {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of globSync("**/{*.go,go.mod,go.sum}", { cwd: sources }).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  }
  return join(cache, "engine", hash.digest("hex").slice(0, 16));
}

/**
 * The folder of the engine that was downloaded and verified with its providers, which may not exist yet. Other
 * versions have another folder, so that none comes without having been compared.
 */
export function downloadedFolder(cache: string): string {
  const providers = officialProviders.map(
    (name) => `${name}-${dependencyVersion(`@pulumi/${name}`)}`,
  );
  const name = ["downloaded", engineVersion(), ...providers, process.platform, process.arch];
  return join(cache, "engine", name.join("-"));
}

/** The cache folder. A relative path counts from the checkout. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  // A relative one is ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  const caches = isAbsolute(env["XDG_CACHE_HOME"] ?? "") ? env["XDG_CACHE_HOME"] : undefined;
  const cache = resolve(
    root,
    env["GHCR_FLEET_CACHE"] || join(caches ?? join(homedir(), ".cache"), "ghcr-fleet"),
  );
  if (!cache.includes(delimiter)) return cache;
  throw new UserError(
    `The cache folder ${cache} contains "${delimiter}", so the engine in it could not be on PATH. Choose another with GHCR_FLEET_CACHE=<folder>`,
  );
}

/**
 * Finds an engine without setting one up: `pulumi` on PATH, then the one that was
 * downloaded, then the one that was built.
 *
 * @returns `missing` is the reason why PATH has no usable one
 */
export function findEngine(env: NodeJS.ProcessEnv): { engine?: Engine; missing: string } {
  const cache = cacheFolder(env);
  // The vendor's npm package `pulumi` has a command of this name, which downloads an engine without verifying it.
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .filter(
      (each) =>
        isAbsolute(each) &&
        isProgram(join(each, "pulumi")) &&
        !each.endsWith(join("node_modules", ".bin")),
    );
  const folder = onPath.find((each) => !each.startsWith(cache));
  let missing = "pulumi is not on PATH";
  if (folder !== undefined) {
    const version = readVersion(join(folder, "pulumi"), env);
    if (satisfies(version, supportedVersions, { includePrerelease: true })) {
      return { engine: { origin: "found on PATH", bin: folder, version }, missing };
    }
    missing = `pulumi on PATH (${folder}) is ${version || "of unknown version"}; supported is ${supportedVersions}`;
  }
  const engine =
    engineIn(downloadedFolder(cache), "downloaded from its vendor") ??
    engineIn(builtFolder(cache), "built from Go modules") ??
    engineOfCache(
      onPath.find((each) => each.startsWith(cache)),
      env,
    );
  return engine ? { engine, missing } : { missing };
}

/** An engine that another version, or a clone of this package's sources, has set up, and that a person put on PATH. */
function engineOfCache(bin: string | undefined, env: NodeJS.ProcessEnv): Engine | undefined {
  if (bin === undefined) return undefined;
  const version = readVersion(join(bin, "pulumi"), env);
  if (!satisfies(version, supportedVersions, { includePrerelease: true })) return undefined;
  return { origin: "found on PATH", bin, version, home: join(dirname(bin), "home") };
}

/** The engine that was set up in a folder. */
function engineIn(folder: string, origin: Engine["origin"]): Engine | undefined {
  if (!existsSync(folder)) return undefined;
  const [bin, home] = [join(folder, "bin"), join(folder, "home")];
  return { origin, bin, version: engineVersion(), home };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @returns an empty text if it does not print a version */
function readVersion(program: string, env: NodeJS.ProcessEnv): string {
  const options = { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: 20_000 };
  const { stdout } = spawnSync(program, ["version"], { ...options, encoding: "utf8" });
  return valid(stdout.trim()) ?? "";
}

/** The variables with which a process runs `pulumi` and everything that it starts. */
export interface EngineEnvironment {
  PATH: string;
  PULUMI_HOME?: string;
  /** Where `pulumi login` keeps credentials: with an engine that has a home of its own, still the user's. */
  PULUMI_CREDENTIALS_PATH?: string;
  PULUMI_SKIP_UPDATE_CHECK: "true";
  /**
   * The folder in which Node stores compiled code, so that program, provider and pack start faster next
   * time.
   */
  NODE_COMPILE_CACHE: string;
}

/** As {@link EngineEnvironment}, for a process of ours that starts `pulumi`. */
export async function scriptEnvironment(): Promise<EngineEnvironment> {
  return { ...(await engineEnvironment()), NODE_COMPILE_CACHE: compileCache(process.env) };
}

function compileCache(env: NodeJS.ProcessEnv): string {
  return env["NODE_COMPILE_CACHE"] ?? join(cacheFolder(env), "compiled");
}

/**
 * The environment of the engine that the set-up found.
 *
 * @param env where to look; its PATH is extended
 * @throws {UserError} there is none
 */
export async function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineEnvironment> {
  const { engine, missing } = findEngine(env);
  if (engine === undefined) {
    const nextStep = isCheckout
      ? "Run `npm run setup` in the checkout first."
      : "`npx --no-install ghcr-fleet pulumi version` downloads one; https://www.pulumi.com/docs/iac/download-install/ lists other ways.";
    throw new UserError(`There is no Pulumi engine: ${missing}. ${nextStep}`);
  }
  if (engine.home !== undefined) await keepNoLogs(engine.home);
  const compiled = compileCache(env);
  // A folder that somebody else chose may contain what is not ours.
  if (env["NODE_COMPILE_CACHE"] === undefined) await deleteUnusedCode(compiled);
  const folders = [engine.bin, ...(env["PATH"] ?? "").split(delimiter)];
  // If `pulumi` is in /usr/bin, an older Node in that folder must not come first.
  if (process.execPath.startsWith(root)) folders.unshift(dirname(process.execPath));
  return {
    PATH: [...new Set(folders)].join(delimiter),
    ...(engine.home !== undefined && {
      PULUMI_HOME: engine.home,
      PULUMI_CREDENTIALS_PATH:
        env["PULUMI_CREDENTIALS_PATH"] || env["PULUMI_HOME"] || join(homedir(), ".pulumi"),
    }),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Node accepts compiled code only with the V8 flags with which it was compiled, and below the engine others are
    // set (provider/pulumi-resource-ghcr).
    NODE_COMPILE_CACHE: join(compiled, "engine"),
  };
}
