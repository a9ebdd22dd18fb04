import { splitCsv } from "../image/csv.ts";
import { StepFailure } from "../run/step-failure.ts";

/** What holds for all tags: https://github.com/docker/metadata-action#flavor-input */
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
      if (key === "latest" && /^(auto|true|false)$/.test(value)) flavor.latest = value;
      else if (key === "prefix" || key === "suffix") {
        flavor[key] = value;
        affix = `${key}Latest`;
      } else if (key === "onlatest" && affix !== undefined) flavor[affix] = value === "true";
      else throw new StepFailure(`Unknown flavor entry: ${line}`);
    }
  }
  return flavor;
}
