import type { ActionStep } from "../action/known-action.ts";
import type { Instruction } from "./dockerfile.ts";
import { splitCsv } from "./csv.ts";

/** Labels that the Dockerfile sets itself. */
export function readLabels(stage: readonly Instruction[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { name, value } of stage) {
    if (name !== "LABEL") continue;
    for (const [, key = "", quoted, bare] of value.matchAll(
      /([^\s="]+|"[^"]+")=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g,
    )) {
      labels[key.replaceAll('"', "")] = (quoted ?? bare ?? "").replaceAll(/\\(.)/g, "$1");
    }
  }
  return labels;
}

/**
 * `manifest:key=value` and `index:key=value`; without a level, the manifest.
 * @see https://docs.docker.com/build/metadata/annotations/
 */
export function readAnnotations(
  lines: readonly string[],
): Record<"manifest" | "index", Record<string, string>> {
  const annotations = { manifest: {}, index: {} } as ReturnType<typeof readAnnotations>;
  for (const line of lines) {
    const [, levels = "manifest", key = "", value = ""] =
      /^(?:((?:manifest|index)(?:-descriptor)?(?:,(?:manifest|index))*):)?([^=]+)=(.*)$/s.exec(
        line,
      ) ?? [];
    for (const level of levels.split(",")) {
      if (level === "manifest" || level === "index") annotations[level][key] = value;
    }
  }
  return annotations;
}

/**
 * Provenance is on by default if the image is pushed; an SBOM is not.
 * @returns attestations by predicate type
 * @see https://docs.docker.com/build/ci/github-actions/attestations/
 */
export function readAttestations(step: ActionStep, push: boolean): Record<string, unknown> {
  const asked = (kind: "provenance" | "sbom"): string | undefined => {
    const input = step.input(kind);
    if (input !== "") return input;
    const line = step.lines("attests").find((each) => each.includes(`type=${kind}`));
    return line?.replace(`type=${kind}`, "").replace(/^,/, "");
  };
  const isOn = (value: string): boolean =>
    !/^false$/i.test(value) && !splitCsv(value).includes("disabled=true");
  const isLoaded = step.flag("load");
  const provenance = asked("provenance") ?? (push && !isLoaded ? "default" : "false");
  const sbom = asked("sbom") ?? "false";
  return {
    ...(isOn(provenance)
      ? { "https://slsa.dev/provenance/v0.2": provenanceOf(step, provenance) }
      : {}),
    ...(isOn(sbom)
      ? {
          "https://spdx.dev/Document": {
            spdxVersion: "SPDX-2.3",
            SPDXID: "SPDXRef-DOCUMENT",
            name: step.repository.name,
          },
        }
      : {}),
  };
}

function provenanceOf({ host, repository, event, run }: ActionStep, mode: string): unknown {
  const source = `${host.serverUrl}/${repository.owner}/${repository.name}`;
  const isMax = mode.includes("mode=max") || repository.visibility === "public";
  return {
    builder: { id: `${source}/actions/runs/${run.id}/attempts/${run.attempt}` },
    buildType: "https://mobyproject.org/buildkit@v1",
    ...(isMax
      ? { invocation: { configSource: { uri: source, digest: { sha1: event.sha } } } }
      : {}),
  };
}
