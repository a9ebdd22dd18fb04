import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { satisfies } from "semver";
import { engineVersion, findEngine, supportedVersions } from "../../../tools/engine.ts";
import { ok, problem, warning, type Finding } from "../../operations/doctor/finding.ts";

/** The first that runs TypeScript; also in tools/node.mjs. */
const supportedNode = ">=22.18";

/**
 * Whether engine, Node and SDK fit together.
 *
 * @param folder of the project
 * @param env with which the engine would run
 */
export function judgeVersions(folder: string, env: NodeJS.ProcessEnv): Finding[] {
  return [judgeEngine(env), judgeNode(env), judgeSdk(folder)];
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
