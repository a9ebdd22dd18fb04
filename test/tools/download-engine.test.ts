import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { dependencyVersion, engineEnvironment, engineVersion } from "../../tools/engine.ts";
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

/** What the vendor publishes: its `pulumi` installs what it is called for, and writes down that it ran. */
async function publish(): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-vendor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "pulumi"));
  const script =
    '#!/bin/sh\nPATH=/bin:/usr/bin\necho "$@" >> "$CALLS"\nmkdir -p "$PULUMI_HOME/plugins/$3-$4-$5"\n';
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

async function machineWithTar(): Promise<EmptyMachine & { vendorCalls: string }> {
  const machine = await createEmptyMachine();
  await machine.addProgram("tar", 'exec tar "$@"');
  const vendorCalls = join(machine.programs, "vendor-calls");
  machine.env["CALLS"] = vendorCalls;
  return { ...machine, vendorCalls };
}

const providers = [`resource-github-v${github}`, `resource-random-v${random}`];

test("engine and providers that are what their releases list are installed, and found again", async () => {
  const machine = await machineWithTar();
  const published = await publish();
  const found = await ensureEngine(machine.env, serve(published));
  const versions = `${version}-github-${github}-random-${random}`;
  const folder = join(machine.cache, "engine", `downloaded-${versions}-${system}-${process.arch}`);
  const [bin, home] = [join(folder, "bin"), join(folder, "home")];
  expect(found).toEqual({ origin: "downloaded from its vendor", bin, version, home });
  expect((await readdir(folder)).sort()).toEqual(["bin", "home"]);
  expect(await readdir(bin)).toEqual(["pulumi"]);
  expect((await readdir(join(home, "plugins"))).sort()).toEqual(providers);
  const calls = await readFile(machine.vendorCalls, "utf8");
  expect(calls.split("\n").map((call) => call.replace(/ \/.*\//, " "))).toEqual([
    `plugin install resource github v${github} --file ${provider("github", github)}`,
    `plugin install resource random v${random} --file ${provider("random", random)}`,
    "",
  ]);
  const offline = () => Promise.reject(new Error("nothing is downloaded twice"));
  expect(await ensureEngine(machine.env, offline)).toEqual(found);
});

test("the engine runs with these providers, whatever the user's home has or loses, and with the user's login", async () => {
  const machine = await machineWithTar();
  const usersHome = machine.env["PULUMI_HOME"] ?? "";
  for (const name of providers) await mkdir(join(usersHome, "plugins", name), { recursive: true });
  const { home } = await ensureEngine(machine.env, serve(await publish()));
  expect((await readFile(machine.vendorCalls, "utf8")).split("\n")).toHaveLength(3);
  await rm(usersHome, { recursive: true });
  for (const env of [machine.env, { ...machine.env, ...(await engineEnvironment(machine.env)) }]) {
    expect(await engineEnvironment(env)).toMatchObject({
      PULUMI_HOME: home,
      PULUMI_CREDENTIALS_PATH: usersHome,
    });
  }
});

test("an engine that was downloaded with other versions of the providers is not used", async () => {
  const machine = await machineWithTar();
  const former = ["", "-github-6.0.0-random-4.0.0"].map(
    (versions) => `downloaded-${version}${versions}-${system}-${process.arch}`,
  );
  for (const name of former) {
    await mkdir(join(machine.cache, "engine", name, "bin"), { recursive: true });
  }
  const { home = "" } = await ensureEngine(machine.env, serve(await publish()));
  expect((await readdir(join(home, "plugins"))).sort()).toEqual(providers);
});

const asked = (url: string) => url.replace(/.*\//, "");

test.each([`${sdk}/${engine}`, `${plugins}/${provider("github", github)}`])(
  "what differs from its release is refused, and nothing of it is left or run: %s",
  async (url) => {
    const machine = await machineWithTar();
    const published = await publish();
    published.set(url, Buffer.concat([published.get(url)!, Buffer.from("x")]));
    const setUp = ensureEngine(machine.env, serve(published));
    await expect(setUp).rejects.toThrow(`${asked(url)} is not what its release lists`);
    expect(await readdir(join(machine.cache, "engine"))).toEqual([]);
    await expect(readFile(machine.vendorCalls)).rejects.toThrow("ENOENT");
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
