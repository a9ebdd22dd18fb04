import { expect, test } from "vitest";
import { probePush } from "../../src/registry/probe-push.ts";

const options = { url: "https://registry.test", credential: { username: "pat", password: "s3" } };

/** A registry that answers each request by its method and path. */
function registryWith(answers: Record<string, () => Response>) {
  const asked: string[] = [];
  const send = async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const request = `${init.method ?? "GET"} ${url.origin}${url.pathname}`;
    asked.push(request);
    return answers[request]?.() ?? new Response("not here", { status: 404 });
  };
  return { asked, options: { ...options, fetch: send } };
}

const token = { "GET https://registry.test/token": () => Response.json({ token: "bearer" }) };
const uploads = "POST https://registry.test/v2/acme/api/blobs/uploads/";
const opened = (location: string) => () =>
  new Response(null, { status: 202, headers: { location } });

test("an upload that was started is cancelled, at whatever path the registry says", async () => {
  const registry = registryWith({ ...token, [uploads]: opened("/v2/acme/api/blobs/upload/7") });
  expect(await probePush(registry.options, "acme/api")).toEqual({ allowed: true });
  expect(registry.asked.at(-1)).toBe("DELETE https://registry.test/v2/acme/api/blobs/upload/7");
});

test("the token goes to no other host, whatever the registry points to", async () => {
  const registry = registryWith({ ...token, [uploads]: opened("https://elsewhere.test/7") });
  await expect(probePush(registry.options, "acme/api")).rejects.toThrow(
    "https://registry.test points to https://elsewhere.test, which is another host",
  );
  expect(registry.asked.filter((request) => request.includes("elsewhere"))).toEqual([]);
});

test("a refusal is told in the registry's words, or by its status", async () => {
  const denied = { errors: [{ code: "DENIED", message: "permission_denied: write_package" }] };
  const withReason = registryWith({
    ...token,
    [uploads]: () => Response.json(denied, { status: 403 }),
  });
  expect(await probePush(withReason.options, "acme/api")).toEqual({
    allowed: false,
    reason: "denied: permission_denied: write_package",
  });
  const without = registryWith({ ...token, [uploads]: () => new Response("no", { status: 403 }) });
  expect(await probePush(without.options, "acme/api")).toEqual({
    allowed: false,
    reason: "the registry answered 403",
  });
});

test.each([429, 503])("status %i says nothing about the credential", async (status) => {
  const registry = registryWith({ ...token, [uploads]: () => new Response("<html>", { status }) });
  await expect(probePush(registry.options, "acme/api")).rejects.toThrow(
    `the registry answered ${status}`,
  );
});
