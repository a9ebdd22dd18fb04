import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ByHand } from "github-simulator";
import { fleetStatusSchema } from "../../../src/operations/status/fleet-status.ts";
import { runBin, type Ended } from "../../cli/run-bin.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { assertDocument } from "../../support/assert-document.ts";

const names = ["admin", "publisher", "next-publisher"];

let fleet: TestFleet;
let hands: ByHand;
beforeAll(async () => {
  const config = { repositories: [{ name: "api" }, { name: "web" }] };
  fleet = await startFleet(config, {}, "publisher", { linked: true, actions: true });
  hands = fleet.platform.byHand("acme-admin");
  const up = await fleet.stack.up(["--skip-preview"]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  await fleet.platform.actions.idle();
  fleet.takeWrites();
});
afterAll(() => fleet.close());

/** Runs the command in the project's folder; its output must not contain a token. */
async function run(...args: string[]): Promise<Ended> {
  const { folder, shellVariables } = fleet.stack;
  const result = await runBin(args, { cwd: folder, env: { ...process.env, ...shellVariables } });
  assertNoToken(result.stdout + result.stderr);
  return { ...result, stdout: stripVTControlCharacters(result.stdout) };
}

function assertNoToken(text: string): void {
  for (const name of names) expect(text).not.toContain(fleet.platform.world.tokenValue(name));
}

async function readFileOf(name: string): Promise<string> {
  const text = await readFile(join(fleet.stack.folder, name), "utf8");
  assertNoToken(text);
  return text;
}

test("a healthy fleet ends with 0, any other with 3 and its problems", async () => {
  const well = await run("status", "test", "--probe");
  expect(well.stdout).toMatch(/^PAT of acme-publisher .*: \d+ days left/m);
  expect(well.stdout).toMatch(/^api +organization 0 d +as rendered +main .* ok$/m);
  expect(well.stdout).toContain("2 repositories, all well; 4 jobs publish");
  expect({ code: well.code, stderr: well.stderr }).toEqual({ code: 0, stderr: "" });
  const api = await run("status", "test", "--repository", "API");
  expect(api.stdout).toMatch(
    /^api ci\.yml, job image: ghcr\.io\/acme\/api with GHCR_PAT, else the job's token$/m,
  );
  expect(api.stdout).not.toMatch(/^web /m);
  expect(await run("status", "test", "--repository", "none")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no repository none in these stacks"),
  });

  const listed = await run("fleet", "test");
  expect(listed.stdout).toMatch(/^in {2}api +fleet\.repositories\[0\] name api$/m);
  expect(listed.stdout).toMatch(/^2 repositories in the fleet, \d+ not$/m);
  expect(await run("fleet", "test", "--out")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^out \S+ +no entry selects it$/m),
  });

  expect(await run("status", "test", "--min-days", "80")).toMatchObject({ code: 3 });
  expect(fleet.takeWrites()).toEqual([]);

  hands.setSecret({ scope: "repository", repository: "acme/web" }, "GHCR_PAT", "mine");
  hands.editFiles("acme/api", { ".github/workflows/release.yml": null });
  await fleet.platform.actions.idle();
  const off = await run("status", "test");
  expect(off.stdout).toContain(
    "warning Workflow files differ: changed by hand\n" +
      "  api: .github/workflows/release.yml of acme/api was deleted (by acme-admin, ",
  );
  expect(off.stdout).toContain(
    "  web: acme/web has a secret GHCR_PAT of its own, which hides the fleet's (",
  );
  expect(off.stdout).toContain("\n    ghcr-fleet drift test --fix --delete-shadows\n");
  expect(off.code).toBe(3);
  expect(await run("status", "test", "--ignore", "files,shadowed")).toMatchObject({ code: 0 });
});

test("machines read the status that its schema describes", async () => {
  const { code, stdout } = await run("status", "test", "--json");
  expect(code).toBe(3);
  const document = JSON.parse(stdout) as { version: number; stacks: object[] };
  expect(document.version).toBe(1);
  await assertDocument("status", stdout);
  await assertDocument("fleet", (await run("fleet", "test", "--json")).stdout);
  const status = fleetStatusSchema.parse(document.stacks[0]);
  expect(status.token).toMatchObject({ state: "live", firstSeenAt: expect.any(String) });
  expect(status.repositories[0]?.credential).toMatchObject({ writtenByStack: true });
  expect(document.stacks[0]).toMatchObject({
    crossings: [{ check: "files" }, { check: "shadowed" }],
  });
});

test("a report shows the stack with its policies, in every form", async () => {
  hands.editFiles("acme/web", {
    ".github/workflows/ci.yml":
      "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo\n",
  });
  const files = ["--html", "report.html", "--markdown", "report.md", "--json", "report.json"];
  const { code, stdout, stderr } = await run("report", "test", ...files);
  expect(stderr).toBe("");
  expect(stdout).toBe("report.html\nreport.json\nreport.md\n");
  expect(code).toBe(0);
  const html = await readFileOf("report.html");
  expect(html).toContain("<title>acme: publishing access to GHCR</title>");
  expect(html).toContain("<code>workflow-no-dangerous-trigger</code>");
  expect(await readFileOf("report.md")).toContain("`workflow-no-dangerous-trigger`");
  await assertDocument("report", await readFileOf("report.json"));
  const report = JSON.parse(await readFileOf("report.json")) as { policies: { files: number } };
  // release.yml of api was deleted.
  expect(report.policies.files).toBe(3);
});

test("if a stack cannot be read, the others are still shown", async () => {
  const { code, stdout, stderr } = await run("status", "nonsense", "test", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ stacks: [{ stack: "test" }] });
  expect(stderr).toContain('nonsense: there is no stack "nonsense"');
  expect(code).toBe(2);
});

test("the list of the fleet has the selectors that no repository matches", async () => {
  const all = [{ match: "api" }, { not: { topic: "archived" } }];
  await fleet.configure({ repositories: [{ all }] });
  const { stdout } = await run("fleet", "test");
  expect(stdout).toMatch(
    /^1 repository in the fleet, \d+ not\nno repository matches fleet\.repositories\[0\]\.all\[1\]\.not topic archived: correct it, unless it waits for its first$/m,
  );
});
