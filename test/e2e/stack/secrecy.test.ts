import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assertWithoutTokens } from "../../support/assert-without-tokens.ts";
import { readTree } from "../support/read-tree.ts";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";
import { watchProcesses, type SeenProcess } from "../support/watch-processes.ts";

let fleet: TestFleet;
let begun: number;
beforeAll(async () => {
  begun = Date.now();
  fleet = await startFleet(
    { repositories: [{ match: "*" }], secret: { scope: "repository" } },
    { repositories: ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })) },
    "publisher",
    { linked: true },
  );
});
afterAll(() => fleet.close());

const pats = ["publisher", "next-publisher", "too-wide"];

const value = (name: string) => fleet.platform.world.tokenValue(name);
const tokens = (names: readonly string[]) => names.map((name) => ({ name, value: value(name) }));

test("the engine's output and files contain no token, in any form", async () => {
  const { stack } = fleet;
  const outputs: string[] = [];
  /** Asked for secrets: the admin token is the provider's, and the PAT is nobody's. */
  const unmasked: string[] = [];
  const keep = async (run: ReturnType<typeof stack.run>, into = outputs) => {
    const { stdout, stderr } = await run;
    into.push(stdout, stderr);
  };
  const plan = ["--save-plan", join(stack.folder, "plan.json")];
  await keep(stack.preview([...policyPack, "--diff", "--debug", ...plan]));
  await keep(stack.preview(["--json"]));
  await keep(stack.up([...policyPack, "--skip-preview", "--diff", "--debug"]));
  await stack.setSecret("ghcr-fleet:pat", value("next-publisher"));
  await keep(stack.preview(["--diff", "--show-secrets"]), unmasked);
  await keep(stack.up(["--skip-preview", "--json"]));
  await stack.setSecret("ghcr-fleet:pat", value("too-wide"));
  await keep(stack.up(["--diff"]));
  await keep(stack.run(["stack", "export"]));
  await keep(stack.run(["stack", "export", "--show-secrets"]), unmasked);
  outputs.push(...(await readEngineLogs()));

  expect(outputs.join("\n")).toContain("RegistrySecret");
  assertWithoutTokens(outputs, tokens([...pats, "admin"]));
  assertWithoutTokens(await readTree(stack.folder), tokens([...pats, "admin"]));
  assertWithoutTokens(unmasked, tokens(pats));
});

test("the commands' output, files and arguments contain no token, in any form", async () => {
  const { stack } = fleet;
  const processes = watchProcesses();
  const outputs: string[] = [];
  for (const command of [
    ["rotate", "--yes", "test", "--no-health-gate", "--from-command", "printenv NEW_PAT"],
    ["status", "test", "--probe", "--json"],
    ["report", "test", "--html", join(stack.folder, "report.html")],
    ["drift", "test", "--json"],
    ["audit", "test", "--json"],
  ]) {
    const { exitCode, stdout, stderr } = await runCommand(fleet, command, {
      NEW_PAT: value("publisher"),
    });
    // 3: there are findings, such as that nothing was published yet.
    expect([0, 3], `${command[0]}: ${hidden(stdout + stderr)}`).toContain(exitCode);
    outputs.push(stdout, stderr);
  }
  outputs.push(argumentsOf(processes.stop()), ...(await readEngineLogs()));
  assertWithoutTokens(outputs, tokens([...pats, "admin"]));
  assertWithoutTokens(await readTree(stack.folder), tokens([...pats, "admin"]));
});

/** A test's report must not contain the secret that it searches for. */
function hidden(text: string): string {
  return tokens([...pats, "admin"]).reduce(
    (shown, { name, value }) => shown.replaceAll(value, `<${name}>`),
    text,
  );
}

/**
 * The arguments of all processes of this machine. Tests beside this one ask for states in clear on purpose, so what
 * must not be asked for is looked for where our stack is in the environment.
 */
function argumentsOf(processes: readonly SeenProcess[]): string {
  const { PULUMI_BACKEND_URL: backend = "" } = fleet.stack.shellVariables;
  const ours = processes.filter(({ environment }) =>
    environment.split("\0").includes(`PULUMI_BACKEND_URL=${backend}`),
  );
  const all = ours.map(({ args }) => args).join("\n");
  expect(all).toContain("--from-command");
  expect(all).toContain("run-policy-pack");
  // Nobody needs the decrypted state, which contains the tokens of providers.
  expect(all).toContain("export\0--stack");
  expect(all).not.toContain("export\0--show-secrets");
  return [...new Set(processes.map(({ args }) => args))].join("\n");
}

/**
 * The engine keeps a log of each command, zipped if no key of a stack encrypts it. In our own home
 * it keeps none, because `pulumi logs decrypt` would show both tokens.
 */
async function readEngineLogs(): Promise<string[]> {
  const ownHome = fleet.stack.shellVariables["PULUMI_HOME"];
  if (ownHome !== undefined) {
    expect((await stat(join(ownHome, "logs"))).isFile()).toBe(true);
    return [];
  }
  const folder = join(homedir(), ".pulumi", "logs");
  const files = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  const texts = files.map(async (file) => {
    if ((await stat(file)).mtimeMs < begun) return "";
    const bytes = await readFile(file);
    return bytes[0] === 0x1f ? gunzipSync(bytes, { finishFlush: 2 }).toString("utf8") : "";
  });
  return Promise.all(texts);
}
