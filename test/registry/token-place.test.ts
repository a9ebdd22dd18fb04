import { expect, test } from "vitest";
import { probePush } from "../../src/registry/probe-push.ts";

const url = "https://containers.git.example.com";
const credential = { username: "x", password: "a secret" };

/** What a registry is asked, that says where it gives tokens. */
async function askedOf(realm: string) {
  const asked: string[] = [];
  const registry = (async (input: string | URL, init?: RequestInit) => {
    const { origin, pathname, searchParams } = new URL(input);
    const hasSecret = new Headers(init?.headers).get("authorization")?.startsWith("Basic");
    asked.push(`${origin}${pathname} ${searchParams.get("service")} ${hasSecret ?? false}`);
    if (pathname === "/v2/")
      return new Response(null, {
        status: 401,
        headers: { "www-authenticate": `Bearer realm="${realm}",service="packages"` },
      });
    return pathname.endsWith("/token") ? Response.json({ token: "t" }) : new Response(null);
  }) as typeof fetch;
  const name = "containers.git.example.com";
  const probe = probePush({ name, url, credential, fetch: registry }, "acme/api");
  return { asked, probe: await probe.catch((error: unknown) => (error as Error).message) };
}

test("a registry other than ghcr.io says where it gives tokens, and for which service", async () => {
  for (const realm of [`${url}/token`, "https://git.example.com/token"]) {
    const { asked, probe } = await askedOf(realm);
    expect(probe).toEqual({ allowed: true });
    expect(asked.slice(0, 2)).toEqual([`${url}/v2/ null false`, `${realm} packages true`]);
  }
});

test("the credential does not go to a host that a registry names", async () => {
  const { asked, probe } = await askedOf("https://evil.example/token");
  expect(probe).toBe(`${url} wants the credential at https://evil.example, which is another host`);
  expect(asked).toHaveLength(1);
});
