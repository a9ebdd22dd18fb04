import { readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

const all = { repositories: [{ match: "*" }] };

describe("what preview refuses, with nothing written", () => {
  let fleet: TestFleet;
  let file: string;
  beforeAll(async () => {
    fleet = await startFleet(all, {}, "publisher", { linked: true });
    file = await readFile(fleet.stack.configFile, "utf8");
  });
  afterEach(() => writeFile(fleet.stack.configFile, file));
  afterAll(() => fleet.close());

  async function refusedPreview() {
    const { exitCode, stdout, stderr } = await fleet.stack.preview();
    expect(exitCode).not.toBe(0);
    expect(fleet.takeWrites()).toEqual([]);
    return stdout + stderr;
  }

  test("wrong configuration, before any call", async () => {
    await fleet.configure({ repositories: [{ name: "my repo" }, { match: "*", image: "UPPER" }] });
    const calls = fleet.platform.requests.length;
    const said = await refusedPreview();
    expect(fleet.platform.requests.length).toBe(calls);
    expect(said).toContain('fleet.repositories[0].name: "my repo" contains white space');
    expect(said).toContain('fleet.repositories[1].image: "UPPER" has upper-case letters');
    expect(said).not.toContain("    at ");
  });

  // Every other reason: test/github/tokens/judge-token.test.ts.
  test("a PAT that is too wide, and of the wrong owner", async () => {
    await fleet.configure({ ...all, username: "another-bot" });
    await fleet.stack.setSecret("ghcr-fleet:pat", fleet.platform.world.tokenValue("too-wide"));
    const said = await refusedPreview();
    expect(said).toContain("the token is too wide: in addition to publishing it may use repo");
    expect(said).toContain("belongs to acme-publisher, not to another-bot");
  });

  test("a PAT that has expired", async () => {
    await fleet.stack.setSecret("ghcr-fleet:pat", fleet.platform.world.tokenValue("expired"));
    expect(await refusedPreview()).toContain(
      "GitHub does not accept the publishing PAT: it has expired",
    );
  });

  test("an engine that is set to log its calls, which contain the PAT", async () => {
    const env = { PULUMI_DEBUG_GRPC: `${fleet.stack.folder}/calls.json` };
    const { exitCode, stdout } = await fleet.stack.preview([], { env });
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("PULUMI_DEBUG_GRPC is set");
  });

  test("a Node that is too old, without a stack trace", async () => {
    const env = { NODE_OPTIONS: "--no-experimental-strip-types" };
    for (const [flags, who] of [
      [[], "ghcr-fleet needs"],
      [policyPack, "The policies of ghcr-fleet need"],
    ] as const) {
      const { exitCode, stdout, stderr } = await fleet.stack.preview(flags, { env });
      expect(exitCode).not.toBe(0);
      expect(stdout).toContain(`${who} Node 22.18 or newer; this is v`);
      expect(stdout + stderr).not.toMatch(/^\s+at |Unknown file extension/m);
    }
  });

  test("a registry that would get the PAT unencrypted", async () => {
    const url = "http://registry.example.com";
    await writeFile(fleet.stack.configFile, file.replace(fleet.platform.registryUrl, url));
    expect(await refusedPreview()).toContain("would send the PAT in clear; use https");
  });

  test("missing repositories, all at once", async () => {
    await fleet.configure({ repositories: [{ name: "gone" }, { match: "srv-*" }] });
    const said = await refusedPreview();
    expect(said).toContain("fleet.repositories[0].name: acme/gone does not exist");
    expect(said).toContain('fleet.repositories[1].match: "srv-*" matches no repository of acme');
  });

  test("a missing Dockerfile, which is said once", async () => {
    await fleet.configure({ repositories: [{ name: "api", dockerfile: "docker/Dockerfile" }] });
    const { exitCode, stdout } = await fleet.stack.preview(policyPack);
    expect(exitCode, stdout).not.toBe(0);
    expect(stdout.split("\n").filter((line) => /dockerfile/i.test(line))).toEqual([
      expect.stringContaining("[mandatory] [severity: medium]  dockerfile-present"),
      expect.stringContaining("A repository has the Dockerfile"),
      expect.stringContaining("Add it, write its path into dockerfile"),
    ]);
  });

  // With the number, it is allowed: leaving.test.ts.
  test("removal of half the fleet", async () => {
    await fleet.stack.must([
      "up",
      "--yes",
      "--skip-preview",
      "--config-file",
      fleet.stack.configFile,
    ]);
    fleet.takeWrites();
    await fleet.configure({ ...all, exclude: ["api", "billing", "mailer"] });
    const said = await refusedPreview();
    expect(said).toContain(
      "this update removes 3 of 5 repositories (60 %) from the fleet: api, billing, mailer",
    );
    expect(said).toContain("GHCR_FLEET_ALLOW_REMOVALS=3");
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["preview", "test"]);
    expect(stdout.match(/.*this update removes/g), stdout + stderr).toEqual([
      "  refused this update removes",
    ]);
    expect(exitCode).toBe(3);
  });
});
