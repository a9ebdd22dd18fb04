import { stripVTControlCharacters } from "node:util";
import type { Simulator } from "github-simulator";
import { colors } from "../../src/cli/terminal/colors.ts";
import { previewText } from "../../src/report/preview/preview-text.ts";
import type { StackPreview } from "../../src/operations/preview/stack-preview.ts";
import type { Crossing } from "../../src/operations/status/crossing.ts";
import type { Ended, Office, RunOptions } from "./office.ts";
import { takeInventory, writesBetween } from "./inventory.ts";
import type { Page } from "./page.ts";
import { surprises } from "./surprises.ts";

export const owner = "tidewater";

/** What a platform engineer types, and what is written down of it. */
export type Desk = ReturnType<typeof createDesk>;

export function createDesk(page: Page, office: Office, platform: Simulator) {
  const { actions } = platform;
  /** What happened or was found after a rollout, and the preview before it did not say. */
  const surprising: string[] = [];

  /** Runs a command that has to end with `code`, and shows the lines that `pick` chooses. */
  async function run(
    args: readonly string[],
    pick: (lines: string[]) => readonly string[],
    { code = 0, ...options }: RunOptions & { code?: number } = {},
  ): Promise<Ended> {
    const ended = await office.run(args, options);
    const line = args.map((each) => (each.includes(" ") ? `'${each}'` : each)).join(" ");
    if (ended.code !== code) {
      throw new Error(`ghcr-fleet ${line} ended with ${ended.code}, not ${code}:\n${ended.text}`);
    }
    const [verb, ...rest] = line.split(" ");
    const shown = verb === "pulumi" ? `pulumi ${rest.join(" ")}` : `ghcr-fleet ${line}`;
    const end = code === 0 ? [] : [`(exit code ${code})`];
    page.command(shown, [...pick(ended.text.trimEnd().split("\n")), ...end]);
    return ended;
  }
  const pulumi = (args: readonly string[], input?: string) =>
    run(["pulumi", ...args, "--non-interactive"], () => [], { ...(input && { input }) });
  const stackOf = async <T>(args: readonly string[]) => {
    const { text } = await office.run([...args, owner, "--json"]);
    const { stacks } = JSON.parse(text.slice(text.indexOf("{"))) as { stacks: T[] };
    if (!stacks[0]) throw new Error(`${args.join(" ")} shows no stack:\n${text}`);
    return stacks[0];
  };
  const known = new Set<string>();
  /** What `status` finds since the last call. */
  async function newCrossings(): Promise<Crossing[]> {
    const { crossings } = await stackOf<{ crossings: Crossing[] }>(["status"]);
    const found = crossings.filter(({ text }) => !known.has(text));
    for (const { text } of crossings) known.add(text);
    return found;
  }
  async function preview(): Promise<StackPreview> {
    const found = await stackOf<StackPreview>(["preview"]);
    const text = stripVTControlCharacters(previewText(found, colors));
    page.command(`ghcr-fleet preview ${owner}`, overview(text.split("\n")));
    return found;
  }
  /** Shows a rollout that somebody confirms, and compares it with the preview before. */
  async function rollout(announced: StackPreview, ...options: string[]): Promise<void> {
    const before = takeInventory(platform, owner);
    await run(["rollout", owner, ...options], results, { answer: "y" });
    await actions.idle();
    const written = await writesBetween(platform, owner, before, takeInventory(platform, owner));
    const unsaid = surprises(announced, written, await newCrossings());
    surprising.push(...unsaid);
    page.say(
      `${written.length} writes. ${unsaid.length === 0 ? "The preview announced each, and all that status finds now." : `Not in the preview: ${unsaid.join("; ")}.`}`,
    );
  }

  return { page, office, platform, surprising, run, pulumi, preview, rollout, newCrossings };
}

/** No diff or list; but the next command to copy, by what a change comes, and what refuses it. */
export function isOverview(line: string): boolean {
  return /^(?:\S| {2}\S| {4}(?:ghcr-fleet |by a |refused by ))/.test(line);
}

function overview(lines: string[]): string[] {
  const shown = lines.filter(
    (line) => isOverview(line) && !/^ {2}(?:cost|PAT|advisory)/.test(line),
  );
  const isNote = (line: string) => /^ {2}(?:mandatory|warning) /.test(line);
  const [head = "", ...rest] = shown;
  return [head, ...rest.filter(isNote).sort(), ...rest.filter((line) => !isNote(line))];
}

/** The result of each repository, whatever the order in which the runs ended. */
export function results(lines: string[]): string[] {
  const ends = lines.filter(
    (line) => /^ {2}\S+ {2}[a-z]+/.test(line) && !/ {2}(?:applying|applied|waiting)/.test(line),
  );
  const stable = ends.map((line) => line.replace(/ {2}https?:.*/, "").replace(/:sha-\w+/, ""));
  return [...new Set(stable)].sort();
}
