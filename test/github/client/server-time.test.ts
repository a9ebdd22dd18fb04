import { expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { readServerTime } from "../../../src/github/client/server-time.ts";

const date = "Wed, 13 Jan 2027 09:00:00 GMT";
const answering = (status: number) =>
  createGitHubClient({
    baseUrl: "https://ghe.test/api/v3",
    fetch: async () =>
      Response.json({ message: "Rate limiting is not enabled." }, { status, headers: { date } }),
  });

test.each([200, 404])(
  "the time stands on every answer, that of a server without limits (%i) too",
  async (status) => {
    expect(await readServerTime(answering(status))).toBe("2027-01-13T09:00:00.000Z");
  },
);

test("a token that is refused is a failure", async () => {
  await expect(readServerTime(answering(401))).rejects.toThrow("cannot read the time from GitHub");
});
