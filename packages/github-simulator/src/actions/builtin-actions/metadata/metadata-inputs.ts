import { StepFailure } from "../../action/known-action.ts";
import { splitCsv } from "../../image/csv.ts";

/** Settings for all tags: https://github.com/docker/metadata-action#flavor-input */
export interface Flavor {
  readonly latest: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly prefixLatest: boolean;
  readonly suffixLatest: boolean;
}

/** @throws StepFailure */
export function parseFlavor(lines: readonly string[]): Flavor {
  const flavor = {
    latest: "auto",
    prefix: "",
    suffix: "",
    prefixLatest: false,
    suffixLatest: false,
  };
  for (const line of lines) {
    let affix: "prefixLatest" | "suffixLatest" | undefined;
    for (const field of splitCsv(line)) {
      const [key = "", value] = field.split("=").map((part) => part.trim());
      if (value === undefined) throw new StepFailure(`Invalid flavor entry: ${line}`);
      switch (key.toLowerCase()) {
        case "latest":
          if (!/^(auto|true|false)$/.test(value)) {
            throw new StepFailure(`Invalid latest flavor entry: ${line}`);
          }
          flavor.latest = value;
          break;
        case "prefix":
          flavor.prefix = value;
          affix = "prefixLatest";
          break;
        case "suffix":
          flavor.suffix = value;
          affix = "suffixLatest";
          break;
        case "onlatest":
          if (!/^(true|false)$/.test(value)) {
            throw new StepFailure(`Invalid value for onlatest attribute: ${value}`);
          }
          if (affix !== undefined) flavor[affix] = value === "true";
          break;
        default:
          throw new StepFailure(`Unknown flavor entry: ${line}`);
      }
    }
  }
  return flavor;
}

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
