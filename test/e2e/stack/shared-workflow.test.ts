import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "github-simulator/testing";
import { runCommand } from "../support/run-command.ts";
import { conclusions, watchRuns } from "../support/runs.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";
const publish = ".github/workflows/publish.yml";
const attested = ".github/workflows/publish-attested.yml";
const services = ["service-a", "service-b"];
const settings = (form: string, timeoutMinutes: number, more: Record<string, unknown> = {}) => ({
  username: "acme-publisher",
  shared: { repository: "acme/.github" },
  defaults: { form, timeoutMinutes },
  repositories: [{ match: "*" }],
  waves: [{ name: "canary", repositories: ["service-a"] }],
  ...more,
});

// Each test continues where the previous one left the fleet.
let fleet: TestFleet;
let newRuns: ReturnType<typeof watchRuns>;
/** Each request after which a caller needs what is not there, or what it may not call. */
const broken: string[] = [];
/** What callers called at any time. */
const calledWorkflows = new Set<string>();
/** The whole workflow of each repository, as the fleet wrote it before. */
const wholeWorkflows = new Map<string, string>();
beforeAll(async () => {
  const repositories = services.map((name) => ({ name, dockerfile: "Dockerfile" }));
  const isPrivate = { visibility: "private" } as const;
  fleet = await startFleet(
    settings("inline", 30, { shared: undefined, exclude: [".github"] }),
    {
      repositories: [...repositories, { name: ".github" }].map((each) => ({
        ...each,
        ...isPrivate,
      })),
    },
    "publisher",
    { actions: true, linked: true },
  );
  newRuns = watchRuns(fleet);
  await up();
  await newRuns();
  for (const name of services) wholeWorkflows.set(name, read(name, ci));
  await fleet.configure(settings("shared", 30));
  fleet.platform.onRequest(({ method, path }) => {
    const { world } = fleet.platform;
    const central = world.repository("acme/.github");
    for (const name of services) {
      for (const file of [ci, release]) {
        const [, called = "", commit] =
          /uses: acme\/\.github\/(.*)@([0-9a-f]{40})/.exec(read(name, file)) ?? [];
        if (commit === undefined) continue;
        calledWorkflows.add(called);
        const workflow = world.readFile(central, commit, called)?.toString("utf8") ?? "";
        if (!workflow.includes("workflow_call:") || central.actions.accessLevel === "none")
          broken.push(`${name} ${file} after ${method} ${path}`);
      }
    }
  });
});
afterAll(() => fleet.close());

const headOf = (name: string) =>
  fleet.platform.world.repository(`acme/${name}`).refs.get("refs/heads/main") ?? "";
const read = (name: string, path: string) => {
  const { world } = fleet.platform;
  return world.readFile(world.repository(`acme/${name}`), "main", path)?.toString("utf8") ?? "";
};
const callOf = (commit: string) => `acme/.github/.github/workflows/publish.yml@${commit} # main`;
/** Writes of an update without preview. */
async function up(): Promise<string[]> {
  fleet.takeWrites();
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode, stdout).toBe(0);
  return fleet.takeWrites();
}

/** An update in which GitHub refuses commits to this repository. */
async function upRefused(name: string): Promise<string> {
  const end = fleet.platform.faults.inject(
    { path: "/graphql", body: `"repositoryNameWithOwner":"acme/${name}"` },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview", "--continue-on-error"]);
  end();
  expect(exitCode, stdout).toBe(1);
  return stdout;
}

test("where the shared workflow cannot be written, all keep their whole workflows", async () => {
  expect(await upRefused(".github")).toContain("acme/.github");
  for (const name of services) expect(read(name, ci)).toBe(wholeWorkflows.get(name));
});

test("where one caller cannot be written, it keeps its own, the others work, and the next update goes on", async () => {
  expect(await upRefused("service-b")).toContain("acme/service-b");
  expect(read("service-a", ci)).toContain(callOf(headOf(".github")));
  expect(read("service-b", ci)).toBe(wholeWorkflows.get("service-b"));
});

test("once GitHub takes all commits, the shared workflow is open, and callers publish with it", async () => {
  const { exitCode, stdout } = await fleet.stack.up(policyPack);
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toContain("Previewing update");
  expect(stdout).not.toContain("can't run policy");
  const { actions } = fleet.platform.world.repository("acme/.github");
  expect(actions.accessLevel).toBe("organization");
  for (const name of services) expect(read(name, ci)).toContain(callOf(headOf(".github")));
  expect(conclusions(await newRuns()).sort()).toEqual([
    "service-a ci push success",
    "service-b ci push success",
  ]);
  const status = await runCommand(fleet, ["status", "test", "--json"]);
  expect(status.exitCode, status.stdout + status.stderr).toBe(0);
  const drift = await runCommand(fleet, ["drift", "test"]);
  expect(drift.exitCode, drift.stdout + drift.stderr).toBe(0);
  expect(drift.stdout).not.toContain("not applied");
});

test("a changed step is one commit, and callers keep their pin", async () => {
  const before = headOf(".github");
  await fleet.configure(settings("shared", 45));
  const preview = await runCommand(fleet, ["preview", "test"]);
  expect(preview.stdout).toContain("the shared workflow changes");
  expect(preview.stdout).toContain("shared workflow (changed, +2 −2)");
  expect(preview.stdout).not.toContain("nothing to write");
  expect(await up()).toEqual(["POST /graphql"]);
  expect(headOf(".github")).not.toBe(before);
  for (const name of services) expect(read(name, ci)).toContain(callOf(before));
  expect(await up()).toEqual([]);
});

test("a rollout changes the shared workflow in a wave of its own, and --repin moves its callers", async () => {
  // Releases of public repositories are attested, by the other shared workflow.
  const admin = createClient(fleet.platform, "admin");
  for (const name of [".github", "service-a"])
    await admin(`PATCH /repos/acme/${name}`, { visibility: "public" });
  await fleet.configure(settings("shared", 50));
  const args = ["rollout", "--yes", "test", "--repin", "--json"];
  const { exitCode, stdout, stderr } = await runCommand(fleet, args);
  expect(exitCode, stdout + stderr).toBe(0);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; wave?: string; repositories?: string[] });
  const waves = events.filter(({ type }) => type === "wave-started");
  expect(waves.map(({ wave, repositories }) => ({ wave, repositories }))).toEqual([
    { wave: "shared workflow", repositories: [] },
    { wave: "canary", repositories: ["service-a"] },
    { wave: "rest", repositories: ["service-b"] },
  ]);
  for (const name of services) expect(read(name, ci)).toContain(callOf(headOf(".github")));
});

test("an update refuses to replace the shared workflow of another stack", async () => {
  const own = headOf(".github");
  const text = read(".github", publish).replace("(Pulumi.test.yaml)", "(Pulumi.billing.yaml)");
  fleet.platform.byHand("acme-admin").editFiles("acme/.github", { [publish]: text });
  await fleet.configure(settings("shared", 55));
  fleet.takeWrites();
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(stdout).toContain(
    "the shared workflow in acme/.github is that of the stack billing: name another repository",
  );
  expect([exitCode, fleet.takeWrites()]).toEqual([1, []]);
  fleet.platform.world.repository("acme/.github").refs.set("refs/heads/main", own);
});

test("back in whole workflows, nobody calls the shared one, which is deleted last", async () => {
  const inline = settings("inline", 50);
  const defaults = { ...inline.defaults, onRemove: "delete" };
  await fleet.configure({ ...inline, defaults });
  const central = headOf(".github");
  await up();
  expect(headOf(".github")).toBe(central);
  for (const name of services) expect(read(name, ci)).not.toContain("acme/.github");
  await newRuns();
  await fleet.configure({ ...inline, defaults, shared: undefined, exclude: [".github"] });
  await up();
  expect(read(".github", publish)).toBe("");
  const { actions } = fleet.platform.world.repository("acme/.github");
  expect(actions.accessLevel).toBe("organization");
});

test("at no moment a caller needed what was not there", () => {
  expect([...calledWorkflows].sort()).toEqual([attested, publish]);
  expect(broken).toEqual([]);
});
