import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { assertDocument } from "../../support/assert-document.ts";

const ci = ".github/workflows/ci.yml";
const settings = {
  username: "acme-publisher",
  defaults: { actions: { tokenPermissions: "read" } },
};
const base = { ...settings, repositories: [{ name: "api" }, { name: "web" }] };
const head = {
  ...settings,
  repositories: [{ name: "api", timeoutMinutes: 7 }, { name: "web" }, { name: "mailer" }],
};
const readOnly = [
  ...["contents", "metadata", "administration", "secrets", "actions_variables", "environments"],
  ...["organization_secrets", "organization_actions_variables", "organization_administration"],
];

/** The pull request that the command comments on. */
const pullRequest = (fleet: TestFleet, token: string) => ({
  GITHUB_REPOSITORY: "acme/fleet",
  GITHUB_REF: "refs/pull/1/merge",
  GITHUB_API_URL: fleet.platform.url,
  GHCR_FLEET_COMMENT_TOKEN: fleet.platform.world.tokenValue(token),
});

describe("a preview of a pull request", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet(base, organisation(), "publisher", { linked: true });
    const up = await fleet.stack.up(["--skip-preview"]);
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    await proposeChange(fleet);
    await fleet.configure(head);
    fleet.takeWrites();
  });
  afterAll(() => fleet.close());

  const comments = () => fleet.platform.world.repository("acme/fleet").comments;
  const section = (title: string) =>
    comments()[0]!
      .body.split("#### ")
      .find((part) => part.startsWith(title)) ?? "";
  const plan = () => join(fleet.stack.folder, "plan.json");
  let changes: unknown;

  test("is one comment that lists all changes, with drift that it did not cause in a separate section", async () => {
    fleet.platform.byHand("acme-admin").editFiles("acme/web", { [ci]: "name: mine\n" });
    const { exitCode, stdout, stderr } = await runCommand(
      fleet,
      ["preview", "test", "--comment", "--json"],
      pullRequest(fleet, "commenter"),
    );
    expect(exitCode, stdout + stderr).toBe(0);
    expect(fleet.takeWrites()).toEqual(["POST /repos/acme/fleet/issues/1/comments"]);
    expect(comments()[0]!.body).toContain("2 repositories change, 2 shared settings change");
    expect(section("Changes")).toContain("-    timeout-minutes: 30\n+    timeout-minutes: 7\n");
    expect(section("Changes")).toContain(
      "<summary>mailer: Actions settings (new), workflow files (new, ",
    );
    expect(section("Changes")).toContain("+  IMAGE: ghcr.io/acme/mailer\n");
    expect(section("Changes")).not.toContain("web");
    expect(section("Drift")).toContain("web: workflow files (changed");
    expect(section("Drift")).toContain("+name: mine");
    expect(comments()[0]!.body).toMatch(/\| Cost under GitHub's limits \| 5 writes, /);
    expect(comments()[0]!.body).toContain("| Publishing PAT | of acme-publisher, 59 days left");
    for (const name of ["admin", "publisher", "commenter"]) {
      const value = fleet.platform.world.tokenValue(name);
      expect(`${stdout}${stderr}${comments()[0]!.body}`).not.toContain(value);
    }
    changes = (JSON.parse(stdout) as { stacks: { changes: unknown }[] }).stacks[0]!.changes;
  });

  test("without the PAT and with a token that only reads, shows the same changes, and plans them and nothing else", async () => {
    const { stack, platform } = fleet;
    const admin = { GITHUB_TOKEN: platform.world.tokenValue("admin") };
    const pat = platform.world.tokenValue("publisher");
    await stack.run(["config", "rm", "ghcr-fleet:pat"]);
    await stack.run(["config", "rm", "github:token"]);
    const markdown = join(stack.folder, "preview.md");
    const { exitCode, stdout, stderr } = await runCommand(
      fleet,
      ["preview", "test", "--json", "--markdown", markdown, "--plan", plan()],
      { GITHUB_TOKEN: platform.world.tokenValue("reader") },
    );
    expect(exitCode, stdout + stderr).toBe(0);
    await assertDocument("preview", stdout);
    const [shown] = (JSON.parse(stdout) as { stacks: { changes: unknown; token: unknown }[] })
      .stacks;
    expect(shown!.changes).toEqual(changes);
    expect(shown!.token).toMatchObject({ owner: "acme-publisher", withheld: true });
    expect(await readFile(markdown, "utf8")).toContain("not judged, its value is withheld here");
    expect(fleet.takeWrites()).toEqual([]);

    await stack.setSecret("ghcr-fleet:pat", pat);
    const applied = await stack.up(["--skip-preview", "--plan", plan()], { env: admin });
    expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
    const saved = await readFile(plan(), "utf8");
    expect(Object.keys((JSON.parse(saved) as { config: object }).config)).not.toContain(
      "ghcr-fleet:pat",
    );
    for (const name of ["publisher", "reader"]) {
      expect(saved).not.toContain(platform.world.tokenValue(name));
    }
    const file = platform.world.readFile(platform.world.repository("acme/mailer"), "main", ci);
    expect(file?.toString("utf8")).toContain("ghcr.io/acme/mailer");
    fleet.takeWrites();
    const [, ...others] = head.repositories;
    await fleet.configure({
      ...head,
      repositories: [{ name: "api", timeoutMinutes: 9 }, ...others],
    });
    const other = await stack.up(["--skip-preview", "--plan", plan()], { env: admin });
    expect(other.exitCode).not.toBe(0);
    expect(other.stdout).toContain("violates plan");
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("if the token cannot read everything, the drift is unknown", async () => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["preview", "test", "--json"], {
      GITHUB_TOKEN: fleet.platform.world.tokenValue("blind"),
      GHCR_FLEET_WITHOUT_PAT: "1",
    });
    expect(exitCode, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      stacks: [
        {
          changes: [{ repository: "api" }],
          drift: { judged: false, reason: expect.stringContaining("403 Resource not accessible") },
        },
      ],
    });
  });

  test("a broken rule is shown and ends with 3, beside a setting that is no longer managed and stays; a refused comment is explained", async () => {
    const { stack, platform } = fleet;
    await fleet.configure({ ...head, defaults: { actions: { tokenPermissions: "unmanaged" } } });
    const config = join(stack.folder, "policy-config.json");
    await writeFile(config, JSON.stringify({ "pat-expiry-max": { maxDays: 30 } }));
    const { exitCode, stdout, stderr } = await runCommand(
      fleet,
      ["preview", "test", "--comment", "--policy-pack-config", config],
      { ...pullRequest(fleet, "reader"), GITHUB_TOKEN: platform.world.tokenValue("admin") },
    );
    expect(exitCode, stdout + stderr).toBe(3);
    expect(stdout).toContain("test: refused, 1 mandatory rule broken");
    expect(stdout).toMatch(/^ {2}drift: (?!not judged)/m);
    expect(stdout).toContain("pat-expiry-max publisher: publisher must expire within 30 days");
    expect(stdout).toContain("Actions settings (no longer managed, stays)");
    expect(stdout).not.toContain("removed");
    expect(stderr).toContain("cannot comment on acme/fleet#1: GitHub answered 403");
    expect(stderr).toContain(
      "pull-requests: write; runs of a pull request from a fork never have it",
    );
  });

  test("a broken rule does not hide that not everything could be looked at", async () => {
    const config = join(fleet.stack.folder, "policy-config.json");
    const { exitCode, stdout, stderr } = await runCommand(
      fleet,
      ["preview", "test", "--json", "--policy-pack-config", config],
      { GITHUB_TOKEN: fleet.platform.world.tokenValue("blind") },
    );
    expect(exitCode, stdout + stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      stacks: [
        {
          outcome: "refused",
          drift: { judged: false, reason: expect.stringContaining("403 Resource not accessible") },
        },
      ],
    });
  });

  test("an invalid configuration is reported in the comment, and in Markdown on standard output", async () => {
    const { platform } = fleet;
    await fleet.configure({ ...settings, repositories: [{ nmae: "api" }] });
    const { exitCode, stdout, stderr } = await runCommand(
      fleet,
      ["preview", "test", "--comment", "--markdown", "-"],
      { ...pullRequest(fleet, "commenter"), GITHUB_TOKEN: platform.world.tokenValue("admin") },
    );
    expect(comments()).toHaveLength(1);
    expect(stdout).toBe(`${comments()[0]!.body}\n`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("updated https://github.com/acme/fleet/pull/1#issuecomment-");
    expect(section("Failures")).toContain("nmae");
  });
});

function organisation() {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  return {
    users: [
      { login: "acme-admin", role: "admin" as const },
      { login: "acme-publisher", role: "member" as const },
    ],
    tokens: [
      {
        name: "admin",
        owner: "acme-admin",
        scopes: ["repo", "workflow", "admin:org", "read:packages"],
        expiresInDays: 90,
      },
      { name: "publisher", ...publisher, expiresInDays: 60 },
      {
        name: "reader",
        owner: "acme-admin",
        kind: "fine-grained" as const,
        permissions: Object.fromEntries(readOnly.map((name) => [name, "read" as const])),
      },
      {
        name: "blind",
        owner: "acme-admin",
        kind: "fine-grained" as const,
        permissions: { contents: "read" as const, metadata: "read" as const },
      },
      {
        name: "commenter",
        owner: "acme",
        kind: "app" as const,
        permissions: { pull_requests: "write" as const },
      },
    ],
    repositories: ["api", "billing", "mailer", "web"]
      .map((name) => ({
        name,
        dockerfile: "Dockerfile",
      }))
      .concat([{ name: "fleet", dockerfile: "Dockerfile" }]),
  };
}

/** Opens pull request 1 of the stack's own repository. */
async function proposeChange({ platform }: TestFleet): Promise<void> {
  const github = gitHubAs(platform, "admin");
  const call = (method: string, path: string, body: object) =>
    github(`${method} /repos/acme/fleet${path}`, body);
  const { refs } = platform.world.repository("acme/fleet");
  await call("POST", "/git/refs", { ref: "refs/heads/change", sha: refs.get("refs/heads/main") });
  const content = Buffer.from("A change\n").toString("base64");
  await call("PUT", "/contents/CHANGE.md", { message: "Change", content, branch: "change" });
  await call("POST", "/pulls", { title: "Add mailer", head: "change", base: "main" });
}
