import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { github } from "../../../policy/model/resource-types.ts";
import { rules } from "../../../policy/rules.ts";
import { cases } from "../../policy/cases/index.ts";
import { adminToken, classicToken, token } from "../../policy/cases/token-cases.ts";
import { repositoryFile } from "../../policy/cases/workflow-programs.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const pack = join(root, "policy");

const stackConfig = { "ghcr-fleet:pat": classicToken, "github:token": adminToken };
const start = Date.now();
const [firstSeenAt, expiresAt] = [0, 59].map((days) =>
  new Date(start + days * 86_400_000).toISOString(),
);
const registryToken = (name: string, changes = {}) => ({
  ...token({ firstSeenAt, expiresAt, ...changes }),
  name,
});
const good = registryToken("good");
const wide = registryToken("wide", { scopes: ["write:packages", "repo"] });

let home: string;
let project: string;
let env: NodeJS.ProcessEnv;
let stacks = 0;
let empty: { readonly state: string; readonly configuration: object };

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
  // A copy, because the engine writes stack files next to the program.
  project = join(home, "project");
  await cp(join(root, "test/e2e/policy/fixture"), project, { recursive: true });
  await symlink(join(root, "node_modules"), join(home, "node_modules"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test("a program that breaks every mandatory rule gets a violation of each", async () => {
  const mandatory = cases.filter(({ rule }) => rule.level === "mandatory");
  const resources = mandatory.flatMap(({ rule, violating }) =>
    violating.resources
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      // In preview, this provider's outputs are its inputs.
      .map(({ type, props, outputs = props }, index) => ({
        type,
        name: `${rule.id}-${index}`,
        props: outputs,
      })),
  );
  const config = await policyConfig(
    Object.fromEntries(
      mandatory.map(({ rule, violating }) => [rule.id, violating.policyConfig ?? {}]),
    ),
  );
  const stack = await newStack({ resources });
  const { passed, output, violations } = await pulumi("preview", stack, ...config);
  expect(passed).toBe(false);
  const listed = violations.flatMap(
    (violation) => /^\[mandatory\] \[severity: \w+\] (\S+)/.exec(violation)?.[1] ?? [],
  );
  expect(new Set(listed)).toEqual(
    new Set(rules.filter(({ level }) => level === "mandatory").map(({ id }) => id)),
  );
  expect(output).not.toContain(classicToken);
  expect(output).not.toContain(adminToken);
});

test("values that preview cannot know are reported, and violations refused before creation", async () => {
  const stack = await newStack({ late: [wide] });
  const preview = await pulumi("preview", stack);
  expect(preview.passed).toBe(true);
  expect(preview.violations).toContain(
    "[advisory] [severity: critical] pat-scopes-exact (ghcr:index:RegistryToken: wide) can't run policy 'pat-scopes-exact' from policy pack 'ghcr-fleet@v0.1.0' during preview: string value at .scopes can't be known during preview",
  );

  const up = await pulumi("up", stack);
  expect(up.passed).toBe(false);
  expect(up.violations.filter((violation) => violation.startsWith("[mandatory]")))
    .toMatchInlineSnapshot(`
      [
        "[mandatory] [severity: critical] pat-scopes-exact (ghcr:index:RegistryToken: wide) The publishing token has exactly the scopes write:packages and read:packages. wide must have no scope beyond write:packages and read:packages, such as repo. Create a classic token with nothing but write:packages at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
      ]
    `);
  expect(await resourcesOf(stack)).not.toContainEqual(
    expect.objectContaining({ type: "ghcr:index:RegistryToken" }),
  );
});

test("a good token passes, and remediation replaces the program's values with those that the rules require", async () => {
  const by = { enforcementLevel: "remediate" };
  const config = await policyConfig({
    "workflow-pinned": by,
    "workflow-no-persisted-credentials": by,
    "workflow-bounded": by,
  });
  const text = [
    "on: push",
    "jobs:",
    "  test:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      # all of it",
    "      - uses: actions/checkout@v4",
    "",
  ].join("\n");
  const stack = await newStack({
    resources: [good, repositoryFile(".github/workflows/test.yml", text)],
  });
  const { passed, output } = await pulumi("up", stack, ...config);
  expect(passed, output).toBe(true);
  const file = (await resourcesOf(stack)).find(({ type }) => type === github.file);
  expect(file?.outputs["content"]).toMatchInlineSnapshot(`
      "on: push
      concurrency:
        group: \${{ github.workflow }}-\${{ github.ref }}
        cancel-in-progress: false
      jobs:
        test:
          runs-on: ubuntu-24.04
          timeout-minutes: 30
          steps:
            # all of it
            - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
              with:
                persist-credentials: false
      "
    `);
});

test("thresholds and exceptions come from the policy configuration", async () => {
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const exception = { for: "excepted", owner: "a team", reason: "a test", until };
  const config = await policyConfig({
    "pat-expiry-max": { maxDays: 30, exceptions: [exception] },
  });
  const stack = await newStack({ resources: [good, registryToken("excepted")] });
  const { passed, violations } = await pulumi("preview", stack, ...config);
  expect(passed).toBe(false);
  expect(violations.filter((violation) => violation.startsWith("[mandatory]")))
    .toMatchInlineSnapshot(`
      [
        "[mandatory] [severity: high] pat-expiry-max (ghcr:index:RegistryToken: good) The publishing token expires within the allowed days. good must expire within 30 days, but has 59 left. Create a classic token with an earlier expiry at https://github.com/settings/tokens/new?scopes=write:packages and rotate to it.",
      ]
    `);
});

test("a threshold out of range is refused", async () => {
  const config = await policyConfig({ "pat-expiry-max": { maxDays: 4000 } });
  const stack = await newStack({ resources: [good] });
  const { passed, output } = await pulumi("preview", stack, ...config);
  expect(passed).toBe(false);
  expect(output).toContain("maxDays");
});

/** The engine needs most of a second of a processor to derive the key of a new stack: the others are copies of the first. */
async function newStack(settings: Record<string, unknown>): Promise<string> {
  const stack = `policy-${++stacks}`;
  const states = join(home, "state/.pulumi/stacks/policy-fixture");
  if (stacks === 1) {
    await run("pulumi", ["stack", "init", stack, "--non-interactive"], { cwd: project, env });
    empty = {
      state: await readFile(join(states, `${stack}.json`), "utf8"),
      configuration: parse(await readFile(join(project, `Pulumi.${stack}.yaml`), "utf8")) as object,
    };
  }
  await writeFile(join(states, `${stack}.json`), empty.state.replaceAll("policy-1", stack));
  const entries = Object.entries(settings).map(([key, value]) => [`policy-fixture:${key}`, value]);
  const config = { ...stackConfig, ...Object.fromEntries(entries) };
  // JSON is YAML.
  const text = JSON.stringify({ ...empty.configuration, config });
  await writeFile(join(project, `Pulumi.${stack}.yaml`), text);
  return stack;
}

/** The options with which the pack gets a configuration. */
async function policyConfig(config: object): Promise<string[]> {
  const file = join(home, `config-${stacks}.json`);
  await writeFile(file, JSON.stringify(config));
  return ["--policy-pack-config", file];
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

interface StateResource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

async function resourcesOf(stack: string): Promise<StateResource[]> {
  const { stdout } = await run("pulumi", ["stack", "export", "--stack", stack], {
    cwd: project,
    env,
  });
  const { deployment } = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } };
  return deployment.resources ?? [];
}
