import { parse } from "csv-parse/sync";
import { StepFailure } from "../action/known-action.ts";

/**
 * Splits one CSV record, as docker's actions read their list inputs: `a=1,"b=2,3"`.
 * @throws StepFailure for unclosed quotes
 */
export function splitCsv(record: string): string[] {
  return readRecords(record, {})[0] ?? [];
}

/**
 * A list input of docker's actions: one item per line, without quotes.
 * @see https://github.com/docker/actions-toolkit/blob/main/src/util.ts
 */
export function readLines(input: string, { comments = false } = {}): string[] {
  const options = comments ? { comment: "#", comment_no_infix: true } : {};
  return readRecords(input, { ...options, relax_quotes: true })
    .map((record) => record.join(",").trim())
    .filter((item) => item !== "");
}

/** Comma- or line-separated items, without empty ones. */
export function splitList(lines: readonly string[]): string[] {
  return lines.flatMap(splitCsv).flatMap((item) => (item.trim() === "" ? [] : item.trim()));
}

/** `a=b` lines; without `=`, the value is empty. */
export function pairsOf(lines: readonly string[]): Record<string, string> {
  const pairs = lines.map((line) => {
    const [key = "", ...value] = line.split("=");
    return [key, value.join("=")];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function readRecords(text: string, options: object): string[][] {
  try {
    return parse(text, { ...options, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    throw new StepFailure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
