import type { Mask } from "./mask.ts";

/** The log of one job: secrets are masked as it is written, and each line has its time. */
export interface JobLog {
  /** Lines from now on belong to this step. */
  startStep(step: number): void;
  write(text: string): void;
  /** The whole log, or one step's part, as the REST API returns it. */
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
      // GitHub's logs have seven digits after the second.
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
