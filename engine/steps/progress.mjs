import { seconds } from "./duration.mjs";

/**
 * One step on the screen. `done` ends it with a tick; `leave` ends it without one, for a way that
 * was tried and left; both add the time that it took.
 *
 * @typedef {object} Task
 * @property {(detail: string) => void} update says how far the step is
 * @property {(text: string) => void} done
 * @property {(text: string) => void} leave
 */

/**
 * Draws steps as they run.
 *
 * @typedef {object} Progress
 * @property {(text: string) => void} note prints a line of its own
 * @property {(label: string) => Task} start
 */

const redrawEveryMs = 1_000;
/** Where lines cannot be redrawn (a file, a CI log), a long step still shows that it lives. */
const remindEveryMs = 30_000;

/**
 * On a terminal the running step is one line that is redrawn; elsewhere it is a line at the start,
 * one at the end, and one every half minute between.
 *
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} out
 * @returns {Progress}
 */
export function createProgress(out) {
  const clear = out.isTTY ? "\r\u001B[2K" : "";
  return {
    note: (text) => out.write(`${clear}${text}\n`),
    start(label) {
      const startedAt = Date.now();
      let detail = "";
      const describe = () =>
        [label, detail, seconds(Date.now() - startedAt)].filter((part) => part !== "").join(", ");
      const redraw = () => out.write(`${clear}· ${describe().slice(0, (out.columns || 80) - 3)}`);
      const remind = () => out.write(`· ${describe()}\n`);
      const draw = out.isTTY ? redraw : remind;
      const timer = setInterval(draw, out.isTTY ? redrawEveryMs : remindEveryMs);
      out.write(out.isTTY ? `· ${label}` : `· ${label}\n`);

      /** @param {string} mark @param {string} text */
      const end = (mark, text) => {
        clearInterval(timer);
        out.write(`${clear}${mark} ${text} (${seconds(Date.now() - startedAt)})\n`);
      };
      return {
        update(text) {
          detail = text;
        },
        done: (text) => end("✓", text),
        leave: (text) => end("–", text),
      };
    },
  };
}
