import { test } from "vitest";
import { checkSchedules } from "./schedules.ts";

test("in a thousand schedules, no run starts with an invalid PAT while the fleet has a valid one", () =>
  checkSchedules(1_000));
