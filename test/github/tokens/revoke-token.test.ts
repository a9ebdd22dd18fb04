import { expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { revokeToken } from "../../../src/github/tokens/revoke-token.ts";

test("a refusal that quotes the token is reported without it", async () => {
  const token = `canary_${crypto.randomUUID()}`;
  const github = createGitHubClient({
    baseUrl: "https://github.test",
    fetch: async (_, init) =>
      Response.json({ message: `not valid: ${init?.body as string}` }, { status: 422 }),
  });
  const error = await revokeToken(github, token).catch(String);
  expect(error).toContain('not valid: {"credentials":["[secret]"]}');
});

test("a redirect is not followed: it would send the token along", async () => {
  const modes: unknown[] = [];
  const github = createGitHubClient({
    baseUrl: "https://github.test",
    fetch: async (_, init) => {
      modes.push(init?.redirect);
      return new Response(null, { status: 204 });
    },
  });
  await revokeToken(github, "canary");
  expect(modes).toEqual(["error"]);
});
