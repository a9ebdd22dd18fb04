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

/** Hides secrets in logs, as the runner does. */
export interface Mask {
  add(value: string): void;
  apply(text: string): string;
}

/**
 * Hides every given value, each of its lines, and the usual encodings of values in logs: base64 (also inside a
 * longer text), percent-encoded, in a JSON string, in XML, in an expression, in a command line, and without
 * surrounding double quotes.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/DTLogging/Logging/ValueEncoders.cs
 */
export function createMask(): Mask {
  const values = new Set<string>();
  let longestFirst: string[] = [];
  return {
    add(value) {
      for (const form of formsOf(value)) values.add(form);
      longestFirst = [...values].sort((a, b) => b.length - a.length);
    },
    apply: (text) => longestFirst.reduce((rest, value) => rest.replaceAll(value, "***"), text),
  };
}

function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/);
  const plain = [value, value.trim(), ...lines, ...lines.map((line) => line.trim())].filter(
    (each) => each !== "",
  );
  return plain.flatMap((each) => [
    each,
    encodeURIComponent(each).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
    JSON.stringify(each).slice(1, -1),
    each.replace(/[&<>"']/g, (sign) => `&${xmlNames[sign]};`),
    each.replaceAll("'", "''"),
    each.replaceAll('"', String.raw`\"`),
    each.length > 8 ? each.replace(/^"(.*)"$/s, "$1") : each,
    ...base64Forms(each),
  ]);
}

const xmlNames: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/** Base64 of the value, at any offset in the encoded text. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].map((offset) => {
    const rest = bytes.subarray(offset);
    return rest.subarray(0, rest.length - (rest.length % 3)).toString("base64");
  });
  // Short pieces would hide ordinary text.
  return [bytes.toString("base64"), ...shifted].filter((form) => form.length >= 8);
}
