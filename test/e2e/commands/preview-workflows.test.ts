import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineEnvironment } from "../../../tools/engine.ts";
import { findProgram } from "../../support/missing-tool.ts";
import { conclusions, logsOf, watchRuns } from "../support/runs.ts";
import { runCommand } from "../support/run-command.ts";
import { plantStackRepository, type StackRepository } from "../support/stack-repository.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const settings = { username: "acme-publisher", pace: "burst" };

describe("the workflows that init wrote into the stack's own repository", () => {
  let fleet: TestFleet;
  let repository: StackRepository;
  let runs: ReturnType<typeof watchRuns>;
  let tools: string;

  beforeAll(async () => {
    tools = await mkdtemp(join(tmpdir(), "ghcr-fleet-tools-"));
    await writeFile(join(tools, "npm"), installingOnce(tools), { mode: 0o755 });
    const { PATH, PULUMI_HOME } = await engineEnvironment();
    // Each job has an empty home: what the machine has already is not downloaded again.
    const { stdout } = await promisify(execFile)("npm", ["config", "get", "cache"]);
    const toolVariables = {
      ...(PULUMI_HOME && { PULUMI_HOME }),
      npm_config_cache: stdout.trim(),
      npm_config_prefer_offline: "true",
    };
    const image = { toolPath: [tools, PATH].join(delimiter), toolVariables };
    fleet = await startFleet(
      { ...settings, repositories: [{ name: "api" }] },
      organisation(),
      "publisher",
      { linked: true, actions: true, patFrom: { env: "GHCR_FLEET_PAT" }, ...image },
    );
    const { stack, platform } = fleet;
    await stack.run(["config", "rm", "github:token"]);
    const [admin, pat] = ["admin", "publisher"].map((name) => platform.world.tokenValue(name));
    const env = { GITHUB_TOKEN: admin ?? "", GHCR_FLEET_PAT: pat ?? "" };
    const up = await stack.up(["--skip-preview"], { env });
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    repository = await plantStackRepository(fleet, {
      preview: { GHCR_FLEET_READ_TOKEN: "reader" },
      apply: { GHCR_FLEET_ADMIN_TOKEN: "admin", GHCR_FLEET_PAT: "publisher" },
      watch: { GHCR_FLEET_READ_TOKEN: "watcher" },
    });
    runs = watchRuns(fleet);
    await runs();
  });
  afterAll(async () => {
    await fleet.close();
    await rm(tools, { recursive: true, force: true });
  });

  test("a pull request gets a preview as a comment", async () => {
    await repository.proposeFleet("more", {
      ...settings,
      repositories: [{ name: "api" }, { name: "web" }],
    });
    const finished = await runs();
    expect(conclusions(finished), logsOf(finished)).toEqual(["fleet preview pull_request success"]);
    expect(repository.comments()).toMatchObject([
      {
        author: "github-actions[bot]",
        body: expect.stringContaining("web: workflow files (new, "),
      },
    ]);
    const { pulls } = fleet.platform.world.repository("acme/fleet");
    expect(repository.comments()[0]!.body).toContain(`\n\nFor commit ${pulls[0]!.head.sha}.`);
    // The rights that docs/pull-requests.md names are enough to read everything.
    expect(repository.comments()[0]!.body).toContain("| Drift | none |");
  });

  test("a merge is applied, and the images arrive", async () => {
    await repository.merge(1);
    const finished = await runs();
    expect(conclusions(finished).sort(), logsOf(finished)).toEqual([
      "fleet apply push success",
      "web ci push success",
    ]);
    const { world } = fleet.platform;
    const secret = world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
    const web = world.repository("acme/web");
    expect(secret?.value).toBe(world.tokenValue("publisher"));
    expect(secret?.selected.has(web.id)).toBe(true);
    expect(world.readFile(web, "main", ".github/workflows/ci.yml")).toBeDefined();
  });

  test("the stack's own minute goes into the watch", async () => {
    const { folder } = fleet.stack;
    const watch = ".github/workflows/watch.yml";
    await mkdir(join(folder, ".github/workflows"), { recursive: true });
    await copyFile(join(folder, "repository", watch), join(folder, watch));
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["workflows", "test"], {
      GITHUB_TOKEN: fleet.platform.world.tokenValue("reader"),
    });
    expect(exitCode, stdout + stderr).toBe(0);
    const { watchMinute } = await fleet.stack.outputs<{ watchMinute: number }>();
    expect(watchMinute).toBeGreaterThanOrEqual(3);
    expect(watchMinute).toBeLessThanOrEqual(57);
    expect(await readFile(join(folder, watch), "utf8")).toContain(
      `- cron: "${watchMinute} 5 * * *"`,
    );
  });

  test("the watch finds what somebody changed, and keeps issues about it", async () => {
    const { world } = fleet.platform;
    fleet.platform
      .byHand("acme-dev")
      .editFiles("acme/api", { ".github/workflows/release.yml": null });
    world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!.updatedAt =
      "2031-01-01T00:00:00Z";
    await repository.dispatch("watch.yml");
    const [watch] = (await runs()).filter(({ event }) => event.repo === "fleet");
    const said = logsOf([watch!]);
    expect(
      watch!.jobs.map(({ name, conclusion }) => `${name}: ${conclusion}`),
      said,
    ).toEqual(["Drift of test: failure", "Audit of test: failure"]);
    expect(said).toContain("release.yml of acme/api was deleted");
    expect(said.match(/issue opened: https:\/\/github\.com\/acme\/fleet\/issues\//g)).toHaveLength(
      2,
    );
    for (const name of ["admin", "publisher", "reader", "watcher"]) {
      expect(said).not.toContain(world.tokenValue(name));
    }
  });

  test("the next watch knows earlier findings, which can be acknowledged there", async () => {
    await repository.dispatch("watch.yml", { acknowledge: "all" });
    const [watch] = (await runs()).filter(({ event }) => event.repo === "fleet");
    const said = logsOf([watch!]);
    expect(
      watch!.jobs.map(({ name, conclusion }) => `${name}: ${conclusion}`),
      said,
    ).toEqual(["Drift of test: failure", "Audit of test: success"]);
    expect(said).toContain("issue closed: https://github.com/acme/fleet/issues/");
  });
});

/**
 * npm, as a script. The first `npm ci` installs, which takes a processor ten seconds; the jobs after it, whose
 * package-lock.json is the same, get links to its files.
 */
function installingOnce(folder: string): string {
  const [npm, kept] = [findProgram("npm"), join(folder, "installed")];
  return `#!/bin/sh
if [ "$*" = ci ] && cmp -s package-lock.json ${kept}/package-lock.json; then
  exec cp -al ${kept}/node_modules node_modules
fi
${npm} "$@" || exit
if [ "$*" = ci ]; then
  mkdir -p ${kept} && cp -al node_modules ${kept}/ && cp package-lock.json ${kept}/
fi
`;
}

function organisation() {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const admin = { owner: "acme-admin", scopes: ["repo", "workflow", "admin:org", "read:packages"] };
  const read = [
    ...["contents", "metadata", "administration", "secrets", "actions", "actions_variables"],
    ...["environments", "organization_secrets", "organization_actions_variables"],
  ];
  const permissions = Object.fromEntries(read.map((name) => [name, "read" as const]));
  return {
    users: [
      { login: "acme-admin", role: "admin" as const },
      { login: "acme-dev", role: "member" as const },
      { login: "acme-publisher", role: "member" as const },
    ],
    tokens: [
      { name: "admin", ...admin, expiresInDays: 90 },
      { name: "publisher", ...publisher, expiresInDays: 60 },
      { name: "reader", owner: "acme-admin", kind: "fine-grained" as const, permissions },
      { name: "watcher", owner: "acme-admin", kind: "fine-grained" as const, permissions },
    ],
    repositories: [
      ...["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })),
      { name: "fleet" },
    ],
  };
}
