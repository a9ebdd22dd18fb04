import { describe, expect, it } from "vitest";
import { createWorld, logOf } from "./world.ts";
import { createMask } from "../../src/actions/records/job-log.ts";

const printing = (expression: string, more = ""): string => `
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    ${more}
    env: { VALUE: "\${{ ${expression} }}" }
    steps: [{ run: 'echo "length \${#VALUE}"; echo "$VALUE"' }]
`;

describe("secrets", () => {
  it("of the repository come before those of the organisation, and the environment's before both", async () => {
    const world = createWorld();
    world.secrets.push(
      { name: "PAT", value: "repository-wide", scope: "repository" },
      { name: "PAT", value: "org", scope: "organization" },
      { name: "PAT", value: "environment's own", scope: "environment" },
    );
    const plain = await world.runWorkflow(printing("secrets.PAT"));
    expect(logOf(plain)).toContain(`length ${"repository-wide".length}\n***\n`);
    const released = await world.runWorkflow(printing("secrets.pat", "environment: release"));
    expect(logOf(released)).toContain(`length ${"environment's own".length}\n***\n`);
  });

  it("are read when the run is queued, the environment's when the job starts", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "old", scope: "organization" });
    world.actions.holdQueue();
    const commit = world.commit({
      ".github/workflows/a.yml": printing("format('{0}.', secrets.PAT)"),
      ".github/workflows/b.yml": printing("format('{0}.', secrets.PAT)", "environment: release"),
    });
    const [plain, released] = await world.push(commit);
    expect(plain?.status).toBe("queued");
    world.secrets[0] = { name: "PAT", value: "rotated", scope: "organization" };
    world.secrets.push({ name: "PAT", value: "of environment", scope: "environment" });
    world.actions.releaseQueue();
    await world.actions.idle();
    expect(logOf(plain!)).toContain("length 4\n");
    expect(logOf(released!)).toContain("length 15\n");
  });

  it("fall back to the job token if they are missing", async () => {
    const world = createWorld();
    const run = await world.runWorkflow(printing("secrets.GHCR_PAT || secrets.GITHUB_TOKEN"));
    expect(logOf(run)).toContain(`length ${world.tokens[0]?.token.length}\n***\n`);
  });

  it("are listed with the job token first, as GitHub spells it", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "12345", scope: "organization" });
    const run = await world.runWorkflow(
      printing("toJSON(secrets)").replace('echo "$VALUE"', 'echo "$VALUE" | cut -d: -f1'),
    );
    expect(logOf(run)).toContain('{\n  "github_token"\n  "PAT"\n}\n');
  });

  it("do not reach pull requests from forks", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "secret", scope: "repository" });
    const text = printing("secrets.PAT").replace("on: push", "on: pull_request");
    const commit = world.commit({ ".github/workflows/a.yml": text });
    const [run] = await world.push(commit, "refs/pull/1/merge", {
      name: "pull_request",
      payload: {
        action: "opened",
        pull_request: { base: { ref: "main" }, head: { repo: { full_name: "mona/api" } } },
      },
    });
    await world.actions.idle();
    expect(logOf(run!)).toContain("length 0\n");
    expect(world.tokens[0]?.permissions).toEqual({
      contents: "read",
      metadata: "read",
      packages: "read",
    });
  });
});

describe("the mask", () => {
  it("hides a value, its lines and its encoded forms", () => {
    const mask = createMask();
    const secret = "top-secret-value/1\nsecond line";
    mask.add(secret);
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    for (const text of [
      secret,
      "second line",
      base64("top-secret-value/1"),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ]) {
      expect(mask.apply(`<${text}>`)).toBe("<***>");
    }
    mask.add(`"it's <7>`);
    for (const text of [
      `\\"it's <7>`,
      `"it''s <7>`,
      "&quot;it&apos;s &lt;7&gt;",
      "%22it%27s%20%3C7%3E",
    ]) {
      expect(mask.apply(`[${text}]`)).toBe("[***]");
    }
    mask.add('"quoted-value"');
    expect(mask.apply("[quoted-value]")).toBe("[***]");
    const inBasicAuth = base64(`octocat:${secret}`);
    expect(mask.apply(inBasicAuth)).toContain("***");
    expect(mask.apply("ordinary text")).toBe("ordinary text");
  });
});
