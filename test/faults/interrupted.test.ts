import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../e2e/support/run-command.ts";
import { startEngine, type StartedCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
} from "./support/properties.ts";

const names = ["api", "billing", "web"];
let fleet: TestFleet;
const printed: string[] = [];
beforeAll(async () => {
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  const settings = { username: "acme-publisher", repositories: [{ match: "*" }] };
  fleet = await startFleet(settings, { repositories }, "publisher", { linked: true });
});
afterAll(() => fleet.close());

/** An update, and what happens while its next commit is on the way, which then takes some seconds. */
async function update(meanwhile: (started: StartedCommand) => Promise<void>) {
  const up = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "test"];
  const started = startEngine(fleet, up);
  fleet.platform.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "call", when: "before", run: () => meanwhile(started) },
  );
  fleet.platform.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "delay", milliseconds: 3_000 },
  );
  const code = await started.ended;
  printed.push(started.output());
  return { code, output: started.output() };
}

/** Ctrl-C in a terminal: the engine's plugins have process groups of their own, and do not receive it. */
const interrupt = ({ child }: StartedCommand) => void child.kill("SIGINT");

const committed = () =>
  fleet.platform.requests.filter(({ operation }) => operation === "mutation").length;

/** Each test continues where the previous one left the fleet. */
test("Ctrl-C once: the running write ends, the state has it, and nothing else starts", async () => {
  const { code, output } = await update(async (started) => interrupt(started));
  expect(code, output).not.toBe(0);
  expect(committed()).toBe(1);
  await assertImportable(fleet);
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  expect(stdout.match(/"commitSha": "[0-9a-f]{40}"/g), output).toHaveLength(1);
});

test("Ctrl-C twice: it ends at once, and is recovered", async () => {
  const { code, output } = await update(async (started) => {
    interrupt(started);
    // The engine ignores one that follows at once.
    await vi.waitUntil(() => started.output().includes("^C received"));
    interrupt(started);
  });
  expect(code, output).not.toBe(0);
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
  printed.push(stdout, stderr);
  expect(exitCode, stdout + stderr).toBe(0);
  await assertImportable(fleet);
});

test("while an update runs, a second one is refused and changes nothing; the first one ends well", async () => {
  let second: Awaited<ReturnType<typeof fleet.stack.up>> | undefined;
  const { code, output } = await update(async () => {
    second = await fleet.stack.up(["--skip-preview"]);
  });
  expect(code, output).toBe(0);
  expect(second?.exitCode).not.toBe(0);
  expect((second?.stdout ?? "") + (second?.stderr ?? "")).toContain("currently locked");
  expect(await assertConverges(fleet)).toHaveLength(1);
  await assertCommits(fleet, Object.fromEntries(names.map((name) => [name, 2])));
  assertNewestPat(fleet, "publisher");
  await assertNoToken(fleet, printed);
});
