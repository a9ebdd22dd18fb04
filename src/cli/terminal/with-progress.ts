import { isRedrawn } from "./is-redrawn.ts";

/** Returns the cursor to the start of its line, and empties it. https://en.wikipedia.org/wiki/ANSI_escape_code#CSI_sequences */
export const emptyLine = "\r\u001B[2K";

/**
 * Shows on one line what a command waits for, with the seconds since then; the line is gone when the work has ended.
 * Nothing is shown where lines are not redrawn.
 *
 * @param text "acme: previewing"; `work` may replace it
 */
export async function withProgress<T>(
  text: string,
  work: (show: (text: string) => void) => Promise<T>,
  output: NodeJS.WriteStream = process.stderr,
): Promise<T> {
  if (!isRedrawn(output)) return work(() => {});
  const start = Date.now();
  let shown = text;
  const draw = () => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    const line = seconds < 2 ? shown : `${shown}, ${seconds} s`;
    output.write(emptyLine + line.slice(0, (output.columns || 80) - 1));
  };
  draw();
  const timer = setInterval(draw, 1000);
  try {
    return await work((next) => {
      shown = next;
      draw();
    });
  } finally {
    clearInterval(timer);
    output.write(emptyLine);
  }
}
