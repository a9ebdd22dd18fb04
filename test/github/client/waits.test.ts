import { afterAll, expect, test } from "vitest";
import { UserError } from "../../../src/user-error.ts";
import { startAcme } from "../../support/start-acme.ts";

const { simulator, client, close } = await startAcme();
afterAll(close);

test("a person who stops the run does not wait for GitHub's budget", async () => {
  const stop = new AbortController();
  const waits: string[] = [];
  const github = client("admin", {
    signal: stop.signal,
    onWait: (message) => {
      waits.push(message);
      stop.abort();
    },
  });
  simulator.faults.inject(
    { path: "/user" },
    {
      kind: "answer",
      status: 403,
      body: '{"message":"You have exceeded a secondary rate limit."}',
      headers: { "content-type": "application/json", "retry-after": "600" },
    },
  );
  await expect(github.request("GET /user")).rejects.toThrow(UserError);
  expect(waits).toEqual(["GitHub's secondary rate limit is used up: waiting 600 s"]);
});
