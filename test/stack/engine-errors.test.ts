import { expect, test } from "vitest";
import { engineErrors } from "../../src/stack/engine-errors.ts";
import { engineSays } from "./engine-says.ts";

test("several errors at once are told one by one, and once each", () => {
  const text =
    "code: 255\n stdout: \n stderr: error: 2 errors occurred:\n" +
    "    1) write /state/.pulumi/locks/a.json: no space left on device\n" +
    "    2) remove /state/.pulumi/locks/a.json: no such file or directory\n\nerror: update failed\n";
  expect(engineErrors(engineSays(text))).toEqual([
    "write /state/.pulumi/locks/a.json: no space left on device",
    "remove /state/.pulumi/locks/a.json: no such file or directory",
  ]);
});

test("a lock that is only half written leads to the command that removes it", () => {
  const [reason] = engineErrors(engineSays("stderr: error: unexpected end of JSON input\n"));
  expect(reason).toContain("run `ghcr-fleet recover`");
});

test("what is no error of the engine is none", () => {
  expect(engineErrors(new Error("error: a bug"))).toEqual([]);
});
