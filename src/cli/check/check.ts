import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { CheckFinding } from "../../../policy/check.ts";
import { checkExceptions, checkWorkflows } from "../../../policy/check.ts";
import { toSarif } from "../../../policy/output/to-sarif.ts";
import {
  assertOutputs,
  isStandardOutput,
  jsonText,
  writeOutput,
} from "../terminal/write-output.ts";
import { checkStack } from "./check-stack.ts";
import { findingsAsJson, findingsAsText, type CheckResult } from "./print-findings.ts";
import { readPolicyConfig } from "../stacks/read-policy-config.ts";
import { readWorkflowFiles, type WorkflowFile } from "./read-workflow-files.ts";
import { githubCom } from "../../github-host.ts";
import { readRemotes, registryOfRemotes } from "../git/read-remotes.ts";

export interface CheckCommand {
  readonly stack?: string;
  readonly sarif?: string;
  readonly json?: boolean;
  /** "acme/api" */
  readonly repository?: string;
  /** Host of the registry; by the checkout's remotes if absent. */
  readonly registry?: string;
  readonly policyPackConfig?: string;
  readonly stdinFilename?: string;
}

const refused = 3;

/**
 * `ghcr-fleet check`: applies the rules of the policy pack to workflow files, and to the fleet of a
 * stack. The process ends with 3 where a mandatory rule is broken.
 *
 * @throws {UsageError} a path, an option or a configuration is not valid
 */
export async function check(paths: readonly string[], options: CheckCommand): Promise<void> {
  const { repository, policyPackConfig, stack, stdinFilename: filename = "stdin.yml" } = options;
  await assertOutputs({ "--json": options.json ? "-" : undefined, "--sarif": options.sarif });
  const config = await readPolicyConfig(policyPackConfig);
  const now = new Date();

  const texts = await readWorkflowFiles(
    paths.length > 0 || stack !== undefined ? paths : [".github"],
    { stream: process.stdin, filename },
  );
  const remotes = await readRemotes(process.cwd());
  const host = {
    registry: registryOfRemotes(texts.length > 0 ? remotes : [], options.registry),
    web: (remotes[0]?.host ?? githubCom).web,
  };
  const fleet = stack === undefined ? undefined : await checkStack(stack, { config, now });
  const result = {
    host: fleet?.host ?? host,
    files: [...texts.map(({ path }) => path), ...(fleet?.paths ?? [])],
    findings: inOrder([
      ...checkExceptions(config, now),
      ...(await checkWorkflows(texts, { repository, config, host, now })),
      ...(fleet?.findings ?? []),
    ]),
    open: fleet?.open ?? [],
  };

  if (options.sarif !== undefined) {
    const further = await Promise.all(
      [...(fleet?.paths ?? []), policyPackConfig && relative(".", policyPackConfig)]
        .filter((path) => path !== undefined)
        .map(async (path) => ({ path, text: await readFile(path, "utf8") })),
    );
    await writeSarif(options.sarif, result, [...texts, ...further], policyPackConfig);
  }
  if (!isStandardOutput(options.sarif))
    process.stdout.write(`${options.json ? findingsAsJson(result) : findingsAsText(result)}\n`);
  if (result.findings.some(({ level }) => level === "mandatory")) process.exitCode = refused;
}

/** By file, then by line. */
function inOrder(findings: readonly CheckFinding[]): CheckFinding[] {
  return findings.toSorted(
    (one, other) => compare(one.path ?? "", other.path ?? "") || one.line - other.line,
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

async function writeSarif(
  file: string,
  { findings, open, host }: CheckResult,
  sources: readonly WorkflowFile[],
  policyConfig: string | undefined,
): Promise<void> {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const place = policyConfig !== undefined && { policyConfig: relative(".", policyConfig) };
  const sarif = toSarif(findings, { ...place, open, texts, host });
  await writeOutput(file, jsonText(sarif));
}
