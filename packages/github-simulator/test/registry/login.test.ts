import { describe, expect, it } from "vitest";
import { createTestRegistry, ociClient, refusal } from "./oci-client.ts";

const basic = (secret: string) => `Basic ${Buffer.from(`anyone:${secret}`).toString("base64")}`;

describe("the challenge", () => {
  it("names the token endpoint, and the placeholder image that ghcr.io names", async () => {
    const { registry } = createTestRegistry();
    const response = await registry.app.request("/v2/");
    expect(response.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
    expect(response.headers.get("www-authenticate")).toBe(
      'Bearer realm="http://ghcr.test/token",service="ghcr.io",scope="repository:user/image:pull"',
    );
    expect(await refusal(response)).toBe("401 UNAUTHORIZED authentication required");
  });

  it.each([
    ["GET", "repository:acme/app:pull"],
    ["PUT", "repository:acme/app:pull,push"],
  ])("asks a %s for %s", async (method, scope) => {
    const { registry } = createTestRegistry();
    const response = await registry.app.request("/v2/acme/app/manifests/1", { method });
    expect(response.headers.get("www-authenticate")).toContain(`scope="${scope}"`);
  });
});

describe("login", () => {
  it("succeeds with any valid token, whatever its rights", async () => {
    const { registry, world } = createTestRegistry();
    const tokens = [
      world.pat("mina", "write:packages"),
      world.pat("mina", "read:packages"),
      world.pat("mina"),
      world.job("app", "none"),
      world.finegrained("mina"),
    ];
    for (const token of tokens) {
      const exchange = await registry.app.request("/token?service=ghcr.io&account=mina", {
        headers: { authorization: basic(token) },
      });
      expect(exchange.status).toBe(200);
      const bearer = ((await exchange.json()) as { token: string }).token;
      const ping = await registry.app.request("/v2/", {
        headers: { authorization: `Bearer ${bearer}` },
      });
      expect([ping.status, await ping.json()]).toEqual([200, {}]);
    }
  });

  it("is denied with an expired token and with an unknown one", async () => {
    const { registry, world } = createTestRegistry();
    const expired = world.pat("mina", "write:packages");
    world.expire(expired);
    for (const secret of [expired, "nonsense", ""]) {
      const headers = { authorization: basic(secret) };
      const exchange = await registry.app.request("/token?service=ghcr.io", { headers });
      expect(await refusal(exchange)).toBe("403 DENIED denied");
    }
  });

  it.each(["password", "refresh_token"])(
    "takes grant_type=%s as containerd posts it",
    async (type) => {
      const { registry, world } = createTestRegistry();
      const post = (secret: string) =>
        registry.app.request("/token", {
          method: "POST",
          body: new URLSearchParams({ grant_type: type, [type]: secret, service: "ghcr.io" }),
        });
      expect(await (await post(world.pat("mina"))).json()).toMatchObject({
        access_token: expect.any(String),
        token: expect.any(String),
      });
      expect(await refusal(await post("nonsense"))).toBe("403 DENIED denied");
    },
  );

  it("supports no other grant", async () => {
    const { registry } = createTestRegistry();
    const body = new URLSearchParams({ grant_type: "constructor" });
    const response = await registry.app.request("/token", { method: "POST", body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: "unsupported_grant_type" },
    ]);
  });

  it("is valid as long as the token: one that expires after the login fails at its next use", async () => {
    const { registry, world } = createTestRegistry();
    const token = world.pat("mina", "write:packages");
    const client = ociClient(registry, token);
    expect((await client.push("acme/app", "1")).status).toBe(201);
    world.expire(token);
    expect(await refusal(await client.push("acme/app", "2"))).toBe(
      "401 UNAUTHORIZED unauthenticated: User cannot be authenticated with the token provided.",
    );
  });

  it("is not needed by clients that send user and token in base64, as Bearer only", async () => {
    const { registry, world } = createTestRegistry();
    const credentials = btoa(`mina:${world.pat("mina", "write:packages")}\n`);
    const ping = (scheme: string) =>
      registry.app.request("/v2/", { headers: { authorization: `${scheme} ${credentials}` } });
    expect((await ping("Bearer")).status).toBe(200);
    const response = await ping("Basic");
    expect(await refusal(response)).toBe("403 DENIED invalid token");
    expect(response.headers.has("www-authenticate")).toBe(false);
  });
});

describe("an anonymous token", () => {
  const ask = (image: string) => `/token?service=ghcr.io&scope=repository:${image}:pull`;

  it("is given for public packages only", async () => {
    const { registry, world } = createTestRegistry();
    const client = ociClient(registry, world.pat("mina", "write:packages"));
    await client.push("acme/tool", "1");
    expect(await refusal(await registry.app.request(ask("acme/tool")))).toBe(
      "401 UNAUTHORIZED authentication required",
    );
    registry.byHand.setVisibility("acme", "tool", "public");
    const given = await registry.app.request(ask("acme/tool"));
    expect([given.status, await given.json()]).toEqual([200, { token: "QQ==" }]);
  });

  it("is refused for what does not exist, for malformed names and without a scope", async () => {
    const { registry } = createTestRegistry();
    expect(await refusal(await registry.app.request(ask("acme/none")))).toBe(
      "403 DENIED requested access to the resource is denied",
    );
    expect(await refusal(await registry.app.request(ask("Acme/None")))).toBe(
      "400 NAME_INVALID invalid repository name",
    );
    expect(await refusal(await registry.app.request("/token?service=ghcr.io"))).toBe(
      "401 UNAUTHORIZED authentication required",
    );
  });
});
