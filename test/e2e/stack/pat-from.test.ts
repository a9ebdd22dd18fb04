import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { assertWithoutTokens } from "../../support/assert-without-tokens.ts";
import { readTree } from "../support/read-tree.ts";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";
import { watchProcesses } from "../support/watch-processes.ts";

const repositories = ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" }));
const settings = {
  username: "acme-publisher",
  repositories: [{ match: "*" }],
  waves: [{ name: "canary", repositories: ["api"] }],
};

describe("a PAT that the provider reads from a command", () => {
  let fleet: TestFleet;
  let store: string;
  let processes: ReturnType<typeof watchProcesses>;
  const outputs: string[] = [];
  beforeAll(async () => {
    store = await mkdtemp(join(tmpdir(), "ghcr-fleet-store-"));
    const patFrom = { command: `cat ${join(store, "pat")}` };
    const options = { linked: true, actions: true, patFrom };
    fleet = await startFleet(settings, { repositories }, "", options);
    await keep("pat", value("publisher"));
    processes = watchProcesses();
  });
  afterAll(async () => {
    processes.stop();
    await fleet.close();
    await rm(store, { recursive: true, force: true });
  });

  /** Also of a token that was revoked since. */
  const values = new Map<string, string>();
  const value = (name: string): string => {
    const known = values.get(name) ?? fleet.platform.world.tokenValue(name);
    values.set(name, known);
    return known;
  };
  const secret = (repository?: string) =>
    fleet.platform.world.secretValue(
      repository === undefined
        ? { scope: "organisation", organisation: "acme" }
        : { scope: "repository", repository: `acme/${repository}` },
      "GHCR_PAT",
    );
  const keep = (name: string, text: string) =>
    writeFile(join(store, name), `${text}\n`, { mode: 0o600 });
  const configured = async (key: string) =>
    (await fleet.stack.run(["config", "get", key])).stdout.trim() || undefined;

  async function pulumi(...args: string[]) {
    const env = { PULUMI_DISABLE_CHECKPOINT_BACKUPS: "false" };
    const result = await fleet.stack.run(args, { env });
    outputs.push(result.stdout, result.stderr);
    return { ...result, text: result.stdout + result.stderr };
  }
  async function command(...args: string[]) {
    const result = await runCommand(fleet, args);
    outputs.push(result.stdout, result.stderr);
    return { ...result, text: result.stdout + result.stderr };
  }

  test("is sealed for GitHub by previews, with the policy pack, and updates", async () => {
    const plan = await pulumi("preview", ...policyPack, "--save-plan", "plan.json", "--diff");
    expect(plan.exitCode, plan.text).toBe(0);
    expect(plan.text).not.toContain("can't run policy");
    const args = ["--yes", "--skip-preview", "--diff", "--debug"];
    const up = await pulumi("up", ...policyPack, ...args);
    expect(up.exitCode, up.text).toBe(0);
    expect(secret()).toBe(value("publisher"));
    await fleet.platform.actions.idle();
    const unchanged = ["--refresh", "--expect-no-changes"];
    const again = await pulumi("up", "--yes", "--skip-preview", ...unchanged);
    expect(again.exitCode, again.text).toBe(0);
  });

  test("is replaced everywhere when its place has another one", async () => {
    fleet.takeWrites();
    await keep("pat", value("next-publisher"));
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.text).toBe(0);
    expect(secret()).toBe(value("next-publisher"));
    expect(fleet.takeWrites()).toEqual(["PUT /orgs/acme/actions/secrets/GHCR_PAT"]);
  });

  test("is rotated to another place, tried first, and then read from there", async () => {
    await keep("next", value("publisher"));
    const asked = await command("rotate", "--yes", "test");
    expect(asked.exitCode).toBe(2);
    expect(asked.text).toContain(
      "name it with --from-env, --from-command or --from-file: `ghcr-fleet rotate test --from-command '…'`",
    );

    const noted = "  # Ask the platform team for it.\n  ghcr-fleet:patFrom:";
    const before = await readFile(fleet.stack.configFile, "utf8");
    const isNoted = before.replace("\n  ghcr-fleet:patFrom:", `\n${noted}`);
    await writeFile(fleet.stack.configFile, isNoted);
    fleet.takeWrites();
    const next = join(store, "next");
    const rotated = await command(
      "rotate",
      "--yes",
      "test",
      "--from-file",
      next,
      "--no-health-gate",
    );
    expect(rotated.exitCode, rotated.text).toBe(0);
    expect(rotated.text).toContain(`from now on the stack reads its PAT from the file ${next}`);
    expect(secret()).toBe(value("publisher"));
    expect(secret("api")).toBeUndefined();
    expect(fleet.takeWrites()).toEqual([
      "PUT /repos/acme/api/actions/secrets/GHCR_PAT",
      "PUT /orgs/acme/actions/secrets/GHCR_PAT",
      "DELETE /repos/acme/api/actions/secrets/GHCR_PAT",
    ]);
    expect(await configured("ghcr-fleet:patFrom")).toBe(JSON.stringify({ file: next }));
    expect(await readFile(fleet.stack.configFile, "utf8")).toContain(noted);
    expect(await configured("ghcr-fleet:nextPatFrom")).toBeUndefined();

    const revoked = await command("rotate", "--yes", "test", "--revoke-only");
    expect(revoked.exitCode, revoked.text).toBe(0);
    expect(revoked.text).toContain("the old PAT is revoked");
    expect(await configured("ghcr-fleet:previousPatFrom")).toBeUndefined();
    const after = await pulumi("preview", "--expect-no-changes");
    expect(after.exitCode, after.text).toBe(0);
  });

  test("is not needed for status, which says why it cannot be read", async () => {
    await rm(join(store, "next"));
    const { stdout } = await command("status", "test", "--json");
    expect(stdout).toContain("cannot be read (ENOENT)");
    expect(JSON.parse(stdout)).toMatchObject({ stacks: [{ patPlace: "file" }] });
    const preview = await pulumi("preview");
    expect(preview.exitCode).not.toBe(0);
    expect(preview.text).toContain("which ghcr-fleet:patFrom names, cannot be read (ENOENT)");
    await keep("next", value("publisher"));
  });

  test("was in no file, plan, history, output or environment", async () => {
    const history = await pulumi("stack", "history", "--json", "--show-secrets");
    const state = await pulumi("stack", "export", "--show-secrets");
    expect(history.stdout).toContain("patFrom");
    expect(state.stdout).toContain("RegistrySecret");
    const { PULUMI_BACKEND_URL: backend = "" } = fleet.stack.shellVariables;
    // Of the engine, program, provider, policy host and commands of this stack.
    const environments = processes
      .stop()
      .map(({ environment }) => environment)
      .filter((each) => each.includes(backend));
    const variables = [...new Set(environments.flatMap((each) => each.split("\0")))].join("\n");
    // So have program and policy pack.
    expect(variables).toContain("PULUMI_CONFIG=");
    const files = await readTree(fleet.stack.folder);
    expect(Object.keys(files).join("\n")).toContain("/.pulumi/backups");
    const pats = ["publisher", "next-publisher"].map((name) => ({ name, value: value(name) }));
    assertWithoutTokens(outputs, pats);
    assertWithoutTokens({ ...files, variables }, pats);
  });

  test("is refused by everything if it is stored in clear", async () => {
    const file = fleet.stack.configFile;
    const before = await readFile(file, "utf8");
    const { config, ...rest } = parse(before) as { config: Record<string, unknown> };
    const inClear: Record<string, unknown> = { ...config, "ghcr-fleet:pat": value("publisher") };
    delete inClear["ghcr-fleet:patFrom"];
    await writeFile(file, stringify({ ...rest, config: inClear }));
    for (const { exitCode, text } of [
      await pulumi("preview"),
      await command("preview", "test"),
      await command("rollout", "--yes", "test"),
      await command("rotate", "--yes", "test", "--from-command", `cat ${join(store, "pat")}`),
    ]) {
      expect(exitCode).not.toBe(0);
      expect(text).toContain("ghcr-fleet:pat is stored in clear");
      expect(text).toContain("pulumi config set --secret ghcr-fleet:pat");
      expect(text).not.toContain(value("publisher"));
    }
    await writeFile(file, before);
  });
});
