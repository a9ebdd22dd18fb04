import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import colors from "picocolors";
import { checkWorkflows, type CheckConfig, type CheckFinding } from "../../policy/check.ts";
import { toSarif } from "../../policy/to-sarif.ts";
import { UsageError } from "./usage-error.ts";

export interface CheckCommand {
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
 * `ghcr-fleet check`: judges workflow files by the rules of the policy pack. The process ends with 3
 * where a mandatory rule is broken.
 *
 * @throws {UsageError} a path or option that leads nowhere
 */
export async function check(paths: readonly string[], options: CheckCommand): Promise<void> {
  const { repository, policyPackConfig } = options;
  const found = await Promise.all(
    (paths.length > 0 ? paths : [workflowsFolder]).map(workflowFilesIn),
  );
  const files = [...new Set(found.flat())].sort();
  const texts = await Promise.all(
    files.map(async (path) => ({ path, text: await readFile(path, "utf8") })),
  );
  const config = policyPackConfig === undefined ? undefined : await readConfig(policyPackConfig);
  const findings = await checkWorkflows(texts, { repository, config, now: new Date() });

  if (options.sarif !== undefined) {
    const sarif = toSarif(findings, policyPackConfig && relative(".", policyPackConfig));
    await writeFile(options.sarif, `${JSON.stringify(sarif, null, 2)}\n`);
  }
  const text = options.json ? toJson(files, findings) : toText(files, findings);
  process.stdout.write(`${text}\n`);
  if (findings.some(({ level }) => level === "mandatory")) process.exitCode = refused;
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

async function readConfig(file: string): Promise<CheckConfig> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as CheckConfig;
  } catch {
    throw new UsageError(`${file}: this is no policy configuration; it must be a JSON file`);
  }
}

function toJson(files: readonly string[], findings: readonly CheckFinding[]): string {
  const shown = findings.map(({ rule, level, path, line, message }) => ({
    rule: rule.id,
    level,
    severity: rule.severity,
    ...(path !== undefined && { path, line }),
    message,
    fix: rule.remediation,
    source: rule.source,
  }));
  return JSON.stringify({ files, findings: shown }, null, 2);
}

function toText(files: readonly string[], findings: readonly CheckFinding[]): string {
  const count = (wanted: CheckFinding["level"]) =>
    findings.filter(({ level }) => level === wanted).length;
  const lines = findings.map(({ rule, level, path, line, message }) => {
    const color = level === "mandatory" ? colors.red : colors.yellow;
    const place = path === undefined ? "" : `${path}:${line}: `;
    return `${place}${color(level)} ${colors.bold(rule.id)}: ${message} ${rule.remediation}`;
  });
  const judged = files.length === 1 ? "1 workflow file" : `${files.length} workflow files`;
  const sum =
    findings.length === 0
      ? "nothing to say"
      : `${count("mandatory")} mandatory, ${count("advisory")} advisory`;
  return [...lines, `${judged}: ${sum}`].join("\n");
}
