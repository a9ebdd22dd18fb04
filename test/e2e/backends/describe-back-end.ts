import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingTool, type Tool } from "../../support/missing-tool.ts";
import { linkProject } from "../support/link-project.ts";
import { runCommand } from "../support/run-command.ts";
import { startCommand, startEngine } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

/** A running server that keeps the state of stacks. */
export interface BackEnd {
  /** What `pulumi` needs in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The password among them. */
  readonly secret: string;
  close(): Promise<void>;
}

const settings = (...names: string[]) => ({
  username: "acme-publisher",
  repositories: names.map((name) => ({ name })),
  waves: [{ name: "all", share: "100%" }],
});

/** The life of a stack whose state is in this back end. Each test continues where the previous one ended. */
export function describeBackEnd(name: string, tool: Tool, start: () => Promise<BackEnd>): void {
  describe.skipIf(missingTool(tool))(`a stack with its state in ${name}`, () => {
    let backEnd: BackEnd;
    let fleet: TestFleet;
    /** What a person on another machine has: the same configuration, and no journal and no lock files. */
    let elsewhere: { stack: Pick<TestFleet["stack"], "folder" | "shellVariables"> };
    // The first start may build the server.
    beforeAll(async () => {
      backEnd = await start();
      const options = { linked: true, backend: backEnd.variables };
      fleet = await startFleet(settings("api"), {}, "publisher", options);
      elsewhere = {
        stack: { folder: await linkProject(), shellVariables: fleet.stack.shellVariables },
      };
    }, 900_000);
    afterAll(async () => {
      await fleet.close();
      await rm(elsewhere.stack.folder, { recursive: true, force: true });
      await backEnd.close();
    });

    async function configure(...names: string[]): Promise<void> {
      await fleet.configure(settings(...names));
      const file = "Pulumi.test.yaml";
      await copyFile(join(fleet.stack.folder, file), join(elsewhere.stack.folder, file));
    }

    /** The next commit waits until it is released. */
    function holdCommit() {
      const arrived = Promise.withResolvers<unknown>();
      const released = Promise.withResolvers<unknown>();
      const run = async () => {
        arrived.resolve(undefined);
        await released.promise;
      };
      const match = { path: "/graphql", body: "createCommitOnBranch", times: 1 };
      fleet.platform.faults.inject(match, { kind: "call", when: "before", run });
      return { arrived: arrived.promise, release: () => released.resolve(undefined) };
    }

    /** The repositories in the state, which holds no unfinished operation. */
    const publishing = async () => {
      const { stdout } = await fleet.stack.must(["stack", "export"]);
      const { deployment } = JSON.parse(stdout);
      expect(deployment.pending_operations ?? []).toEqual([]);
      return (deployment.resources as { type: string; urn: string }[])
        .filter(({ type }) => type === "ghcr:index:RepositoryPublishing")
        .map(({ urn }) => urn.split("::").at(-1))
        .sort();
    };

    test("is made by the first update, and rolled out; a second rollout, from another machine, is planned and refused", async () => {
      const created = await fleet.stack.up(["--skip-preview"]);
      expect(created.exitCode, created.stdout + created.stderr).toBe(0);
      await configure("api", "web");
      const commit = holdCommit();
      const first = startCommand(fleet, ["rollout", "--yes", "test", "--no-health-gate"]);
      await commit.arrived;
      const second = await runCommand(elsewhere, ["rollout", "--yes", "test", "--no-health-gate"]);
      expect(second.stdout).toMatch(/^ +web: workflow files \(new/m);
      expect(second.stdout).not.toMatch(/^ +api: /m);
      expect(second.stdout + second.stderr).toMatch(
        /another update of this stack has the lock, \S+@\S+ \(pid \d+\): wait until it ends/,
      );
      expect(second.exitCode).toBe(1);
      commit.release();
      expect(await first.ended, first.output()).toBe(0);
      expect(first.output() + second.stdout + second.stderr).not.toContain(backEnd.secret);
      expect(await publishing()).toEqual(["api", "web"]);
    });

    test("is recovered after its engine was killed, and loses nothing", async () => {
      await configure("api", "search", "web");
      const commit = holdCommit();
      const update = startEngine(fleet, ["up", "--yes", "--skip-preview", "--stack", "test"]);
      await commit.arrived;
      await update.killAll();
      commit.release();
      const refused = await fleet.stack.up(["--skip-preview"]);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stdout + refused.stderr).toContain("the stack is currently locked");

      const recovered = await runCommand(elsewhere, ["recover", "test"]);
      expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);
      expect(recovered.stdout).toContain("test: removed the lock of ");
      expect(recovered.stdout).toContain("creating RepositoryPublishing search");
      expect(await publishing()).toEqual(["api", "web"]);

      const up = ["pulumi", "up", "--yes", "--skip-preview", "--stack", "test"];
      const again = await runCommand(elsewhere, up);
      expect(again.exitCode, again.stdout + again.stderr).toBe(0);
      expect(await publishing()).toEqual(["api", "search", "web"]);
      const printed = [update.output(), refused, recovered, again];
      expect(JSON.stringify(printed)).not.toContain(backEnd.secret);
    });
  });
}
