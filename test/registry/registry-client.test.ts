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

test("a refusal is reported with the registry's message, or its status", async () => {
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

/** Shows the headers of a request, as pages of proxies do. */
const mirror = (fetch: typeof globalThis.fetch) =>
  (async (input, init) => {
    const answer = await fetch(input, init);
    if (answer.ok) return answer;
    const { authorization = "" } = init?.headers as Record<string, string>;
    const errors = [{ code: "DENIED", message: `you sent ${authorization} for s3cret-password` }];
    return Response.json({ errors }, { status: answer.status });
  }) satisfies typeof globalThis.fetch;

test("a registry that repeats its input causes no leak", async () => {
  const credential = { username: "pat", password: "s3cret-password" };
  const basic = Buffer.from("pat:s3cret-password").toString("base64");
  const bearer = "a-bearer-of-the-registry";
  const login = () => Response.json({ token: bearer });
  const cases = [{ "GET https://registry.test/token": () => new Response("", { status: 403 }) }];
  for (const answers of [...cases, { "GET https://registry.test/token": login }]) {
    const { options } = registryWith(answers);
    const probe = await probePush(
      { ...options, credential, fetch: mirror(options.fetch) },
      "acme/api",
    );
    const said = JSON.stringify(probe);
    expect(said).toContain("you sent");
    for (const secret of [credential.password, basic.slice(4), bearer]) {
      expect(said).not.toContain(secret);
    }
  }
});

test.each([
  ["a page", () => new Response("<html>")],
  ["nothing", () => Response.json(null)],
  ["what no header can carry", () => Response.json({ token: "two\nlines" })],
])("a login that is answered with %s leaks no token", async (_, login) => {
  const registry = registryWith({ "GET https://registry.test/token": login });
  await expect(probePush(registry.options, "acme/api")).rejects.toThrow(
    "the answer to the login contains no token",
  );
});
