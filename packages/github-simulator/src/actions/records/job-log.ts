import type { Mask } from "./mask.ts";

/** The log of one job: masked as it is written, each line with its time. */
export interface JobLog {
  /** Lines written from now on belong to this step. */
  startStep(step: number): void;
  write(text: string): void;
  /** All of it, or one step's part, as the REST API serves it. */
  text(step?: number): string;
  lineCount(): number;
}

export function createJobLog(now: () => Date, mask: Mask): JobLog {
  const lines: { step: number; text: string }[] = [];
  let current = 0;
  return {
    startStep(step) {
      current = step;
    },
    write(text) {
      // GitHub's logs carry seven digits of a second.
      const time = now().toISOString().replace("Z", "0000Z");
      for (const line of mask.apply(text).split(/\r?\n/)) {
        lines.push({ step: current, text: `${time} ${line}` });
      }
    },
    text: (step) =>
      lines
        .filter((line) => step === undefined || line.step === step)
        .map((line) => `${line.text}\n`)
        .join(""),
    lineCount: () => lines.length,
  };
}
