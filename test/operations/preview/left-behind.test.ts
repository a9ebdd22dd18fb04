import picocolors from "picocolors";
import { expect, test } from "vitest";
import { leftBehind } from "../../../src/operations/preview/left-behind.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { aPreview } from "../../report/preview/a-preview.ts";
import { logOf, step } from "./steps.ts";

const path = ".github/workflows/publish.yml";
const [old, now, next] = ["a", "b", "c"].map((digit) => ({ [path]: digit.repeat(40) }));
const [first, second, third] = ["1", "2", "3"].map((digit) => digit.repeat(40));
const known = {
  files: now,
  versions: [
    { commit: first, files: old },
    { commit: second, files: now },
  ],
};
const caller = (name: string, pin: string | undefined) =>
  step("same", "ghcr:index:RepositoryPublishing", name, { pin }, { pin });
const log = (files: typeof now) =>
  logOf(
    step("update", "ghcr:index:SharedWorkflow", "shared-workflow", known, { ...known, files }),
    caller("api", first),
    caller("web", second),
    // A bot brought this commit, and site has the whole workflow.
    caller("cli", third),
    caller("site", undefined),
  );

test("callers of an earlier version are named, with the command that moves them", () => {
  expect(leftBehind(log(now), [])).toEqual(["api"]);
  // After an upgrade, the update writes another version.
  expect(leftBehind(log(next), [])).toEqual(["api", "web"]);
  const text = previewText(
    aPreview({ leftBehind: ["api", "web"] }),
    picocolors.createColors(false),
  );
  expect(text.split("\n")).toContain(
    "  callers 2 repositories stay at an earlier version of the shared workflow (api, web): `ghcr-fleet rollout acme --repin` moves them",
  );
});
