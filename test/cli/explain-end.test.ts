import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { explainEnd } from "../../src/cli/explain-end.ts";
import { UserError } from "../../src/user-error.ts";

const token = `canary_${crypto.randomUUID()}`;

/** As the Automation API makes it. */
const engineError = (stdout: string, stderr: string) =>
  Reflect.construct(CommandError, [
    { toString: () => `code: 255\n stdout: ${stdout}\n stderr: ${stderr}\n`, stdout, stderr },
  ]) as Error;

test("an engine that failed is told by its errors, without the configuration that it printed", async () => {
  const stdout = `{"ghcr-fleet:pat":{"value":"${token}"}}`;
  expect(await explainEnd(engineError(stdout, "error: no space left\n"))).toBe("no space left");
  expect(await explainEnd(engineError(stdout, ""))).toBe("the engine failed, and did not say why");
});

test("a bug is told as one, by its stack and nothing that the error carries", async () => {
  const said = await explainEnd(Object.assign(new TypeError("oops"), { request: { body: token } }));
  expect(said).toMatch(/^a bug in ghcr-fleet, please report it: TypeError: oops\n {4}at /);
  expect(said).not.toContain(token);
  expect(await explainEnd(token)).toBe("a bug in ghcr-fleet, please report it: string was thrown");
});

test("what others say neither draws nor commands", async () => {
  expect(await explainEnd(new UserError("cannot:\n::warning::\u001b[2J"))).toBe(
    "cannot:\n: :warning::?[2J",
  );
});
