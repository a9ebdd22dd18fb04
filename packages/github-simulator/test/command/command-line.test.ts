import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../src/index.ts";
import { ociClient } from "../../src/testing/oci-client.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";
import { startCommand, type StartedCommand } from "./start-command.ts";

/** Exit code and lines of a command that starts no server. */
async function run(...args: string[]) {
  const printed: string[] = [];
  const log: string[] = [];
  const code = await runCommandLine({
    name: "github-simulator",
    args,
    env: {},
    print: (line) => void printed.push(line),
    log: (line) => void log.push(line),
  });
  return { code, printed: printed.join("\n"), log };
}

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "simulator-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "faults.yaml");
  await writeFile(file, text);
  return file;
}

const see = "(see github-simulator --help)";

test("help names every option", async () => {
  const { code, printed } = await run("--help");
  expect(code).toBe(0);
  expect(printed.match(/^ {2}--[\w-]+/gm)).toEqual([
    "  --port",
    "  --registry-port",
    "  --seed",
    "  --host",
    "  --limits",
    "  --faults",
    "  --scripts",
    "  --clock",
    "  --help",
  ]);
});

test.each([
  [["--port", "eighty"], "--port eighty: give a number from 0 to 65535"],
  [["--host", "gitlab"], "--host gitlab: give github.com or enterprise-server"],
  [["--scripts", "maybe"], "--scripts maybe: give on or off"],
  [["--clock", "noon"], "--clock noon: give a time as 2026-05-01T08:30:00Z"],
  [
    ["--limits", "secondary=1"],
    '--limits secondary=1: there is no limit "secondary"; there are primary, anonymousPrimary, jobPrimary, auditLogPrimary, searchPrimary, anonymousSearchPrimary, restPointsPerMinute, graphqlPointsPerMinute, contentPerMinute, contentPerHour',
  ],
  [["--limits", "primary=few"], "--limits primary=few: give a number, as primary=100"],
  [
    ["--faults", "no-such.yaml"],
    "cannot read the faults no-such.yaml: ENOENT: no such file or directory, open 'no-such.yaml'",
  ],
])("%j is wrong usage", async (args, message) => {
  expect(await run(...args)).toEqual({ code: 2, printed: "", log: [message, see] });
});

test("--host enterprise-server serves the API at /api/v3 only, and says so", async () => {
  const command = await startCommand(["--host", "enterprise-server"]);
  expect(command.printed).toContain(`its API is at ${command.url}/api/v3 only`);
  expect(command.printed).toContain("Its registry, for https://containers.github.example.com,");
  expect((await fetch(`${command.url}/api/v3/meta`)).status).toBe(200);
  expect((await fetch(`${command.url}/meta`)).status).toBe(404);
  expect(await command.stop()).toMatchObject({ code: 0 });
});

test("an unknown option is wrong usage, and so is a seed that does not exist", async () => {
  expect(await run("--verbose")).toMatchObject({
    code: 2,
    log: [expect.stringContaining("--verbose"), see],
  });
  expect(await run("--seed", "no-such.yaml")).toEqual({
    code: 2,
    printed: "",
    log: ["no-such.yaml: there is no such seed file"],
  });
});

test("all problems of faults are reported at once", async () => {
  const file = await fileWith(`
- match: { path: /user, pattern: "(" }
  effect: { kind: answer, status: 99 }
- effect: { kind: explode }
`);
  const { code, log } = await run("--faults", file);
  expect(code).toBe(2);
  expect(log[0]?.split("\n").map((line) => line.split(":")[0])).toEqual([
    `${file} does not list faults`,
    "  0.match.pattern",
    "  0.effect.status",
    "  1.effect.kind",
  ]);
});

describe("while it runs", () => {
  let command: StartedCommand;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "simulator-test-"));
    const faults = join(folder, "faults.yaml");
    await writeFile(
      faults,
      `[{ match: { pattern: "^/users/", times: 1 }, effect: { kind: answer, status: 502 } }]`,
    );
    command = await startCommand(
      ["--limits", "anonymousPrimary=3", "--faults", faults, "--clock", "2026-05-01T08:30:00Z"],
      { TMPDIR: tmpdir() },
    );
    await rm(folder, { recursive: true });
  });
  const tokens = async () => (await command.control("GET", "/tokens")).json();
  const paths = async () =>
    ((await (await command.control("GET", "/requests")).json()) as { path: string }[]).map(
      ({ path }) => path,
    );

  test("it prints its addresses, and no token", async () => {
    const values = Object.values((await tokens()) as Record<string, string>);
    expect(values).toHaveLength(8);
    for (const value of values) expect(command.printed).not.toContain(value);
    expect(command.printed).toContain("with the organisation acme.");
    expect(command.printed).toContain("publisher: acme-publisher, write:packages, read:packages");
  });

  test("its key returns the tokens, and nothing else does", async () => {
    const { publisher } = (await tokens()) as Record<string, string>;
    const one = await command.control("GET", "/tokens/publisher");
    expect(await one.text()).toBe(`${publisher}\n`);
    const none = await command.control("GET", "/tokens/none");
    expect([none.status, await none.text()]).toEqual([
      404,
      expect.stringMatching(/^there is no such token; there are admin, publisher, /),
    ]);
    for (const headers of [{}, { authorization: `Bearer ${publisher}` }]) {
      for (const [method, path] of [
        ["GET", "/tokens"],
        ["GET", "/requests"],
        ["POST", "/clock"],
        ["POST", "/packages"],
        ["POST", "/reset"],
      ]) {
        const { status } = await fetch(`${command.url}/_simulator${path}`, {
          method: method!,
          headers,
        });
        expect(status).toBe(401);
      }
    }
  });

  test("limits and faults apply, and a reset restores them", async () => {
    const ask = async () => (await fetch(`${command.url}/users/acme-admin`)).status;
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([502, 200, 200, 200]);
    expect(await ask()).toBe(403);
    expect(await paths()).toEqual(Array(5).fill("/users/acme-admin"));
    const before = await tokens();
    expect((await command.control("POST", "/reset")).status).toBe(204);
    expect(await paths()).toEqual([]);
    expect(await tokens()).toEqual(before);
    expect([await ask(), await ask()]).toEqual([502, 200]);
  });

  test("a package is linked, which GitHub offers on a page only", async () => {
    const { publisher = "", admin } = (await tokens()) as Record<string, string>;
    const client = ociClient({ url: command.registryUrl, token: publisher });
    expect((await client.push("acme/web", "by-hand", tinyImage("web"))).status).toBe(201);
    const change = async (body: unknown) => {
      const answer = await command.control("POST", "/packages", body);
      return [answer.status, await answer.text()];
    };
    expect(await change({ package: "acme/none", repository: "web" })).toEqual([
      422,
      "no package acme/none\n",
    ]);
    for (const incomplete of [{ package: "web" }, { package: "acme/web" }]) {
      expect(await change(incomplete)).toEqual([422, expect.stringMatching(/^send what/)]);
    }
    expect(await change({ package: "acme/web", repository: "web" })).toEqual([204, ""]);
    const headers = { authorization: `Bearer ${admin}` };
    const shown = await fetch(`${command.url}/orgs/acme/packages/container/web`, { headers });
    expect(await shown.json()).toMatchObject({ repository: { full_name: "acme/web" } });
  });

  test("its clock stands still until it is advanced", async () => {
    const now = async () => (await command.control("GET", "/clock")).json();
    expect(await now()).toEqual({ now: "2026-05-01T08:30:00.000Z" });
    const advanced = await command.control("POST", "/clock", { days: 1, minutes: 30 });
    expect(await advanced.json()).toEqual({ now: "2026-05-02T09:00:00.000Z" });
    expect((await command.control("POST", "/clock", { weeks: 1 })).status).toBe(422);
    const answer = await fetch(`${command.url}/meta`);
    expect(answer.headers.get("date")).toBe("Sat, 02 May 2026 09:00:00 GMT");
  });

  afterAll(async () => {
    const { code, log } = await command.stop();
    expect(code).toBe(0);
    expect(log).toContain("502 GET /users/acme-admin (anonymous)");
    expect(log).not.toContain("_simulator");
  });
});

test("a key from the environment is not printed, and the real clock is not advanced", async () => {
  const command = await startCommand([], { GITHUB_SIMULATOR_KEY: "chosen" });
  expect(command.printed).not.toContain("chosen");
  const clock = await fetch(`${command.url}/_simulator/clock`, {
    method: "POST",
    headers: { authorization: "Bearer chosen" },
    body: "{}",
  });
  expect([clock.status, await clock.text()]).toEqual([
    409,
    "the clock is the real one: start the simulator with --clock <time>\n",
  ]);
  expect((await command.stop("SIGINT")).code).toBe(0);
});
