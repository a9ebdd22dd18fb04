import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../src/user-error.ts";
import { dependencyVersion, engineVersion, officialProviders } from "./engine.ts";
import { runStep } from "./run-step.ts";

/** `fetch`, as far as it is used here. */
export type Download = (url: string) => Promise<Response>;

/**
 * An archive of the vendor, and the file with the sums of its release. They come from two hosts, so that one alone
 * cannot serve another engine.
 */
interface Published {
  readonly title: string;
  readonly folder: string;
  readonly archive: string;
  readonly sums: string;
}

/**
 * Downloads the engine and the official providers as the vendor publishes them, compared with the sums of their
 * releases on GitHub. Nothing that the vendor serves is run before.
 *
 * @param folder gets the engine, in `bin`, and its home with the providers, in `home`
 * @throws {UserError} an archive cannot be downloaded, or is not what the release lists
 * @see https://www.pulumi.com/docs/iac/download-install/
 */
export async function downloadInto(
  folder: string,
  env: NodeJS.ProcessEnv,
  download: Download,
): Promise<void> {
  const version = engineVersion();
  const [system, architecture] = [process.platform, process.arch];
  if (!["linux", "darwin"].includes(system) || !["x64", "arm64"].includes(architecture)) {
    throw new UserError(`there is no download for ${system} on ${architecture}`);
  }
  const engine = await getArchive(download, folder, {
    title: `Pulumi engine ${version}`,
    folder: "https://get.pulumi.com/releases/sdk",
    archive: `pulumi-v${version}-${system}-${architecture}.tar.gz`,
    sums: `https://github.com/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`,
  });
  await runStep(`Pulumi engine ${version}: unpack`, "tar", ["-xzf", engine, "-C", folder], { env });
  const unpacked = join(folder, "pulumi");
  const inner = join(unpacked, "bin");
  await rename(existsSync(inner) ? inner : unpacked, join(folder, "bin"));
  await Promise.all([engine, unpacked].map((path) => rm(path, { recursive: true, force: true })));
  for (const name of officialProviders) await installProvider(name, folder, env, download);
}

async function installProvider(
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  download: Download,
): Promise<void> {
  const version = dependencyVersion(`@pulumi/${name}`);
  const home = join(folder, "home");
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const title = `Pulumi provider ${name} ${version}`;
  const file = await getArchive(download, folder, {
    title,
    folder: "https://get.pulumi.com/releases/plugins",
    archive: `pulumi-resource-${name}-v${version}-${process.platform}-${architecture}.tar.gz`,
    sums: `https://github.com/pulumi/pulumi-${name}/releases/download/v${version}/pulumi-${name}_${version}_checksums.txt`,
  });
  const install = ["plugin", "install", "resource", name, `v${version}`, "--file", file];
  await mkdir(home, { recursive: true });
  await runStep(`${title}: install`, join(folder, "bin", "pulumi"), install, {
    env: { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  await rm(file);
}

/**
 * @returns the file, which is the one that the release lists
 * @throws {UserError}
 */
async function getArchive(
  download: Download,
  target: string,
  { title, folder, archive, sums }: Published,
): Promise<string> {
  process.stderr.write(`· ${title} from its vendor\n`);
  const wanted = sumOf(archive, await (await get(download, sums)).text());
  if (wanted === undefined) {
    throw new UserError(`${sums} lists no ${archive}, so a download could not be verified`);
  }
  const { body } = await get(download, `${folder}/${archive}`);
  if (!body) throw new UserError(`${folder}/${archive} is empty`);
  const file = join(target, archive);
  const hash = createHash(wanted.length === 64 ? "sha256" : "sha1");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(body as never), hashing, createWriteStream(file)).catch(
    (error: unknown) => {
      if (error instanceof Error && "syscall" in error) throw error;
      throw new UserError(`${folder}/${archive} ended early: check the network`);
    },
  );
  const found = hash.digest("hex");
  if (found === wanted) return file;
  throw new UserError(
    `${folder}/${archive} is not what its release lists: its sum is ${found}, and ${sums} has ${wanted}. ` +
      "It was changed on the way or by its server: do not use it",
  );
}

async function get(download: Download, url: string): Promise<Response> {
  const response = await download(url).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
    throw new UserError(
      `${url}: ${error instanceof Error ? error.message : "no answer"}${cause ? ` (${cause.message})` : ""}`,
    );
  });
  if (!response.ok) throw new UserError(`${url}: the answer was ${response.status}`);
  if (response.url !== "" && new URL(response.url).protocol !== "https:") {
    throw new UserError(`${url} leads to an address without TLS`);
  }
  return response;
}

/**
 * The sum of a file in lower case: SHA-256, or SHA-1, which some releases of providers list.
 *
 * @see https://github.com/pulumi/pulumi-github/blob/master/.github/workflows/publish.yml
 */
function sumOf(name: string, sums: string): string | undefined {
  for (const line of sums.split("\n")) {
    const [, sum, file] = /^([0-9a-f]{64}|[0-9a-f]{40}) [ *](?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
    if (file === name) return sum?.toLowerCase();
  }
  return undefined;
}
