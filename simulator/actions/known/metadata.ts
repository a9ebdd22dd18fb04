import { splitCsv } from "../image/csv.ts";
import { StepFailure } from "../run/step-failure.ts";
import type { ActionStep, KnownAction } from "./known-action.ts";
import { parseFlavor } from "./metadata-flavor.ts";
import { resolveTags } from "./metadata-tags.ts";
import { renderTemplate, type TagSource } from "./metadata-template.ts";

/**
 * Tags, labels and annotations of an image, from the event.
 * @see https://github.com/docker/metadata-action
 */
export const metadata: KnownAction = {
  inputs: {
    context: "workflow",
    images: "",
    tags: "",
    flavor: "",
    labels: "",
    annotations: "",
    "sep-tags": "",
    "sep-labels": "",
    "sep-annotations": "",
    "bake-target": "docker-metadata-action",
    "github-token": "${{ github.token }}",
  },
  run(step) {
    const source = readSource(step);
    const images = readImages(step.lines("images"));
    const flavor = parseFlavor(step.lines("flavor"));
    const names = resolveTags(step.lines("tags"), flavor, source, step.warning);
    const [version = ""] = names;
    if (version === "") {
      step.warning("No Docker image version has been generated. Check tags input.");
    }
    const tags =
      images.length === 0
        ? names
        : images.flatMap((image) => names.map((tag) => `${image}:${tag}`));
    const describe = (input: string): string[] => describeImage(step, source, version, input);
    const labels = describe("labels");
    const levels = (step.env.DOCKER_METADATA_ANNOTATIONS_LEVELS || "manifest").split(",");
    const annotations = levels.flatMap((level) =>
      describe("annotations").map((each) => `${level}:${each}`),
    );
    step.group("Docker tags", tags);
    step.group("Docker labels", labels);
    const output = (name: string, value: string): void => {
      step.setOutput(name, value);
      const variable = `DOCKER_METADATA_OUTPUT_${name.replaceAll("-", "_").toUpperCase()}`;
      step.exportVariable(variable, value);
    };
    output("version", version);
    output("tags", tags.join(step.input("sep-tags") || "\n"));
    output("tag-names", names.join(step.input("sep-tags") || "\n"));
    output("labels", labels.join(step.input("sep-labels") || "\n"));
    output("annotations", annotations.join(step.input("sep-annotations") || "\n"));
    output(
      "json",
      JSON.stringify({ tags, "tag-names": names, labels: pairs(labels), annotations }),
    );
  },
};

function readSource(step: ActionStep): TagSource {
  const { event, repository } = step;
  if (step.input("context") !== "workflow") {
    throw new StepFailure(`the simulator does not know context=${step.input("context")}`);
  }
  const pull = event.payload.pull_request as
    { base?: { ref?: string }; head?: { sha?: string } } | undefined;
  const usesHead = /true/i.test(step.env.DOCKER_METADATA_PR_HEAD_SHA ?? "");
  const baseRef = (event.payload.base_ref as string | null | undefined) ?? pull?.base?.ref ?? "";
  return {
    ref: event.ref,
    sha: (usesHead ? pull?.head?.sha : undefined) ?? event.sha,
    eventName: event.name,
    defaultBranch: repository.defaultBranch,
    now: step.host.now(),
    commitDate: step.host.commit(event.owner, event.repo, event.sha).date,
    baseRef: baseRef.replace(/^refs\/heads\//, ""),
    shortShaLength: Number(step.env.DOCKER_METADATA_SHORT_SHA_LENGTH ?? 7),
  };
}

/** Names in lower case, one a line, each with an optional `enable=`. */
function readImages(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const fields = splitCsv(line).map((field) => field.trim());
    const attributes = Object.fromEntries(
      fields.map((field) => field.split("=") as [string, string]),
    );
    const plain = fields.filter((field) => !field.includes("="));
    const names = plain.length > 0 ? plain : [attributes.name ?? ""];
    if (attributes.enable !== undefined && !/^(true|false)$/.test(attributes.enable)) {
      throw new StepFailure(`Invalid enable attribute value: ${line}`);
    }
    return attributes.enable === "false" ? [] : names.map((name) => name.toLowerCase());
  });
}

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
function describeImage(
  step: ActionStep,
  source: TagSource,
  version: string,
  input: string,
): string[] {
  const { repository, host } = step;
  const url = `${host.serverUrl}/${repository.owner}/${repository.name}`;
  const standard = {
    title: repository.name,
    description: repository.description,
    url,
    source: url,
    version,
    created: source.now.toISOString(),
    revision: source.sha,
    licenses: repository.license,
  };
  const own = step.lines(input).map((line) => renderTemplate(line, source));
  const all = {
    ...Object.fromEntries(
      Object.entries(standard).map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
    ),
    ...pairs(own),
  };
  return Object.entries(all)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key}=${value}`);
}

function pairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf("=");
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}
