import { actionName } from "./action-logins.ts";
import { expressionsIn, parseExpression, readsOf, soleExpression } from "./expressions.ts";
import { isKnown, possibleValues, type ReadContext } from "./possible-values.ts";
import { inputOf, type Step } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** The name of an image, without tag and digest. */
export interface ImageName {
  /** As in the file: "ghcr.io/${{ github.repository }}"; empty where it is in none. */
  readonly written: string;
  /** "ghcr.io/acme/api"; absent where it is only known in the run. */
  readonly name?: string;
}

/** The same with the registry; "" for Docker Hub, `undefined` where only the run knows. */
export interface FoundImage extends ImageName {
  readonly host: string | undefined;
  /** "acme"; absent where it is only known in the run. */
  readonly owner?: string;
}

/** The images that lines of references or tags name, as far as they can be known. */
export function imageNames(around: ReadContext, step: Step, text: string): FoundImage[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .flatMap((line) => namesOfLine(around, step, line));
}

function namesOfLine(around: ReadContext, step: Step, line: string): FoundImage[] {
  const images = imagesOfMetadata(step, line);
  if (images) return imageNames(around, images.step, images.text);
  const values = possibleValues(around, step, line).flatMap((value) => value.split(/[\n,]/));
  return values
    .map(withoutTag)
    .filter((name) => name !== "")
    .map((name) => {
      const [, owner = ""] = name.split("/");
      return {
        written: withoutTag(line),
        host: registryOf(name),
        ...(/^[\w-]+$/.test(owner) && { owner }),
        ...(isKnown(name) && { name }),
      };
    });
}

/** What docker/metadata-action was given, where a text is its output. */
function imagesOfMetadata(step: Step, text: string): { step: Step; text: string } | undefined {
  const sole = soleExpression(text);
  const [read] = readsOf(parseExpression(sole?.expression ?? ""));
  const [context, id] = read?.path ?? [];
  if (context !== "steps") return undefined;
  const metadata = step.job.steps.find(
    (each) =>
      each.file === step.file &&
      each.caller === step.caller &&
      textOf(each.file.yaml.at(each.node, "id"))?.toLowerCase() === id,
  );
  if (!metadata || actionName(metadata.uses?.value ?? "") !== "docker/metadata-action")
    return undefined;
  const images = textOf(inputOf(metadata, "images"));
  if (images === undefined) return undefined;
  // `name=ghcr.io/acme/api,enable=true`
  const names = images
    .split(/\r?\n/)
    .map((line) => /(?:^|,)name=([^,]*)/.exec(line)?.[1] ?? line)
    .join("\n");
  return { step: metadata, text: names };
}

/** "ghcr.io/acme/api" for "docker://ghcr.io/acme/api:1.0@sha256:…"; expressions stay. */
function withoutTag(reference: string): string {
  const text = reference.trim().replace(/^(?:docker|oci|containers-storage):\/\//, "");
  const ends = expressionsIn(text);
  const inside = (at: number) => ends.some(({ start, end }) => at >= start && at < end);
  const slash = text.lastIndexOf("/");
  const cut = [...text.matchAll(/[:@]/g)].find(({ index }) => index > slash && !inside(index));
  return text.slice(0, cut?.index ?? text.length);
}

function registryOf(reference: string): string | undefined {
  const [first = "", ...rest] = reference.replace(/^[a-z-]+:\/\//, "").split("/");
  if (/[$%]/.test(first)) return undefined;
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? hostOf(first) : "";
}

/** The host of a registry as people write it: "ghcr.io" for "https://GHCR.io:443/acme"; "" for none. */
export function hostOf(registry: string): string {
  const [host = ""] = registry
    .trim()
    .replace(/^["']|["']$/g, "")
    .replace(/^[a-z]+:\/\//i, "")
    .split("/");
  return host.toLowerCase().replace(/:443$/, "");
}
