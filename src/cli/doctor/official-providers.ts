import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { gte, major } from "semver";
import { z } from "zod";
import { ok, warning, type Finding } from "../../operations/doctor/finding.ts";

/** Of what exists once in an organisation, such as its variable, and of random values. */
const names = ["github", "random"] as const;

/**
 * Whether the official providers are installed where the engine looks: in its folder of plugins, or on PATH. The engine
 * downloads those that are missing, which a machine without a way to the vendor learns in the middle of a preview.
 *
 * @param env with which the engine would run
 * @see https://www.pulumi.com/docs/iac/concepts/plugins/
 */
export function judgeOfficialProviders(env: NodeJS.ProcessEnv): Finding {
  const check = "official providers";
  const wanted = names.map((name) => ({ name, version: wantedVersion(name) }));
  const missing = wanted.filter(({ name, version }) => !isInstalled(env, name, version));
  const list = (which: typeof wanted) =>
    which.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (missing.length === 0) return ok(check, list(wanted));
  const next = missing
    .map(({ name, version }) => `pulumi plugin install resource ${name} v${version} --file <file>`)
    .join(" && ");
  const text = `${list(missing)} ${missing.length === 1 ? "is" : "are"} not installed: the engine downloads what is missing with the first preview`;
  return warning(check, text, `without a way to the vendor, ${next}`);
}

/** The version of its package, from which the program declares resources. */
function wantedVersion(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  const text = readFileSync(resolve(`@pulumi/${name}/package.json`), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

function isInstalled(env: NodeJS.ProcessEnv, name: string, wanted: string): boolean {
  const isOnPath = (env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => existsSync(join(folder, `pulumi-resource-${name}`)));
  return isOnPath || versionsInHome(env, name).some((each) => isSuitable(each, wanted));
}

/** Versions of a plugin in the engine's folder; none where it cannot be read. */
function versionsInHome(env: NodeJS.ProcessEnv, name: string): string[] {
  const folder = join(env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  try {
    const pattern = new RegExp(`^resource-${name}-v(\\d+\\.\\d+\\.\\d+)$`);
    return readdirSync(folder).flatMap((entry) => pattern.exec(entry)?.[1] ?? []);
  } catch {
    return [];
  }
}

function isSuitable(version: string, wanted: string): boolean {
  return major(version) === major(wanted) && gte(version, wanted);
}
