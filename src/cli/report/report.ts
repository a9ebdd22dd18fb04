import { colors } from "../terminal/colors.ts";
import { assertOutputs, isStandardOutput, writeOutput } from "../terminal/write-output.ts";
import { printNote } from "../terminal/print-note.ts";
import { brokenRules, type FleetReport, type ReportOptions } from "../../report/fleet-report.ts";
import { printable } from "../../printable.ts";
import { renderHtml } from "../../report/html/render-html.ts";
import { renderJson } from "../../report/render-json.ts";
import { renderMarkdown } from "../../report/render-markdown.ts";
import { statusText } from "../../report/status-text.ts";
import type { StatusCheck } from "../../operations/status/crossing.ts";
import { judgeStatus } from "../../operations/status/judge-status.ts";
import { readReport } from "./read-report.ts";
import { UsageError } from "../../user-error.ts";

export interface ReportCommand {
  readonly html?: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly from?: string;
  readonly minDays: number;
  readonly maxAge?: number;
  readonly ignore: readonly StatusCheck[];
  readonly probe?: boolean;
  readonly policyPackConfig?: string;
}

const renderers = { html: renderHtml, json: renderJson, markdown: renderMarkdown } as const;

/**
 * `ghcr-fleet report`: writes the files that the options name, or prints the report where none is named.
 *
 * @throws {UsageError} the file of `--from` cannot be read, or one to write cannot be written
 */
export async function report(names: readonly string[], options: ReportCommand): Promise<void> {
  const { minDays, maxAge, from, policyPackConfig } = options;
  if (from !== undefined && names.length > 0) {
    throw new UsageError("--from contains the stacks: leave out their names");
  }
  if (from !== undefined && policyPackConfig !== undefined) {
    throw new UsageError("--from contains what was judged: leave out --policy-pack-config");
  }
  await assertOutputs({
    "--html": options.html,
    "--json": options.json,
    "--markdown": options.markdown,
  });
  const thresholds = { minDays, maxAge, ignore: new Set(options.ignore) };
  const read = from === undefined ? await gather(names, options) : await readReport(from);

  const wanted = (["html", "json", "markdown"] as const).filter((form) => options[form]);
  const isPiped = wanted.some((form) => isStandardOutput(options[form]));
  const say = (file: string) => (isPiped ? printNote(file) : process.stdout.write(`${file}\n`));
  for (const form of wanted) {
    const file = options[form] ?? "";
    await writeOutput(file, renderers[form](read, { thresholds }));
    if (!isStandardOutput(file)) say(file);
  }
  if (wanted.length === 0) process.stdout.write(`${toText(read, { thresholds })}\n`);
}

/** Loads the engine's modules only where GitHub and the engine are asked. */
async function gather(names: readonly string[], options: ReportCommand): Promise<FleetReport> {
  const { gatherReport } = await import("./gather-report.ts");
  return gatherReport(process.cwd(), names, options);
}

function toText({ stacks, policies }: FleetReport, { thresholds }: ReportOptions): string {
  const { minDays } = thresholds;
  const texts = stacks.map((status) =>
    statusText(status, judgeStatus(status, thresholds), { colors, minDays, attentionOnly: false }),
  );
  const broken = (policies ? brokenRules(policies) : []).flatMap(
    ({ id, level, violations, remediation }) =>
      violations.map(
        ({ repository, path, line, message }) =>
          `${colors[level === "mandatory" ? "red" : "yellow"](level)} ${colors.bold(id)} ${printable(`${repository} ${path}:${line} ${message}`)} ${remediation}`,
      ),
  );
  return [...texts, ...(broken.length > 0 ? [broken.join("\n")] : [])].join("\n\n");
}
