import { splitCsv } from "../../image/csv.ts";
import { StepFailure } from "../../action/step-failure.ts";

/**
 * Names of images in lower case, without those that are disabled: one line of plain names, or one
 * name per line with an optional `enable=`.
 * @throws StepFailure
 * @see https://github.com/docker/metadata-action#images-input
 */
export function parseImages(lines: readonly string[]): string[] {
  const [only] = lines.length === 1 ? lines.map(splitCsv) : [];
  if (only?.every((field) => !field.includes("=")) === true) {
    return only.map((name) => name.trim().toLowerCase());
  }
  return lines.flatMap(parseImage);
}

function parseImage(line: string): string[] {
  let name = "";
  let enabled = true;
  for (const field of splitCsv(line)) {
    const [key = "", value] = field.split("=").map((part) => part.trim());
    if (value === undefined) name = key;
    else if (key.toLowerCase() === "name") name = value;
    else if (key.toLowerCase() === "enable") {
      if (!/^(true|false)$/.test(value)) {
        throw new StepFailure(`Invalid enable attribute value: ${line}`);
      }
      enabled = value === "true";
    } else throw new StepFailure(`Unknown image attribute: ${line}`);
  }
  if (name === "") throw new StepFailure(`Image name attribute empty: ${line}`);
  return enabled ? [name.toLowerCase()] : [];
}
