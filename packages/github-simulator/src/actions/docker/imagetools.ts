import { readAnnotations } from "../image/build-inputs.ts";
import { readCredentials } from "../image/docker-config.ts";
import { createRegistryClient, digestOf, type RegistryClient } from "../image/registry-client.ts";
import { createRegistryFetch, type RegistryPlace } from "../image/registry-fetch.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";

/** A command of `docker buildx imagetools`, for images of the simulator's registry. */
export interface ImageToolsCall {
  readonly place: RegistryPlace;
  /** The folder of the user, where logins are. */
  readonly home: string;
  /** Behind `docker buildx imagetools`. */
  readonly words: readonly string[];
}

/**
 * @returns what the command prints
 * @throws Error with what is wrong with it
 * @see https://docs.docker.com/reference/cli/docker/buildx/imagetools/
 */
export async function imageTools(call: ImageToolsCall): Promise<string> {
  const [command, ...words] = call.words;
  if (command === "create") return create(call, words);
  if (command === "inspect") return inspect(call, words);
  throw new Error(`the simulator does not know docker buildx imagetools ${command ?? ""}`);
}

interface IndexContent {
  readonly manifests?: readonly unknown[];
}

/** An index of what other indexes have. */
async function create(call: ImageToolsCall, words: readonly string[]): Promise<string> {
  const { options, rest: sources } = readOptions(words, { "-t": "--tag" }, [
    "--tag",
    "--annotation",
  ]);
  const tags = options.filter(([name]) => name === "--tag").map(([, value]) => value);
  const lines = options.filter(([name]) => name === "--annotation").map(([, value]) => value);
  if (sources.length === 0) throw new Error("no sources specified");
  if (tags.length === 0)
    throw new Error("can't push with no tags specified, please set --tag or --dry-run");
  if (lines.some((line) => !line.startsWith("index:")))
    throw new Error("the simulator knows annotations of the index only, such as index:a=b");
  const images = new Set([...tags, ...sources].map((each) => apart(each).image));
  const [image = "", ...others] = images;
  if (others.length > 0) throw new Error("the simulator makes an index in one repository only");
  const client = open(call, image);
  const manifests: unknown[] = [];
  for (const source of sources) {
    const found = await client.readManifest(apart(source).reference);
    if (!found) throw new Error(`${source}: not found`);
    if (found.mediaType !== INDEX)
      throw new Error(`the simulator makes an index of indexes only, and ${source} is none`);
    const content = JSON.parse(new TextDecoder().decode(found.bytes)) as IndexContent;
    manifests.push(...(content.manifests ?? []));
  }
  const annotations = readAnnotations(lines).index;
  const content = {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(content, null, 2));
  for (const tag of tags) await client.pushManifest(apart(tag).reference, INDEX, bytes);
  return tags.map((tag) => `pushing ${digestOf(bytes)} to ${tag}\n`).join("");
}

async function inspect(call: ImageToolsCall, words: readonly string[]): Promise<string> {
  const { options, rest } = readOptions(words, {}, ["--format"]);
  const [reference = ""] = rest;
  const [[, format] = ["", ""]] = options;
  if (format !== "{{.Manifest.Digest}}")
    throw new Error("the simulator knows the format {{.Manifest.Digest}} only");
  const { image, reference: tag } = apart(reference);
  const found = await open(call, image).readManifest(tag);
  if (!found) throw new Error(`${reference}: not found`);
  return `${digestOf(found.bytes)}\n`;
}

function open({ place, home }: ImageToolsCall, image: string): RegistryClient {
  const fetchRegistry = createRegistryFetch(place, new AbortController().signal);
  return createRegistryClient(fetchRegistry, image, readCredentials(home, place.registryName));
}

/** "ghcr.io/acme/web:1.0" and "ghcr.io/acme/web@sha256:…" */
function apart(text: string): { image: string; reference: string } {
  const [, image = text, digest, tag] =
    /^(.*?)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))?$/.exec(text) ?? [];
  return { image, reference: digest ?? tag ?? "latest" };
}

/** `--tag a` and `--tag=a`. */
function readOptions(
  words: readonly string[],
  short: Readonly<Record<string, string>>,
  known: readonly string[],
): { options: [name: string, value: string][]; rest: string[] } {
  const options: [string, string][] = [];
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [, written = word, given] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    const name = short[written] ?? written;
    if (!name.startsWith("-")) rest.push(word);
    else if (!known.includes(name)) throw new Error(`the simulator does not know ${written} here`);
    else if (given !== undefined) options.push([name, given]);
    else options.push([name, words[(index += 1)] ?? ""]);
  }
  return { options, rest };
}
