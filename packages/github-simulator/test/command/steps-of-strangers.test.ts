import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canIsolate } from "../../src/actions/step/run-process.ts";
import { parseSeed, startSimulator } from "../../src/index.ts";
import { startCommand, type StartedCommand } from "./start-command.ts";

/** Tries to read the data of the user who started the simulator. */
const workflow = `on: push
jobs:
  reach:
    runs-on: ubuntu-24.04
    steps:
      - run: env -0 | cut -z -d= -f1 | tr '\\0' ' '
      - run: echo "home $HOME"; touch ~/left-over
      - run: |
          echo "processes: $(ls -d /proc/[0-9]* | wc -l)"
          cat /proc/*/environ | tr '\\0' '\\n' || true
          cat /proc/*/cmdline | tr '\\0' ' ' || true
      - run: |
          umount /proc && cat /proc/*/environ | tr '\\0' '\\n'
        if: always()
      - run: |
          unshare --user --map-root-user --mount sh -c "umount /proc; cat /proc/*/environ" | tr '\\0' '\\n'
        if: always()
      - run: find "$SIMULATOR_TMP" -type f -not -path "*/actions-runner-*" -exec cat {} +
        if: always()
        env: { SIMULATOR_TMP: "\${{ vars.SIMULATOR_TMP }}" }
      - run: kill -TERM $$
        if: always()
        env: { LD_PRELOAD: /not/there.so, "a-name": "of its own", UID: "7" }
      - run: env | grep a-name
        if: always()
        env: { "a-name": "of its own" }
`;
const secret = "the-secret-of-who-started-it";

describe.skipIf(!(await canIsolate()))("steps of a pushed workflow", () => {
  let command: StartedCommand;
  let folder: string;
  let log: string;
  let tokens: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "simulator-test-"));
    command = await startCommand([], { TMPDIR: folder, HOME: "/home/ada", MY_SECRET: secret });
    tokens = (await (await command.control("GET", "/tokens")).json()) as Record<string, string>;
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${command.url}/repos/acme/web${path}`, {
        method,
        headers: { authorization: `Bearer ${tokens.admin}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
      return response.text();
    };
    await call("POST", "/actions/variables", { name: "SIMULATOR_TMP", value: folder });
    await call("PUT", "/contents/.github/workflows/reach.yml", {
      message: "Reach",
      content: Buffer.from(workflow).toString("base64"),
    });
    let run: { id: number; path: string; status: string } | undefined;
    while (run?.status !== "completed") {
      const runs: { workflow_runs: NonNullable<typeof run>[] } = JSON.parse(
        await call("GET", "/actions/runs"),
      );
      run = runs.workflow_runs.find(({ path }) => path.endsWith("reach.yml"));
    }
    const { jobs } = JSON.parse(await call("GET", `/actions/runs/${run.id}/jobs`));
    log = (await call("GET", `/actions/jobs/${jobs[0].id}/logs`)).replaceAll(/^\S+Z /gm, "");
  });
  afterAll(async () => {
    expect((await command.stop()).code).toBe(0);
    await rm(folder, { recursive: true });
  });

  test("are announced as executed and isolated", () => {
    expect(command.printed).toContain(
      "`run:` steps of pushed workflows are executed on this machine with your rights; they see no other process.",
    );
  });

  test("have the variables that the README names, and no others", () => {
    const names = /^CI .*|^.* CI .*$/m.exec(log)?.[0].trim().split(" ") ?? [];
    expect(names.filter((name) => !/^(GITHUB|RUNNER)_[A-Z_]+$/.test(name)).sort()).toEqual([
      "CI",
      "HOME",
      "LANG",
      "PATH",
      "PWD",
      "SHLVL",
      "_",
    ]);
  });

  test("have their own home, which is deleted after the job", async () => {
    const home = /^home (.+)$/m.exec(log)?.[1] ?? "";
    expect(home.startsWith(folder)).toBe(true);
    await expect(rm(home)).rejects.toThrow(/ENOENT/);
  });

  test("see only their own processes, and no other environment", () => {
    expect(Number(/^processes: (\d+)$/m.exec(log)?.[1])).toBeLessThan(6);
    // Not `toContain`: a failure would print the environments of this machine.
    expect([secret, "bin.ts"].filter((each) => log.includes(each))).toEqual([]);
    expect(log.includes("umount: /proc: ")).toBe(true);
  });

  test("find no token in memory, in a file or on a command line", () => {
    expect(Object.keys(tokens).filter((name) => log.includes(tokens[name]!))).toEqual([]);
  });

  test("get each variable unchanged, and can be ended by a signal", () => {
    expect(log.includes("##[error]Process completed with exit code 143.")).toBe(true);
    expect(log.includes("\na-name=of its own\n")).toBe(true);
  });
});

test("with scripts off, a step is not executed and says so", async () => {
  const simulator = await startSimulator({
    scripts: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      repositories: [{ name: "web" }],
    }),
  });
  expect(simulator.scripts).toBe("off");
  const files = { ".github/workflows/reach.yml": workflow };
  simulator.byHand("ada").editFiles("acme/web", files);
  await simulator.actions.idle();
  const [run] = simulator.actions.runs();
  expect(run?.conclusion).toBe("failure");
  expect(run?.jobs[0]?.annotations[0]?.message).toBe(
    "the simulator was started with scripts off, and executes no `run:` step: switch them on to run it",
  );
  await simulator.close();
});
