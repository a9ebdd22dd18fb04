import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const pack = join(root, "policy");

const good = {
  scopes: ["write:packages"],
  inspectedAt: "2026-01-01T00:00:00Z",
  expiresAt: "2026-03-01T00:00:00Z",
};
const wide = { ...good, scopes: ["write:packages", "repo"] };
const everlasting = { scopes: good.scopes, inspectedAt: good.inspectedAt };

let home: string;
let project: string;
let env: NodeJS.ProcessEnv;
let stacks = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "ghcr-fleet-policy-"));
  env = {
    ...process.env,
    PULUMI_HOME: join(home, "home"),
    PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "policy",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  await mkdir(join(home, "state"));
  await run("pulumi", ["version"], { env }).catch((cause: unknown) => {
    throw new Error("these tests need the Pulumi engine on PATH: npm test brings it", { cause });
  });
  // A copy, because the engine writes stack files beside the program.
  project = join(home, "project");
  await cp(join(root, "test/policy/fixture"), project, { recursive: true });
  await symlink(join(root, "node_modules"), join(home, "node_modules"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test("a good token passes preview and up", { timeout: 120_000 }, async () => {
  const stack = await newStack({ tokens: { good } });
  expect(await pulumi("preview", stack)).toMatchObject({ passed: true });
  expect(await pulumi("up", stack)).toMatchObject({ passed: true });
});

test(
  "bad tokens are refused in preview, each with its own message",
  { timeout: 120_000 },
  async () => {
    const missing = { inspectedAt: good.inspectedAt };
    const stack = await newStack({ tokens: { good, wide, everlasting, missing } });
    const { passed, violations } = await pulumi("preview", stack);
    expect(passed).toBe(false);
    expect(violations).toMatchInlineSnapshot(`
      [
        "[mandatory] pat-expiry-max (ghcr:index:RegistryToken: everlasting) The publishing token expires, and soon enough. everlasting must expire within 90 days, but never expires. Create a classic token with an earlier expiry at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
        "[mandatory] pat-expiry-max (ghcr:index:RegistryToken: missing) The publishing token expires, and soon enough. missing must expire within 90 days, but never expires. Create a classic token with an earlier expiry at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
        "[mandatory] pat-scopes-exact (ghcr:index:RegistryToken: missing) The publishing token has exactly the scopes write:packages and read:packages. missing must have known scopes. Create a classic token with nothing but write:packages at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
        "[mandatory] pat-scopes-exact (ghcr:index:RegistryToken: wide) The publishing token has exactly the scopes write:packages and read:packages. wide must have no scope beyond write:packages and read:packages, such as repo. Create a classic token with nothing but write:packages at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
      ]
    `);
  },
);

test(
  "what preview cannot know is said, and refused before it is created",
  { timeout: 120_000 },
  async () => {
    const stack = await newStack({
      lateTokens: { wide },
    });
    const preview = await pulumi("preview", stack);
    expect(preview.passed).toBe(true);
    expect(preview.violations).toMatchInlineSnapshot(`
      [
        "[advisory] pat-expiry-max (ghcr:index:RegistryToken: wide) can't run policy 'pat-expiry-max' from policy pack 'ghcr-fleet@v0.0.0' during preview: string value at .expiresAt can't be known during preview",
        "[advisory] pat-scopes-exact (ghcr:index:RegistryToken: wide) can't run policy 'pat-scopes-exact' from policy pack 'ghcr-fleet@v0.0.0' during preview: string value at .scopes can't be known during preview",
      ]
    `);

    const up = await pulumi("up", stack);
    expect(up.passed).toBe(false);
    expect(up.violations).toMatchInlineSnapshot(`
      [
        "[mandatory] pat-scopes-exact (ghcr:index:RegistryToken: wide) The publishing token has exactly the scopes write:packages and read:packages. wide must have no scope beyond write:packages and read:packages, such as repo. Create a classic token with nothing but write:packages at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
      ]
    `);
    expect(await resourceTypes(stack)).not.toContain("ghcr:index:RegistryToken");
  },
);

test("thresholds come from the policy configuration", { timeout: 120_000 }, async () => {
  const config = join(home, "thresholds.json");
  await writeFile(config, JSON.stringify({ "pat-expiry-max": { maxDays: 30 } }));
  const stack = await newStack({ tokens: { good } });
  const { passed, violations } = await pulumi("preview", stack, "--policy-pack-config", config);
  expect(passed).toBe(false);
  expect(violations).toMatchInlineSnapshot(`
    [
      "[mandatory] pat-expiry-max (ghcr:index:RegistryToken: good) The publishing token expires, and soon enough. good must expire within 30 days, but has 59 left. Create a classic token with an earlier expiry at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
    ]
  `);
});

test("a threshold out of range is refused", { timeout: 120_000 }, async () => {
  const config = join(home, "wrong.json");
  await writeFile(config, JSON.stringify({ "pat-expiry-max": { maxDays: 4000 } }));
  const stack = await newStack({ tokens: { good } });
  const { passed, output } = await pulumi("preview", stack, "--policy-pack-config", config);
  expect(passed).toBe(false);
  expect(output).toContain("maxDays");
});

async function newStack(settings: { tokens?: object; lateTokens?: object }): Promise<string> {
  const stack = `policy-${++stacks}`;
  await run("pulumi", ["stack", "init", stack, "--non-interactive"], { cwd: project, env });
  const entries = Object.entries(settings).map(([key, value]) => [`policy-fixture:${key}`, value]);
  // JSON is YAML.
  const config = JSON.stringify({ config: Object.fromEntries(entries) });
  await writeFile(join(project, `Pulumi.${stack}.yaml`), config);
  return stack;
}

async function pulumi(verb: "preview" | "up", stack: string, ...more: string[]) {
  const options = ["--stack", stack, "--policy-pack", pack];
  const yes = verb === "up" ? ["--yes", "--skip-preview"] : [];
  const all = [verb, ...options, ...yes, "--non-interactive", "--color", "never", ...more];
  const { passed, output } = await new Promise<{ passed: boolean; output: string }>((resolve) => {
    execFile("pulumi", all, { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ passed: error === null, output: stdout + stderr });
    });
  });
  return { passed, output, violations: violationsIn(output) };
}

/** The rules that the engine lists under "Policies:", each with its message. */
function violationsIn(output: string): string[] {
  const listed = output.split(/^Policies:$/m)[1]?.split(/^[A-Z]\w*:$/m)[0] ?? "";
  return listed
    .split(/^ +- /m)
    .slice(1)
    .map((violation) => violation.trim().replaceAll(/\s+/g, " "))
    .sort();
}

async function resourceTypes(stack: string): Promise<string[]> {
  const { stdout } = await run("pulumi", ["stack", "export", "--stack", stack], {
    cwd: project,
    env,
  });
  const { deployment } = JSON.parse(stdout) as { deployment: { resources?: { type: string }[] } };
  return (deployment.resources ?? []).map(({ type }) => type);
}
