import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { dependencyVersion, engineVersion } from "../../tools/engine.ts";
import { ensureEngine } from "../../tools/ensure-engine.ts";
import { createEmptyMachine, type EmptyMachine } from "./empty-machine.ts";

// The steps show their progress there.
beforeEach(() => void vi.spyOn(process.stderr, "write").mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

const version = engineVersion();
const github = dependencyVersion("@pulumi/github");
const random = dependencyVersion("@pulumi/random");
const system = process.platform;
const engine = `pulumi-v${version}-${system}-${process.arch}.tar.gz`;
const architecture = process.arch === "x64" ? "amd64" : process.arch;
const provider = (name: string, of: string) =>
  `pulumi-resource-${name}-v${of}-${system}-${architecture}.tar.gz`;
const sdk = "https://get.pulumi.com/releases/sdk";
const plugins = "https://get.pulumi.com/releases/plugins";
const releases = "https://github.com/pulumi";

const sumOf = (algorithm: "sha256" | "sha1", content: Buffer) =>
  createHash(algorithm).update(content).digest("hex");

/** What the vendor publishes: its `pulumi` writes down how it is called. */
async function publish(): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-vendor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "pulumi"));
  const script = '#!/bin/sh\necho "$@" >> "$PULUMI_HOME/calls"\n';
  await writeFile(join(folder, "pulumi", "pulumi"), script, { mode: 0o755 });
  const archive = execFileSync("tar", ["-czf", "-", "-C", folder, "pulumi"]);
  const other = Buffer.from("a provider");
  return new Map([
    [`${sdk}/${engine}`, archive],
    [
      `${releases}/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`,
      Buffer.from(
        `${sumOf("sha256", other)}  another.tar.gz\n${sumOf("sha256", archive)}  ${engine}\n`,
      ),
    ],
    [`${plugins}/${provider("github", github)}`, other],
    [
      `${releases}/pulumi-github/releases/download/v${github}/pulumi-github_${github}_checksums.txt`,
      Buffer.from(`${sumOf("sha1", other)}  ./${provider("github", github)}\n`),
    ],
    [`${plugins}/${provider("random", random)}`, other],
    [
      `${releases}/pulumi-random/releases/download/v${random}/pulumi-random_${random}_checksums.txt`,
      Buffer.from(`${sumOf("sha256", other)}  ${provider("random", random)}\n`),
    ],
  ]);
}

const serve = (published: ReadonlyMap<string, Buffer>) => async (url: string) => {
  const content = published.get(url);
  return new Response(content && new Uint8Array(content), { status: content ? 200 : 404 });
};

async function machineWithTar(): Promise<EmptyMachine> {
  const machine = await createEmptyMachine();
  await machine.addProgram("tar", 'exec tar "$@"');
  return machine;
}

test("engine and providers that are what their releases list are installed, and found again", async () => {
  const machine = await machineWithTar();
  const published = await publish();
  const found = await ensureEngine(machine.env, serve(published));
  const bin = join(
    machine.cache,
    "engine",
    `downloaded-${version}-${system}-${process.arch}`,
    "bin",
  );
  expect(found).toEqual({ origin: "downloaded from its vendor", bin, version });
  expect(await readdir(bin)).toEqual(["pulumi"]);
  expect(await readdir(join(bin, ".."))).toEqual(["bin"]);
  const calls = await readFile(join(machine.env["PULUMI_HOME"] ?? "", "calls"), "utf8");
  expect(calls.split("\n").map((call) => call.replace(/ \/.*\//, " "))).toEqual([
    `plugin install resource github v${github} --file ${provider("github", github)}`,
    `plugin install resource random v${random} --file ${provider("random", random)}`,
    "",
  ]);
  const offline = () => Promise.reject(new Error("nothing is downloaded twice"));
  expect(await ensureEngine(machine.env, offline)).toEqual(found);
});

test("providers that are installed already are not downloaded", async () => {
  const machine = await machineWithTar();
  const home = join(machine.env["PULUMI_HOME"] ?? "", "plugins");
  await mkdir(join(home, `resource-github-v${github}`), { recursive: true });
  await mkdir(join(home, `resource-random-v${random}`));
  const published = await publish();
  for (const url of published.keys()) if (url.includes("resource-")) published.delete(url);
  expect((await ensureEngine(machine.env, serve(published))).version).toBe(version);
});

const asked = (url: string) => url.replace(/.*\//, "");

test.each([`${sdk}/${engine}`, `${plugins}/${provider("github", github)}`])(
  "what differs from its release is refused, and nothing of it is left or run: %s",
  async (url) => {
    const machine = await machineWithTar();
    const published = await publish();
    const calls = join(machine.env["PULUMI_HOME"] ?? "", "calls");
    published.set(url, Buffer.concat([published.get(url)!, Buffer.from("x")]));
    const setUp = ensureEngine(machine.env, serve(published));
    await expect(setUp).rejects.toThrow(`${asked(url)} is not what its release lists`);
    expect(await readdir(join(machine.cache, "engine"))).toEqual([]);
    await expect(readFile(calls)).rejects.toThrow("ENOENT");
  },
);

test("without a sum there is no download", async () => {
  const machine = await machineWithTar();
  const published = await publish();
  const [sums] = [...published.keys()].filter((url) => url.endsWith("-checksums.txt"));
  published.set(sums!, Buffer.from(`${"0".repeat(64)}  another.tar.gz\n`));
  const requested: string[] = [];
  const setUp = ensureEngine(machine.env, (url) => {
    requested.push(url);
    return serve(published)(url);
  });
  await expect(setUp).rejects.toThrow(`lists no ${engine}, so a download could not be verified`);
  expect(requested).toEqual([sums]);
});

test("an answer that ends early, and one from an address without TLS, are refused", async () => {
  const machine = await machineWithTar();
  const published = await publish();
  const early = async (url: string) => {
    if (!url.endsWith(".tar.gz")) return serve(published)(url);
    const body = new ReadableStream({
      start: (stream) => stream.error(new TypeError("terminated")),
    });
    return new Response(body);
  };
  await expect(ensureEngine(machine.env, early)).rejects.toThrow(`${engine} ended early`);
  const plain = async (url: string) => {
    const response = await serve(published)(url);
    return Object.defineProperty(response, "url", { value: "http://example.com/sums" });
  };
  await expect(ensureEngine(machine.env, plain)).rejects.toThrow("leads to an address without TLS");
});
