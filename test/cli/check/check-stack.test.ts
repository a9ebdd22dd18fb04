import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { runBin, type Ended } from "../run-bin.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-check-stack-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Judges the fleet of a stack with this configuration, or this text as its file. */
async function check(stack: string | object, ...args: string[]): Promise<Ended> {
  const text = typeof stack === "string" ? stack : stringify({ config: stack });
  await writeFile(join(folder, "Pulumi.acme.yaml"), text);
  // No engine, and no token: neither may be needed.
  const env = { PATH: "", NO_COLOR: "1" };
  return runBin(["check", "--stack", "acme", ...args], { cwd: folder, env });
}

const secure = { secure: "v1:AAAA:BBBB" };
const right = (fleet: object) => ({
  "github:owner": "acme",
  "github:token": secure,
  "ghcr-fleet:pat": secure,
  "ghcr-fleet:fleet": fleet,
});
const monitored = { "audit-monitored-advice": "disabled" };

test("a correct fleet ends with 0, and the output names what is unknown offline", async () => {
  await writeFile(join(folder, "policy.json"), JSON.stringify(monitored));
  const fleet = { repositories: [{ name: "api" }, { match: "web-*", image: "web/any" }] };
  const { code, stdout } = await check(right(fleet), "--policy-pack-config", "policy.json");
  expect(stdout).toMatchInlineSnapshot(`
    "not known offline: fleet.repositories[1]: which repositories are selected by match web-*; an example was judged
    not known offline: fleet.secret.scope: whether the owner is an organisation or a user; an organisation was judged
    not known offline: fleet.repositories: which of them exist, are archived, public or private; both were judged
    not known offline: fleet.repositories: the default branch if none is configured; main was assumed
    not known offline: fleet.repositories: which of them publish already, so that their own workflows are repaired; the templates were judged
    not known offline: rules, in part or as a whole: pat-classic, pat-scopes-exact, pat-expiry-max, pat-expiry-left, pat-expiry-soon, pat-rotation-age, pat-source, pat-no-echo, pat-not-admin-token, pat-owner, secret-drift, package-linked, package-visibility, package-verified, package-pushable; they need the token, GitHub or the state, and are judged by pulumi preview
    1 file: no findings
    "
  `);
  expect(code).toBe(0);
});

test("repositories with their own workflows are complete without templates", async () => {
  const repositories = [
    { name: "api", workflows: "repair" },
    { name: "web", workflows: "none" },
  ];
  const { code, stdout } = await check(right({ repositories }), "--json");
  const { findings, open } = JSON.parse(stdout) as {
    findings: { rule: string }[];
    open: string[];
  };
  expect(findings.map(({ rule }) => rule)).toEqual(["audit-monitored-advice"]);
  expect(open).toContain(
    "fleet.repositories: the workflows that are repaired; ghcr-fleet check <checkout> judges them",
  );
  expect(open.join()).not.toContain("the templates were judged");
  expect(code).toBe(0);
});

test("findings point to the line of the entry that they come from", async () => {
  const text = `config:
  github:owner: acme
  ghcr-fleet:fleet:
    secret:
      name: PUBLISH
    defaults:
      timeoutMinutes: 90
    repositories:
      - name: api
      - match: web-*
        actions:
          tokenPermissions: write
`;
  const { code, stdout } = await check(text, "--json", "--sarif", "out.sarif");
  const { findings } = JSON.parse(stdout) as {
    findings: { level: string; rule: string; path: string; line: number; message: string }[];
  };
  const shown = findings.map(
    ({ level, rule, path, line, message }) => `${path}:${line}: ${level} ${rule}: ${message}`,
  );
  expect(shown).toMatchInlineSnapshot(`
    [
      "Pulumi.acme.yaml:4: advisory audit-monitored-advice: the stack must have a monitor of the audit log.",
      "Pulumi.acme.yaml:5: mandatory secret-name: PUBLISH must be named GHCR_PAT.",
      "Pulumi.acme.yaml:10: mandatory actions-token-read: a repository such as web-x must let a workflow's token read only, by default.",
    ]
  `);
  expect(code).toBe(3);

  const sarif = JSON.parse(await readFile(join(folder, "out.sarif"), "utf8")) as {
    runs: [{ results: { ruleId: string }[]; invocations: [{ toolExecutionNotifications: [] }] }];
  };
  expect(sarif.runs[0].results.map(({ ruleId }) => ruleId)).toEqual(
    findings.map(({ rule }) => rule),
  );
  expect(sarif.runs[0].invocations[0].toolExecutionNotifications.length).toBeGreaterThan(0);
});

test("a token in plain text is found anywhere, and not shown", async () => {
  const token = `ghp_${"a1".repeat(18)}`;
  const fleet = { repositories: [{ name: "api", buildArgs: { LABEL: token } }] };
  const config = { ...right(fleet), "ghcr-fleet:pat": token };
  const { code, stdout, stderr } = await check(config, "--sarif", "out.sarif");
  expect(code).toBe(3);
  expect(stdout).toContain("mandatory pat-no-echo: ");
  expect(stdout.match(/\S+ must contain no token in \w+/g)).toEqual([
    "ghcr-fleet:pat must contain no token in value",
    "ghcr-fleet:fleet must contain no token in value",
    "api must contain no token in files",
  ]);
  expect(stdout + stderr + (await readFile(join(folder, "out.sarif"), "utf8"))).not.toContain(
    token,
  );
});

test("an exception for a repository applies here too", async () => {
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const exception = { for: "api", owner: "a team", reason: "a test", until };
  const config = { ...monitored, "actions-token-read": { exceptions: [exception] } };
  await writeFile(join(folder, "policy.json"), JSON.stringify(config));
  const actions = { tokenPermissions: "write" };
  const fleet = { repositories: ["api", "web"].map((name) => ({ name, actions })) };
  const { stdout } = await check(right(fleet), "--policy-pack-config", "policy.json");
  expect(stdout).toMatch(/mandatory actions-token-read: .*\n {2}Pulumi.acme.yaml:\d+: web must/);
  expect(stdout).not.toContain(" api must");
});

test.each([
  ["a fleet that is none", right({ repositories: [] }), "fleet.repositories: is empty"],
  ["no fleet", { "github:owner": "acme" }, "the configuration has no fleet"],
  ["no owner", { "ghcr-fleet:fleet": { repositories: [{ name: "api" }] } }, "github:owner"],
  ["no YAML", "config: [", "Pulumi.acme.yaml:1:10: this is not valid YAML"],
  [
    "a key that is there twice",
    "config:\n  github:owner: acme\n  github:owner: globex\n",
    "Pulumi.acme.yaml:3:3: this key is there twice; remove one of the two\n",
  ],
  ["no configuration", "config: 7", "config must be a map"],
])("%s ends with 2", async (_, config, said) => {
  const { code, stderr } = await check(config);
  expect(stderr).toContain(said);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(2);
});

test("a fleet in its own file is judged the same way, and problems name that file", async () => {
  const config = { "github:owner": "acme", "ghcr-fleet:fleetFile": "fleet.yaml" };
  const fleet = (text: string) => writeFile(join(folder, "fleet.yaml"), text);
  await fleet(
    "repositories:\n  - name: api\n  - name: web\n    actions: { tokenPermissions: write }\n",
  );
  const judged = await check(config);
  expect(judged.stdout).toMatch(/mandatory actions-token-read: .*\n {2}fleet.yaml:3: web must/);
  expect(judged.stdout).toContain("2 files: ");
  expect(judged.code).toBe(3);

  const token = `ghp_${"a1".repeat(18)}`;
  await fleet(`repositories:\n  - name: api\n    buildArgs: { VALUE: ${token} }\n`);
  const held = await check(config);
  expect(held.stdout).toContain(" ghcr-fleet:fleet must contain no token in value");
  expect(held.stdout).not.toContain(token);

  await fleet("repositories:\n  - name: my repo\n");
  const { code, stderr } = await check(config);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'fleet.yaml: fleet.repositories[0].name: "my repo" contains white space; use the name as in github.com/<owner>/<name>\n',
  });
});

test.each([
  ["../fleet.yaml", "is not the name of a file beside Pulumi.yaml"],
  ["package.json", "is not the name of a file beside Pulumi.yaml"],
  ["fleet-missing.yaml", "fleet-missing.yaml: there is no such file here"],
])("fleetFile: %s is refused", async (name, said) => {
  const { code, stderr } = await check({ "github:owner": "acme", "ghcr-fleet:fleetFile": name });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) as string });
});

test("a fleet that the engine cannot pass on is refused with its size and the way out", async () => {
  const repositories = Array.from({ length: 1200 }, (_, index) => ({
    name: `a-service-with-a-long-name-${index}`,
    image: `services/of-the-platform/a-service-with-a-long-name-${index}`,
  }));
  const { code, stderr } = await check(right({ repositories }));
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      "Pulumi.acme.yaml has 137 KiB, and the engine can pass no more than 128 KiB to the program. Move what is below ghcr-fleet:fleet into the file fleet.yaml beside Pulumi.yaml, and replace the key by ghcr-fleet:fleetFile: fleet.yaml\n",
  });
  const env = { PATH: "" };
  const update = await runBin(["pulumi", "up", "--yes"], { cwd: folder, env });
  expect({ code: update.code, stderr: update.stderr }).toEqual({ code: 2, stderr });

  const large = { repositories: [{ name: "api", buildArgs: { A: "a".repeat(140_000) } }] };
  await writeFile(join(folder, "fleet.json"), JSON.stringify(large));
  const config = { "github:owner": "acme", "ghcr-fleet:fleetFile": "fleet.json" };
  expect((await check(config)).stdout).toContain("2 files: 0 mandatory");
});

test.each([
  [
    "repetitions",
    `a: &a ${"x".repeat(500_000)}\nconfig: [${"*a,".repeat(99)}]`,
    "too large with its",
  ],
  ["aliases", `a: &a [1]\n${bombOf(9)}config: *h\n`, "too large with its aliases"],
  ["levels", `config: ${"[".repeat(50_000)}${"]".repeat(50_000)}`, ": this is not valid YAML"],
  ["size", `config: {}\n${"# a large file\n".repeat(400_000)}`, "it is larger than 4 MiB"],
])("a file that is hostile by its %s is refused", async (_, text, said) => {
  const { code, stderr } = await check(text);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) as string });
});

function bombOf(levels: number): string {
  const keys = "abcdefghijk";
  return Array.from({ length: levels }, (_, at) => {
    const [own, before] = [keys[at + 1], keys[at]];
    return `${own}: &${own} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]\n`;
  }).join("");
}
