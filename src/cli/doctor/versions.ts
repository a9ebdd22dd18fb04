import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { satisfies } from "semver";
import { parse } from "yaml";
import { z } from "zod";
import { engineVersion, findEngine, supportedVersions } from "../../../tools/engine.ts";
import { ok, problem, warning, type Finding } from "../../operations/doctor/finding.ts";
import { judgeOfficialProviders } from "./official-providers.ts";

/** The first that runs TypeScript; also in tools/node.mjs. */
const supportedNode = ">=22.18";

/**
 * Whether engine, Node, SDK, providers and this command fit together.
 *
 * @param folder of the project
 * @param env with which the engine would run
 * @param own version of this command
 */
export function judgeVersions(folder: string, env: NodeJS.ProcessEnv, own: string): Finding[] {
  return [
    judgeEngine(env),
    judgeNode(env),
    judgeSdk(folder),
    judgeProvider(folder, own),
    judgeOfficialProviders(env),
  ];
}

function judgeEngine(env: NodeJS.ProcessEnv): Finding {
  const { engine, missing } = findEngine(env);
  if (engine) {
    return ok("engine", `${engine.version}, ${engine.origin}; supported is ${supportedVersions}`);
  }
  const next = `ghcr-fleet pulumi version downloads ${engineVersion()}`;
  return problem("engine", missing, next);
}

/** The engine starts program, provider and policy pack with the Node on PATH. */
function judgeNode(env: NodeJS.ProcessEnv): Finding {
  const next = `install Node ${supportedNode}: https://nodejs.org/en/download`;
  try {
    const found = execFileSync("node", ["--version"], { env, encoding: "utf8", timeout: 20_000 });
    const version = found.trim().replace(/^v/, "");
    return satisfies(version, supportedNode)
      ? ok("node", `${version}; supported is ${supportedNode}`)
      : problem("node", `${version} is on PATH; supported is ${supportedNode}`, next);
  } catch {
    return problem("node", "there is no Node on PATH, and the engine needs one", next);
  }
}

/** Two copies of the SDK would not know each other's resources. */
function judgeSdk(folder: string): Finding {
  const own = engineVersion();
  try {
    const require = createRequire(join(folder, "package.json"));
    const path = require.resolve("@pulumi/pulumi/package.json");
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
    if (version === own) return ok("sdk", version);
    const text = `the project has @pulumi/pulumi ${version}, and ghcr-fleet was tested with ${own}`;
    return warning("sdk", text, `npm install @pulumi/pulumi@${own}`);
  } catch {
    const text = "the project's packages are not installed";
    return problem("sdk", text, "run npm install in the project's folder");
  }
}

const projectSchema = z.object({
  plugins: z.object({
    providers: z.array(z.object({ name: z.string(), path: z.string().optional() })),
  }),
});

/** The engine starts the provider at this path; the command comes from the same package, or should. */
export function judgeProvider(folder: string, own: string): Finding {
  const next =
    "run npm install in the project's folder, or correct plugins.providers in Pulumi.yaml";
  const path = providerPath(folder);
  if (path === undefined) {
    return problem("provider", "Pulumi.yaml does not say where the provider ghcr is", next);
  }
  if (!existsSync(join(path, "PulumiPlugin.yaml"))) {
    return problem("provider", `there is none at ${path}, which Pulumi.yaml names`, next);
  }
  const version = versionOf(join(path, ".."));
  if (version === own) return ok("provider", `${version}, at ${path}`);
  const text = `the one at ${path} is of ghcr-fleet ${version ?? "without a version"}, and this command is ${own}`;
  return problem("provider", text, "run the project's own command: npx --no-install ghcr-fleet");
}

function providerPath(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
    const { providers } = projectSchema.parse(parse(text)).plugins;
    const path = providers.find(({ name }) => name === "ghcr")?.path;
    return path === undefined ? undefined : resolve(folder, path);
  } catch {
    return undefined;
  }
}

function versionOf(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, "package.json"), "utf8");
    return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
}
