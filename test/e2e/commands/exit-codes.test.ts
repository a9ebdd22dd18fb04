import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const verbs = [
  ...["status", "rollout", "drift", "audit", "report", "recover", "preview"],
  ...["rotate", "fleet", "workflows"],
];
const inFull = (verb: string, stack: string) => [
  verb,
  stack,
  ...(verb === "report" ? ["--json", "report.json"] : []),
  ...(verb === "rollout" || verb === "rotate" ? ["--yes"] : []),
];

let fleet: TestFleet;
let file: string;
beforeAll(async () => {
  fleet = await startFleet({ repositories: [{ name: "api" }] }, {}, "publisher", { linked: true });
  file = await readFile(fleet.stack.configFile, "utf8");
});
afterEach(() => writeFile(fleet.stack.configFile, file));
afterAll(() => fleet.close());

describe("wrong usage or configuration ends with 2", () => {
  // All verbs open stacks in the same way: an invalid fleet, below, is refused by each of them.
  test.each([
    ["status", ["status", "nope"]],
    ["rotate", ["rotate", "nope", "--resume", "--yes"]],
  ])("%s of a stack that does not exist", async (_, args) => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, args);
    expect(stdout + stderr).toContain('there is no stack "nope" in this project and back end');
    expect(exitCode).toBe(2);
  });

  test("a folder that is not a project", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
    const { shellVariables } = fleet.stack;
    const elsewhere = { stack: { folder, shellVariables } };
    const { exitCode, stderr } = await runCommand(elsewhere, ["status", "test"]);
    expect(stderr).toContain("has no Pulumi.yaml");
    expect(exitCode).toBe(2);
    await rm(folder, { recursive: true });
  });

  test("an invalid fleet", async () => {
    await fleet.configure({ repositories: [{ nmae: "api" }] });
    const nmae = "fleet.repositories[0].nmae: unknown; remove it, or correct its spelling";
    const lines = [
      "fleet.repositories[0]: needs exactly one of name, match, topic, property, team, visibility, language, has, all, any, not",
      nmae,
    ];
    for (const args of [
      ...verbs.map((verb) => inFull(verb, "test")),
      ["check", "--stack", "test"],
    ]) {
      const { exitCode, stdout, stderr } = await runCommand(fleet, args);
      expect({ exitCode, stdout }, args.join(" ")).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr.trimEnd().split("\n").sort()).toEqual(
        lines.map((line) => `Pulumi.test.yaml: ${line}`).sort(),
      );
    }
    // To doctor, it is one of the checks, which all have their line.
    const checked = await runCommand(fleet, ["doctor", "test"]);
    for (const line of lines) expect(checked.stdout).toContain(`Pulumi.test.yaml: ${line}`);
    expect(checked.stdout).toMatch(/^problem {2}stack: /m);
    expect(checked.exitCode).toBe(1);
  });

  test("a fleet that does not fit what GitHub has", async () => {
    await fleet.configure({ repositories: [{ name: "gone" }, { match: "srv-*" }] });
    const lines = [
      "fleet.repositories[0].name: acme/gone does not exist, or the admin token may not see it; correct or remove it",
      'fleet.repositories[1].match: "srv-*" matches no repository of acme; correct or remove it',
    ].map((line) => `Pulumi.test.yaml: ${line}`);
    for (const verb of ["status", "rollout", "preview", "fleet"]) {
      const { exitCode, stderr } = await runCommand(fleet, inFull(verb, "test"));
      expect(stderr.trimEnd().split("\n"), verb).toEqual(lines);
      expect(exitCode, verb).toBe(2);
    }
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("a PAT that is too wide, said once by preview", async () => {
    const wide = fleet.platform.world.tokenValue("too-wide");
    await fleet.stack.setSecret("ghcr-fleet:pat", wide);
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["preview", "test"]);
    expect(stderr).toMatch(
      /^the publishing PAT \(from ghcr-fleet:pat\) is too wide: in addition to publishing it may use repo; [^\n]*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  test("a file that is not YAML", async () => {
    await writeFile(fleet.stack.configFile, "config: [\n");
    const said = "Pulumi.test.yaml:2:1: this is not valid YAML; correct the line";
    for (const args of [
      ["status", "test"],
      ["preview", "test"],
      ["check", "--stack", "test"],
    ]) {
      const { exitCode, stdout, stderr } = await runCommand(fleet, args);
      expect(stderr, args.join(" ")).toContain(said);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    }
  });

  test("no admin token", async () => {
    await fleet.stack.run(["config", "rm", "github:token"]);
    const environment = { GITHUB_TOKEN: "" };
    const { exitCode, stderr } = await runCommand(fleet, ["status", "test"], environment);
    expect(stderr).toContain("the admin token is missing");
    expect(exitCode).toBe(2);
  });

  test("an admin token without a right that the update needs", async () => {
    const { world } = fleet.platform;
    const admin = [...world.state.tokens.values()].find(({ owner }) => owner === "acme-admin")!;
    const without = (scope: string) =>
      world.mintToken({
        ...admin,
        name: `without ${scope}`,
        scopes: admin.scopes.filter((each) => each !== scope),
      });
    await fleet.stack.run(["config", "rm", "github:token"]);
    const page = "https://github.com/settings/tokens";
    const files = `the PAT lacks workflow, which it needs to write workflow files of api: add what it lacks on ${page}`;
    const secret = "the PAT lacks admin:org, which it needs to";
    for (const [args, scope, said] of [
      [inFull("preview", "test"), "workflow", files],
      [inFull("rollout", "test"), "admin:org", `${secret} preview`],
      [
        ["rotate", "test", "--from-env", "NEXT_PAT", "--yes"],
        "admin:org",
        `${secret} write the organisation's secret`,
      ],
    ] as const) {
      fleet.takeWrites();
      const { exitCode, stdout, stderr } = await runCommand(fleet, args, {
        GITHUB_TOKEN: without(scope),
        NEXT_PAT: world.tokenValue("next-publisher"),
      });
      const printed = (stdout + stderr).replaceAll(/\s+/g, " ");
      expect(printed, args.join(" ")).toContain(said);
      expect({ exitCode, writes: fleet.takeWrites() }, printed).toEqual({
        exitCode: 2,
        writes: [],
      });
    }
  });

  test("a fleet that holds a secret, of which nothing is shown", async () => {
    const place = ["--path", "ghcr-fleet:fleet.repositories[0].buildArgs.A"];
    await fleet.stack.run(["config", "set", "--secret", ...place], { input: "hidden-value" });
    const holds = "ghcr-fleet:fleet contains an encrypted value. A fleet must not contain secrets";
    const named = "ghcr-fleet:fleet.repositories.0.buildArgs.A is an encrypted value.";
    for (const [args, said] of [
      [["preview", "test"], holds],
      [["check", "--stack", "test"], named],
    ] as const) {
      const { exitCode, stdout, stderr } = await runCommand(fleet, args);
      expect(stdout + stderr).toContain(said);
      expect(stdout + stderr).not.toContain("hidden-value");
      expect(exitCode, args.join(" ")).toBe(2);
    }
    const { exitCode, stdout, stderr } = await fleet.stack.run(["preview", "--diff"]);
    expect(stdout + stderr).toContain(holds);
    expect(stdout + stderr).not.toContain("hidden-value");
    expect(exitCode).not.toBe(0);
  });
});

describe("failures end with 1", () => {
  test("without a server, a verb reports at once that it retries, and gives up soon", async () => {
    const nobody = fleet.platform.url.replace(/:\d+$/, ":2");
    await writeFile(fleet.stack.configFile, file.replaceAll(fleet.platform.url, nobody));
    // Only rollout locks the stack.
    const trying = ["status", "drift", "preview", "rollout"].map(async (verb) => {
      const { exitCode, stdout, stderr } = await runCommand(fleet, inFull(verb, "test"));
      const said = stdout + stderr;
      expect(said, verb).toMatch(
        /GitHub at http:\/\/127\.0\.0\.1:2 does not answer \(connect ECONNREFUSED 127\.0\.0\.1:2\): trying again in 1 s/,
      );
      expect(said, verb).not.toContain("in 9 s");
      expect(exitCode, verb).toBe(1);
    });
    await Promise.all(trying);
  });

  test("a stack that another machine has locked, or an update that was killed", async () => {
    const locks = join(fleet.stack.folder, "state/.pulumi/locks/organization/ghcr-fleet/test");
    await mkdir(locks, { recursive: true });
    const lock = {
      pid: 1,
      username: "root",
      hostname: "elsewhere",
      timestamp: "2026-01-01T00:00:00Z",
    };
    await writeFile(join(locks, "1.json"), JSON.stringify(lock));
    const up = ["pulumi", "up", "--yes", "--skip-preview", "--stack", "test"];
    const locked = await runCommand(fleet, up);
    expect(locked.stderr).toContain("has the lock, root@elsewhere (pid 1)");
    expect(locked.stderr).toContain("ghcr-fleet recover test");
    expect(locked.exitCode).toBe(1);

    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(join(locks, "1.json"), JSON.stringify({ ...lock, pid, hostname: hostname() }));
    for (const verb of ["rollout", "rotate"]) {
      const left = await runCommand(fleet, [verb, "test", "--resume", "--yes"]);
      expect(left.stderr).toContain("Run `ghcr-fleet recover test` first");
      expect(left.exitCode).toBe(1);
    }
    const doctor = await runCommand(fleet, ["doctor", "test"]);
    expect(doctor.stdout).toContain("an update was killed");
    await rm(locks, { recursive: true });
  });
});
