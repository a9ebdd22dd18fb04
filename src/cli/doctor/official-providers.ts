import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { officialProviders } from "../../../tools/engine.ts";
import { ok, warning, type Finding } from "../../operations/doctor/finding.ts";

/**
 * Whether the official providers are installed where the engine looks: in its folder of plugins, or on PATH. The engine
 * downloads those that are missing, which fails in the middle of the first preview where the network does not allow it.
 *
 * @param env with which the engine would run
 * @see https://www.pulumi.com/docs/iac/concepts/plugins/
 */
export function judgeOfficialProviders(env: NodeJS.ProcessEnv): Finding {
  const check = "official providers";
  const wanted = officialProviders.map((name) => ({ name, version: wantedVersion(name) }));
  const missing = wanted.filter(({ name, version }) => !isInstalled(env, name, version));
  const list = (which: typeof wanted) =>
    which.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (missing.length === 0) return ok(check, list(wanted));
  const next = missing
    .map(({ name, version }) => `pulumi plugin install resource ${name} v${version} --file <file>`)
    .join(" && ");
  const text = `${list(missing)} ${missing.length === 1 ? "is" : "are"} not installed: the engine downloads what is missing with the first preview`;
  return warning(check, text, `without access to github.com and get.pulumi.com, run ${next}`);
}

/** The version of its package, from which the program declares resources. */
function wantedVersion(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  const text = readFileSync(resolve(`@pulumi/${name}/package.json`), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/**
 * The engine takes exactly the version that the program names, and a provider on PATH whatever its version is. The file
 * `.partial` is beside a provider that was not installed completely.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.276.0/sdk/go/common/workspace/plugins.go
 */
function isInstalled(env: NodeJS.ProcessEnv, name: string, version: string): boolean {
  const isOnPath = (env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => existsSync(join(folder, `pulumi-resource-${name}`)));
  const plugins = join(env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  const folder = join(plugins, `resource-${name}-v${version}`);
  return isOnPath || (existsSync(folder) && !existsSync(`${folder}.partial`));
}
