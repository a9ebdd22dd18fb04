import { stripVTControlCharacters } from "node:util";
import { colors } from "../src/cli/terminal/colors.ts";

/** Draws the demo. On a terminal a running step shows its progress; in a pipe, only its end. */
export interface Terminal {
  title(text: string): void;
  say(text: string): void;
  chapter(text: string): void;
  /** Runs a step; `report` replaces the line below it while it runs. */
  step<T>(
    name: string,
    run: (report: (line: string) => void) => Promise<T>,
    end: (result: T) => string,
  ): Promise<T>;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
}

/** The part of `process.stdout` that the demo needs. */
interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** The terminal's width; absent for some terminals. */
  readonly columns?: number;
}

export function createTerminal(stream: Screen): Terminal {
  const write = (text: string) => void stream.write(text);
  const live = stream.isTTY;
  const columns = (live && stream.columns) || Infinity;
  const clear = () => live && write("\r\u001b[2K");
  let number = 0;

  return {
    title: (text) => write(`\n${colors.bold(text)}\n\n`),
    say: (text) => write(`${text}\n`),
    chapter: (text) => write(`\n  ${colors.underline(text)}\n`),
    async step(name, run, end) {
      number += 1;
      const label = `${colors.cyan(String(number).padStart(2))}  ${name.padEnd(27)}`;
      const started = Date.now();
      const report = (line: string) => {
        if (!live) return;
        const room = Math.max(20, columns - 33);
        clear();
        write(`${label}${colors.dim(cut(stripVTControlCharacters(line).trim(), room))}`);
      };
      report("...");
      try {
        const result = await run(report);
        clear();
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        const start = `${label}${colors.dim(`${seconds.padStart(4)} s`)}  `;
        write(`${start}${hang(end(result), width(start), columns)}\n`);
        return result;
      } catch (error) {
        clear();
        write(`${label}${colors.red("failed")}\n`);
        throw error;
      }
    },
    table(header, rows) {
      const lines = [header.map((cell) => colors.dim(cell)), ...rows];
      const widths = header.map((_, column) =>
        Math.max(...lines.map((line) => width(line[column]))),
      );
      write("\n");
      for (const line of lines) {
        const cells = line.map(
          (cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)),
        );
        write(`  ${cells.join("  ").trimEnd()}\n`);
      }
      write("\n");
    },
  };
}

/** Breaks between words if the terminal is narrow; further lines start below the first one's text. */
function hang(text: string, indent: number, columns: number): string {
  const room = Math.max(20, columns - indent);
  const [first = "", ...words] = text.split(" ");
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (width(longer) <= room) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

function width(cell = ""): number {
  return stripVTControlCharacters(cell).length;
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
