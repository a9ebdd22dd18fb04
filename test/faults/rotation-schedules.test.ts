import { test } from "vitest";
import { checkSchedules } from "../operations/rotation/schedules.ts";

test("in 100,000 schedules, no run starts with an invalid PAT while the fleet has a valid one", () =>
  checkSchedules(100_000));
