import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { bin, runBin, type Ended } from "./run-bin.ts";

function run(...args: string[]): Promise<Ended> {
  return runWith({}, ...args);
}

function runWith(environment: Record<string, string>, ...args: string[]): Promise<Ended> {
  return runBin(args, { env: { ...process.env, ...environment } });
}

test("help lists the verbs", async () => {
  const { code, stdout } = await run("--help");
  expect(stdout).toContain("simulate [options...]");
  expect(code).toBe(0);
});

test("every verb shows examples", async () => {
  const { stdout } = await run("--help");
  const verbs = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb = ""]) => verb);
  expect(verbs).toEqual(expect.arrayContaining(["pulumi", "rollout", "simulate"]));
  for (const verb of verbs.filter((each) => each !== "help")) {
    expect((await run(verb, "--help")).stdout).toContain("\nExamples:\n  ");
  }
});

test("wrong usage is explained, and ends with 2", async () => {
  expect(await run("simulate", "--port", "eighty")).toEqual({
    code: 2,
    stdout: "",
    stderr: "--port eighty: give a number from 0 to 65535\n(see ghcr-fleet simulate --help)\n",
  });
});

test.each([
  ["--from-env", "NOT A NAME", "write --from-env GHCR_FLEET_PAT_B"],
  ["--from-file", "relative", "write --from-file /run/secrets/ghcr-pat-b"],
  ["--from-command", "a\nb", "write --from-command 'op read op://ci/ghcr/pat-b'"],
  ["--from-env", `ghp_${"a1".repeat(18)}`, "a token was given as an argument"],
])("rotate %s %s says how to rotate, and not how to skip the trial", async (flag, value, said) => {
  const { code, stdout, stderr } = await run("rotate", "acme", flag, value);
  expect(stderr).toContain(said);
  expect(stdout + stderr).not.toMatch(/pulumi config|ghp_/);
  expect(code).toBe(2);
});

test("a seed that does not exist ends with 2", async () => {
  expect(await run("simulate", "--seed", "no-such.yaml")).toEqual({
    code: 2,
    stdout: "",
    stderr: "no-such.yaml: there is no such seed file\n",
  });
});

test("a missing engine is reported with how to get it", async () => {
  const cache = await mkdtemp(join(tmpdir(), "no-engine-"));
  onTestFinished(() => rm(cache, { recursive: true }));
  const environment = { GHCR_FLEET_CACHE: cache, PATH: dirname(process.execPath) };
  expect(await runWith(environment, "status", "acme")).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "There is no Pulumi engine: pulumi is not on PATH. Run `npm run setup` in the checkout first.\n",
  });
});

test("the engine does not get the token for comments, but gets what back ends need", async () => {
  const folder = await mkdtemp(join(tmpdir(), "engine-env-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const seen = join(folder, "seen");
  const engine = `#!/bin/sh
[ "$1" = version ] && { echo v3.999.0; exit; }
/usr/bin/env > "${seen}"; exit 1\n`;
  await writeFile(join(folder, "pulumi"), engine, { mode: 0o755 });
  await runWith(
    {
      PATH: [folder, dirname(process.execPath)].join(delimiter),
      GHCR_FLEET_CACHE: join(folder, "cache"),
      GHCR_FLEET_COMMENT_TOKEN: "token-that-comments",
      AWS_PROFILE: "fleet",
    },
    "status",
    "acme",
  );
  const variables = await readFile(seen, "utf8");
  expect(variables).toContain("AWS_PROFILE=fleet");
  expect(variables).not.toContain("token-that-comments");
});

test("simulate serves an organisation until it is interrupted", async () => {
  const child = spawn(process.execPath, [bin, "simulate"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  const url = /^The simulated GitHub is at (http:\S+), with the organisation acme\.$/m.exec(
    first.toString(),
  )?.[1];
  const answer = await fetch(`${url}/user`);
  expect(answer.status).toBe(401);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  await text(child.stdout);
  expect(code).toBe(0);
});
