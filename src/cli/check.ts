import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { checkExceptions, checkWorkflows } from "../../policy/check.ts";
import {
  parsePolicyConfig,
  PolicyConfigError,
  type PolicyConfig,
} from "../../policy/policy-config.ts";
import { toSarif } from "../../policy/to-sarif.ts";
import { checkStack } from "./check-stack.ts";
import { findingsAsJson, findingsAsText } from "./print-findings.ts";
import { UsageError } from "./usage-error.ts";

export interface CheckCommand {
  /** Stack whose fleet is judged, from Pulumi.<stack>.yaml in this folder. */
  readonly stack?: string;
  /** File to write SARIF 2.1.0 to. */
  readonly sarif?: string;
  readonly json?: boolean;
  /** "acme/api" */
  readonly repository?: string;
  /** File with a policy configuration, as the engine takes it. */
  readonly policyPackConfig?: string;
}

const refused = 3;
const workflowsFolder = ".github/workflows";

/**
 * `ghcr-fleet check`: judges workflow files, and the fleet of a stack, by the rules of the policy
 * pack. The process ends with 3 where a mandatory rule is broken.
 *
 * @throws {UsageError} a path, an option or a configuration that is none
 */
export async function check(paths: readonly string[], options: CheckCommand): Promise<void> {
  const { repository, policyPackConfig, stack } = options;
  const config = policyPackConfig === undefined ? {} : await readPolicyConfig(policyPackConfig);
  const now = new Date();

  const texts = await readWorkflows(
    paths.length > 0 || stack !== undefined ? paths : [workflowsFolder],
  );
  const fleet = stack === undefined ? undefined : await checkStack(stack, { config, now });
  const result = {
    files: [...texts.map(({ path }) => path), ...(fleet ? [fleet.path] : [])],
    findings: [
      ...checkExceptions(config, now),
      ...(await checkWorkflows(texts, { repository, config, now })),
      ...(fleet?.findings ?? []),
    ],
    open: fleet?.open ?? [],
  };

  if (options.sarif !== undefined) {
    const place = policyPackConfig && { policyConfig: relative(".", policyPackConfig) };
    const sarif = toSarif(result.findings, { ...place, open: result.open });
    await writeFile(options.sarif, `${JSON.stringify(sarif, null, 2)}\n`);
  }
  process.stdout.write(`${options.json ? findingsAsJson(result) : findingsAsText(result)}\n`);
  if (result.findings.some(({ level }) => level === "mandatory")) process.exitCode = refused;
}

async function readWorkflows(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
  const found = await Promise.all(paths.map(workflowFilesIn));
  const files = [...new Set(found.flat())].sort();
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
}

/** A file itself, the workflows of a checkout, or all workflow files of a folder. */
async function workflowFilesIn(path: string): Promise<string[]> {
  if (await isFile(path)) return [relative(".", path)];
  const entries = await readdir(path);
  const folder = entries.includes(".github") ? join(path, workflowsFolder) : path;
  const names = folder === path ? entries : await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name));
  if (files.length > 0) return files.map((name) => relative(".", join(folder, name)));
  throw new UsageError(
    `${path}: there are no workflow files here; name a file, a folder of them, or a checkout`,
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    throw new UsageError(`${path}: there is no such file or folder`);
  }
}

async function readPolicyConfig(file: string): Promise<PolicyConfig> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file}: there is no such file`);
  });
  try {
    return parsePolicyConfig(JSON.parse(text));
  } catch (error) {
    if (error instanceof PolicyConfigError) {
      throw new UsageError(
        `${file} is no policy configuration:\n  ${error.message.replaceAll("\n", "\n  ")}`,
      );
    }
    throw new UsageError(`${file}: this is no JSON, which a policy configuration must be`);
  }
}
