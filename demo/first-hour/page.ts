import { clipped } from "../../src/format-text.ts";

/** Where the hour is shown. */
export interface Page {
  chapter(title: string): void;
  say(text: string): void;
  /** A command and what it prints, in short. */
  command(line: string, output: readonly string[]): void;
}

/** As Markdown, the same in each run. */
export function createPage(print: (text: string) => void): Page {
  return {
    chapter: (title) => print(`\n## ${title}`),
    say: (text) => print(`\n${text}`),
    command(line, output) {
      const lines = [`$ ${line}`, ...output.map((each) => clipped(stable(each), 150))];
      print(["", "```console", ...lines, "```"].join("\n"));
    },
  };
}

/** What differs from run to run: dates and commits. */
function stable(line: string): string {
  return line
    .replace(/ https:\S+\/commit\/\S+/, "")
    .replaceAll(/\d{4}-\d\d-\d\d(?: \d\d:\d\d UTC)?/g, "<date>")
    .replaceAll(/\b[\da-f]{12}\b/g, "<commit>");
}
