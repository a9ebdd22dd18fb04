import { describe, expect, it } from "vitest";
import { createTestRegistry, ociClient, refusal } from "./oci-client.ts";

const SCOPES = "403 DENIED permission_denied: The token provided does not match expected scopes.";
const UNAUTHENTICATED =
  "401 UNAUTHORIZED unauthenticated: User cannot be authenticated with the token provided.";

type Setup = ReturnType<typeof createTestRegistry>;
const outcome = async (response: Response) => (response.ok ? "ok" : refusal(response));

describe("pushing the first version", () => {
  it.each<[string, (setup: Setup) => string | undefined, string]>([
    ["a member's classic token", ({ world }) => world.pat("mina", "write:packages"), "ok"],
    ["a job with packages: write", ({ world }) => world.job("app", "write"), "ok"],
    ["a read-only classic token", ({ world }) => world.pat("mina", "read:packages"), SCOPES],
    ["a classic token with other scopes", ({ world }) => world.pat("olga", "repo"), SCOPES],
    ["a fine-grained token", ({ world }) => world.finegrained("olga"), SCOPES],
    [
      "an outsider's classic token",
      ({ world }) => world.pat("sam", "write:packages"),
      "403 DENIED permission_denied: create_package",
    ],
    [
      "a job with packages: read",
      ({ world }) => world.job("app", "read"),
      "403 DENIED installation not allowed to Create organization package",
    ],
    [
      "an App",
      ({ world }) => world.appToken(),
      "403 DENIED installation not allowed to Create organization package",
    ],
    ["nobody", () => undefined, UNAUTHENTICATED],
  ])("%s", async (_who, token, expected) => {
    const setup = createTestRegistry();
    const client = ociClient(setup.registry, token(setup));
    expect(await outcome(await client.push("acme/new", "1"))).toBe(expected);
  });

  it("under a person's name is only for that person", async () => {
    const { registry, world } = createTestRegistry();
    const sam = ociClient(registry, world.pat("sam", "write:packages"));
    const mina = ociClient(registry, world.pat("mina", "write:packages"));
    const job = ociClient(registry, world.job("app", "write"));
    const readingJob = ociClient(registry, world.job("app", "read"));
    const denied = "403 DENIED permission_denied: create_package";
    expect(await outcome(await mina.push("sam/own", "1"))).toBe(denied);
    expect(await outcome(await job.push("sam/own", "1"))).toBe(denied);
    expect(await outcome(await readingJob.push("sam/own", "1"))).toBe(denied);
    expect(await outcome(await sam.push("sam/own", "1"))).toBe("ok");
    expect(await outcome(await sam.push("nobody/own", "1"))).toBe(denied);
  });
});

describe("a private package without a repository, pushed manually", () => {
  const WRITE = "403 DENIED permission_denied: write_package";
  const READ = "403 DENIED permission_denied: read_package";

  it.each<[string, (setup: Setup) => string | undefined, string, string]>([
    ["its creator", ({ world }) => world.pat("mina", "write:packages"), "ok", "ok"],
    ["an owner", ({ world }) => world.pat("olga", "write:packages"), "ok", "ok"],
    ["an owner who may read", ({ world }) => world.pat("olga", "read:packages"), SCOPES, "ok"],
    ["an owner without scopes", ({ world }) => world.pat("olga"), SCOPES, SCOPES],
    ["an outsider", ({ world }) => world.pat("sam", "write:packages"), WRITE, READ],
    ["the job's token", ({ world }) => world.job("app", "write"), WRITE, READ],
    [
      "a job without packages: write",
      ({ world }) => world.job("app", "none"),
      "403 DENIED installation not allowed to Write organization package",
      READ,
    ],
    ["nobody", () => undefined, UNAUTHENTICATED, "401 UNAUTHORIZED authentication required"],
  ])("answers %s", async (_who, token, push, pull) => {
    const setup = createTestRegistry();
    const { registry, world } = setup;
    await ociClient(registry, world.pat("mina", "write:packages")).push("acme/app", "1");
    const client = ociClient(registry, token(setup));
    expect(await outcome(await client.push("acme/app", "2"))).toBe(push);
    expect(await outcome(await client.pull("acme/app", "1"))).toBe(pull);
  });

  it("opens to a job by Manage Actions access", async () => {
    const { registry, world } = createTestRegistry();
    await ociClient(registry, world.pat("mina", "write:packages")).push("acme/app", "1");
    const job = ociClient(registry, world.job("app", "write"));
    registry.byHand.grantActionsAccess("acme", "app", "app", "read");
    expect(await outcome(await job.pull("acme/app", "1"))).toBe("ok");
    expect(await outcome(await job.push("acme/app", "2"))).toBe(WRITE);
    registry.byHand.grantActionsAccess("acme", "app", "app", "write");
    expect(await outcome(await job.push("acme/app", "2"))).toBe("ok");
  });

  it("opens to a job by a link only when the package inherits access", async () => {
    const { registry, world } = createTestRegistry();
    await ociClient(registry, world.pat("mina", "write:packages")).push("acme/app", "1");
    const job = ociClient(registry, world.job("app", "write"));
    registry.byHand.linkRepository("acme", "app", "app");
    expect(await outcome(await job.push("acme/app", "2"))).toBe(WRITE);
    registry.byHand.setInherit("acme", "app", true);
    expect(await outcome(await job.push("acme/app", "2"))).toBe("ok");
    registry.byHand.unlinkRepository("acme", "app");
    expect(await outcome(await job.push("acme/app", "3"))).toBe(WRITE);
  });
});

describe("a public package", () => {
  it("is pulled by anyone and pushed by those who may", async () => {
    const { registry, world } = createTestRegistry();
    await ociClient(registry, world.pat("mina", "write:packages")).push("acme/tool", "1");
    registry.byHand.setVisibility("acme", "tool", "public");
    for (const token of [undefined, world.pat("sam"), world.finegrained("sam"), world.appToken()]) {
      expect(await outcome(await ociClient(registry, token).pull("acme/tool", "1"))).toBe("ok");
      expect(await outcome(await ociClient(registry, token).push("acme/tool", "2"))).not.toBe("ok");
    }
    expect(() => registry.byHand.setVisibility("acme", "tool", "private")).toThrow(
      "acme/tool is public and cannot be made private again",
    );
  });
});

it("an internal package is pulled by members", async () => {
  const { registry, world } = createTestRegistry();
  await ociClient(registry, world.pat("olga", "write:packages")).push("acme/tool", "1");
  registry.byHand.setVisibility("acme", "tool", "internal");
  const pull = (login: string) =>
    ociClient(registry, world.pat(login, "read:packages")).pull("acme/tool", "1");
  expect(await outcome(await pull("mina"))).toBe("ok");
  expect(await outcome(await pull("sam"))).toBe("403 DENIED permission_denied: read_package");
});

it("a package that does not exist is denied to anonymous clients and unknown to others", async () => {
  const { registry, world } = createTestRegistry();
  const mina = ociClient(registry, world.pat("mina", "read:packages"));
  expect(await outcome(await mina.pull("acme/none", "1"))).toBe(
    "404 MANIFEST_UNKNOWN manifest unknown",
  );
  expect(await outcome(await ociClient(registry).pull("acme/none", "1"))).toBe(
    "403 DENIED requested access to the resource is denied",
  );
});
