import type { Colors } from "picocolors/types.js";
import { printable } from "../printable.ts";
import type { FleetStatus } from "../operations/status/fleet-status.ts";
import type { Crossing } from "../operations/status/crossing.ts";
import { describeCredentials, describePublication } from "./describe-publication.ts";
import { describeCandidates, describeReach } from "./describe-reach.ts";
import { describeRepository } from "./describe-repository.ts";
import { describeToken } from "./describe-token.ts";
import { groupCrossings } from "./group-crossings.ts";
import type { Tone, Words } from "./tone.ts";
import { clipped, count, minute, widthOf } from "../format-text.ts";
import { isSameName } from "../is-same-name.ts";

export interface StatusTextOptions {
  readonly colors: Colors;
  /** The number of days that the token must still be valid. */
  readonly minDays: number;
  /** Leaves out the repositories that cross no threshold. */
  readonly attentionOnly: boolean;
  /** Leaves out all other repositories; in any case. */
  readonly only?: readonly string[] | undefined;
  /** Width of the terminal; unlimited if absent. */
  readonly columns?: number | undefined;
}

const header = ["repository", "credential", "files", "ci", "release", "package"];

/**
 * A fleet's status for a terminal: the token, a line for each repository, how those publish that are asked for
 * or need attention, then what to do.
 */
export function statusText(
  whole: FleetStatus,
  all: readonly Crossing[],
  options: StatusTextOptions,
): string {
  const isShown = (name: string) => options.only?.some((each) => isSameName(each, name)) ?? true;
  const status = { ...whole, repositories: whole.repositories.filter(({ name }) => isShown(name)) };
  const crossings = all.filter(({ repository }) => repository === null || isShown(repository));
  const { colors, minDays, columns = Infinity } = options;
  const paint = painter(colors);
  const time = minute(status.readAt);
  const rows = rowsOf(status, crossings, options);
  const full = table(rows, paint, colors);
  const isTooWide = full.some((line) => widthOf(line) > columns);
  const lines = isTooWide ? table(clippedRows(rows, columns), paint, colors) : full;
  return [
    `${colors.bold(status.owner)}  stack ${status.stack}  ${colors.dim(`${time} UTC`)}`,
    paint(describeToken(status.token, minDays)),
    "",
    ...(lines.length > 0 ? [...lines, ""] : []),
    ...publications(status, crossings, options),
    ...leftToPeople(status, options),
    ...attention(status, crossings, colors),
    ...candidates(status, colors),
    sum(status, crossings),
  ].join("\n");
}

/** A line for each repository; none where there is none. */
function rowsOf(
  status: FleetStatus,
  crossings: readonly Crossing[],
  { attentionOnly }: StatusTextOptions,
): Words[][] {
  return status.repositories.flatMap((repository) => {
    const own = crossings.filter((crossing) => crossing.repository === repository.name);
    if (attentionOnly && own.length === 0) return [];
    const words = describeRepository(repository, own, status.readAt);
    const name: Words = {
      text: repository.name,
      tone: words.tone === "good" ? "quiet" : words.tone,
    };
    const { credential, files, ci, release } = words;
    const images = words.images.map((each) => {
      const title: Words = { text: `- ${each.name}`, tone: "quiet" };
      return [title, nothing, nothing, each.ci, each.release, each.package];
    });
    return [[name, credential, files, ci, release, words.package], ...images];
  });
}

const nothing: Words = { text: "", tone: "quiet" };

type Painter = (words: Words) => string;

function painter(colors: Colors): Painter {
  const tones: Record<Tone, (text: string) => string> = {
    good: colors.green,
    warn: colors.yellow,
    bad: colors.red,
    quiet: (text) => text,
  };
  return (words) => {
    const { text, detail, tone } = words;
    const more = detail === undefined ? "" : colors.dim(` ${printable(detail)}`);
    return tones[tone](printable(text)) + more;
  };
}

/** Between two columns. */
const gap = "  ";

function table(
  rows: readonly (readonly Words[])[],
  paint: Painter,
  { dim }: Pick<Colors, "dim">,
): string[] {
  if (rows.length === 0) return [];
  const lines = [header.map(dim), ...rows.map((row) => row.map(paint))];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => widthOf(line[column] ?? ""))),
  );
  return lines.map((line) =>
    line
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)))
      .join(gap)
      .trimEnd(),
  );
}

/** Without the details, such as how long ago it was; then the widest columns are shortened until all fit. */
function clippedRows(rows: readonly (readonly Words[])[], columns: number): Words[][] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => printable(row[column]?.text ?? "").length)),
  );
  let excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - columns;
  for (; excess > 0; excess -= 1) {
    const widest = widths.reduce((best, width, column) => {
      const room = (of: number, at: number) => of - (header[at]?.length ?? 0);
      return room(width, column) > room(widths[best] ?? 0, best) ? column : best;
    }, 0);
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return rows.map((row) =>
    row.map(({ text, tone }, column) => ({
      text: clipped(printable(text), widths[column] ?? 0),
      tone,
    })),
  );
}

/** The jobs that publish; for all repositories of a fleet they would be too many to read. */
function publications(
  { repositories, secret }: FleetStatus,
  crossings: readonly Crossing[],
  { colors, only }: StatusTextOptions,
): string[] {
  const lines = repositories
    .filter(({ name }) => only || crossings.some(({ repository }) => repository === name))
    .flatMap(({ name, publications: jobs }) =>
      jobs.map((job) => {
        const credentials = printable(`with ${describeCredentials(job, secret.name)}`);
        const what = printable(describePublication(job));
        return `${colors.bold(name)} ${what} ${colors.dim(credentials)}`;
      }),
    );
  return lines.length > 0 ? [...lines, ""] : [];
}

/** What a repair leaves, with what to do. Of many repositories it would be too much to read, unless it is asked for. */
function leftToPeople(
  { repositories }: FleetStatus,
  { colors, attentionOnly, only }: StatusTextOptions,
): string[] {
  const left = repositories.filter(({ unresolved }) => unresolved.length > 0);
  if (left.length === 0 || attentionOnly || (left.length > mostLeft && !only)) return [];
  const places = left.flatMap(({ name, unresolved }) =>
    unresolved.map((place) => ({ name, ...place })),
  );
  const alike = Map.groupBy(places, ({ reason, fix }) => JSON.stringify([reason, fix]));
  const lines = [...alike.values()].flatMap((group) => [
    ...group.map(
      ({ name, file, line, reason }) =>
        `${colors.bold(name)} ${colors.yellow("left to you")} ${printable(`${file}:${line}: ${reason}`)}`,
    ),
    ...(group[0]?.fix.split("\n") ?? []).map((each) => `    ${printable(each)}`),
  ]);
  return [...lines, ""];
}

/** Of more repositories, only the crossings name the places. */
const mostLeft = 10;

/** What to do, by cause. */
function attention(
  { stack, patPlace }: FleetStatus,
  all: readonly Crossing[],
  colors: Colors,
): string[] {
  const crossings = all.map((crossing) => ({ ...crossing, stack, patPlace }));
  return groupCrossings(crossings).flatMap((group) => {
    const mark = group.severity === "problem" ? colors.red("problem") : colors.yellow("warning");
    return [
      `${mark} ${colors.bold(group.title)}`,
      ...group.items.flatMap(({ repository, text, url }) => [
        `  ${colors.bold(repository ?? "fleet")}: ${printable(text)}`,
        ...(url === null ? [] : [`    ${colors.dim(printable(url))}`]),
      ]),
      `  next: ${group.advice}`,
      ...group.commands.map((command) => `    ${printable(command)}`),
      "",
    ];
  });
}

/** Repositories that can do without the PAT. */
function candidates({ repositories }: FleetStatus, colors: Colors): string[] {
  const lines = describeCandidates(repositories).map(
    ({ name, text, url }) =>
      `${colors.bold(name)} ${printable(text)}\n    ${colors.dim(printable(url))}`,
  );
  return lines.length > 0 ? [...lines, ""] : [];
}

function sum(status: FleetStatus, crossings: readonly Crossing[]): string {
  const { repositories, skipped } = status;
  const affected = new Set(crossings.flatMap(({ repository }) => repository ?? [])).size;
  const all = count(repositories.length, "repository");
  const isWhole = crossings.some(({ repository }) => repository === null);
  const who = [...(affected > 0 ? [affected] : []), ...(isWhole ? ["the fleet as a whole"] : [])];
  const verb = affected > 1 || who.length > 1 ? "need" : "needs";
  const state = who.length === 0 ? "all well" : `${who.join(" and ")} ${verb} attention`;
  const rest = skipped.map(({ name, reason }) => `${name} (${reason.split(":")[0] ?? reason})`);
  const jobs = repositories.reduce((many, { publications: own }) => many + own.length, 0);
  const publishing =
    jobs > 0 ? `; ${count(jobs, "job")} ${jobs === 1 ? "publishes" : "publish"}` : "";
  const reach = describeReach(status);
  return `${all}, ${state}${publishing}${reach ? `; ${reach}` : ""}${rest.length > 0 ? `; left out: ${rest.join(", ")}` : ""}`;
}
