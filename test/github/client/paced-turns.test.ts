import { expect, test } from "vitest";
import { createPacedTurns } from "../../../src/github/client/pace/paced-turns.ts";
import { createWritePace } from "../../../src/github/client/pace/write-pace.ts";
import { UserError } from "../../../src/user-error.ts";

test("a person who stops a burst does not wait for its next minute", async () => {
  const stop = new AbortController();
  const waits: string[] = [];
  const turn = createPacedTurns(createWritePace("burst"), {
    signal: stop.signal,
    onWait(message) {
      waits.push(message);
      stop.abort();
    },
  });
  const turns = await Promise.allSettled(Array.from({ length: 82 }, () => turn("write")));
  expect(waits).toEqual(["GitHub's limit for writes is reached: waiting 60 s"]);
  expect(turns.filter(({ status }) => status === "fulfilled")).toHaveLength(80);
  for (const late of turns.slice(80)) {
    expect(late).toEqual({ status: "rejected", reason: expect.any(UserError) as UserError });
  }
});
