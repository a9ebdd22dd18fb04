import { mkdir, readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureEngine } from "../../engine/steps/ensure-engine.mjs";
import { installEngine } from "../../engine/steps/install-engine.mjs";
import { createFakeMachine, fakePulumi, wantedVersion } from "./fake-machine.ts";

/** Serves an installer, as get.pulumi.com does. */
async function serve(status: number, script: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(script));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/install.sh`;
}

/** Installs a file that holds its version, as the official one installs the engine. */
const goodInstaller = `while [ $# -gt 0 ]; do
   case "$1" in --install-root) root="$2" ;; --version) version="$2" ;; esac; shift
 done
 mkdir -p "$root/bin" && echo "$version" > "$root/bin/pulumi"`;

const realShell = { PATH: "/usr/bin:/bin" };

test("the official installer's engine is used with the person's own home", async () => {
  const machine = await createFakeMachine();
  const installer = await serve(200, goodInstaller);
  const settings = { ...machine.settings, installer, env: realShell };
  expect(await installEngine(settings, { version: wantedVersion })).toBeUndefined();

  const bin = join(settings.cache, "engine", `pulumi-v${wantedVersion}`, "bin");
  expect(await readFile(join(bin, "pulumi"), "utf8")).toBe(`${wantedVersion}\n`);
  expect(await ensureEngine({ ...settings, env: { PATH: "/nowhere" } })).toEqual({
    kind: "installer",
    bin,
    version: wantedVersion,
    env: { PATH: `${bin}:/nowhere` },
  });
});

test.each([
  { name: "refused", status: 403, script: "", reason: /answered 403\.$/ },
  { name: "fails", status: 200, script: "echo no curl here; exit 1", reason: /no curl here\.$/ },
])("an installer that $name leaves nothing and gives the reason", async (given) => {
  const machine = await createFakeMachine();
  await machine.addProgram("pulumi", fakePulumi("3.200.0"));
  const installer = await serve(given.status, given.script);
  const settings = { ...machine.settings, installer, env: realShell };
  expect(await installEngine(settings, { version: wantedVersion })).toMatch(given.reason);
  expect(await readdir(join(settings.cache, "engine"))).toEqual([]);
});

test("two at once install once", async () => {
  const machine = await createFakeMachine();
  const installer = await serve(200, `echo run >> "$(dirname "$0")/../../runs"\n${goodInstaller}`);
  const settings = { ...machine.settings, installer, env: realShell };
  const install = () => installEngine(settings, { version: wantedVersion });
  expect(await Promise.all([install(), install()])).toEqual([undefined, undefined]);
  expect(await readFile(join(settings.cache, "runs"), "utf8")).toBe("run\n");
  expect(machine.shown()).toContain("is installing it: waiting.");
});

test("what a killed installation left is cleaned up", async () => {
  const machine = await createFakeMachine();
  const engines = join(machine.settings.cache, "engine");
  await mkdir(join(engines, "installing-x1y2z3", "bin"), { recursive: true });
  const installer = await serve(200, goodInstaller);
  const settings = { ...machine.settings, installer, env: realShell };
  expect(await installEngine(settings, { version: wantedVersion })).toBeUndefined();
  expect(await readdir(engines)).toEqual([`pulumi-v${wantedVersion}`]);
});
