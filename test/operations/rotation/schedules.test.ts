import { expect, test } from "vitest";
import { RotationWorld } from "./rotation-world.ts";
import { checkSchedules } from "./schedules.ts";

test("a trial whose secret somebody deleted tries the new PAT, before others get it", async () => {
  const world = new RotationWorld({ scope: "organization", waves: [["api"], ["web"]] });
  world.pats.create("b");
  for (let crashAt = 1; !world.hasTrial("api"); crashAt += 1) {
    await world.rotate({ kind: "abort" });
    await world.rotate({ kind: "begin", pat: "b" }, { crashAt });
    world.recover();
  }
  world.deleteTrial("api");
  await world.rotate({ kind: "resume" });
  expect(world.isDone("b")).toBe(true);
});

test("in a thousand schedules, no run starts with an invalid PAT while the fleet has a valid one", () =>
  checkSchedules(1_000));
