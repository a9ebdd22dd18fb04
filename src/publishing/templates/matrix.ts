import { Scalar, YAMLSeq, type Node, type YAMLMap } from "yaml";
import type { Runner } from "../../fleet/images/image-settings.ts";
import { inertScalar } from "./inert-scalar.ts";
import { mapOf, setBefore } from "./template.ts";

/** One job of a matrix: its values, by name. */
export type Row = Readonly<Record<string, Node | undefined>>;

/** Makes a job run once for each row, with the row's name, and whether or not another one fails. */
export function setMatrix(job: YAMLMap, rows: readonly Row[]): YAMLMap {
  const include = new YAMLSeq();
  const shared = sharedIn(rows, "runner");
  for (const row of rows) include.add(mapOf(shared ? { ...row, runner: undefined } : row));
  job.set("name", new Scalar("${{ matrix.name }}"));
  const matrix = mapOf({ include });
  setBefore(job, "runs-on", "strategy", mapOf({ "fail-fast": new Scalar(false), matrix }));
  job.set("runs-on", valueIn(rows, "runner"));
  setBefore(job, "steps", "env", mapOf({ IMAGE: new Scalar("${{ matrix.image }}") }));
  return job;
}

/** A value of the matrix, or the runner that all rows share; nothing where no row has it. */
export function valueIn(rows: readonly Row[], name: string): Node | undefined {
  if (!rows.some((row) => row[name])) return undefined;
  const shared = name === "runner" ? sharedIn(rows, name) : undefined;
  return shared ?? new Scalar(`\${{ matrix.${name} }}`);
}

function sharedIn(rows: readonly Row[], name: string): Node | undefined {
  const [first] = rows.map((row) => row[name]);
  const text = JSON.stringify(first);
  return rows.every((row) => JSON.stringify(row[name]) === text) ? first : undefined;
}

/** A label, a list of labels, or a group, as `runs-on` takes them. */
export function runnerNode(runner: Runner): Node {
  if (typeof runner === "string") return inertScalar(runner);
  if (!("group" in runner)) return listOf(runner);
  const { group, labels } = runner;
  return mapOf({ group: inertScalar(group), labels: labels === undefined ? undefined : runnerNode(labels) });
}

/** `[self-hosted, linux]`, on one line. */
export function listOf(texts: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  for (const text of texts) list.add(inertScalar(text));
  return list;
}
