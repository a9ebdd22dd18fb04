import { expect, test } from "vitest";
import { engineErrors } from "../../src/stack/engine-errors.ts";
import { explainOpening } from "../../src/stack/explain-opening.ts";
import { UsageError, UserError } from "../../src/user-error.ts";
import { engineSays } from "./engine-says.ts";

const says = (reason: string) =>
  engineSays(
    `code: 255\n stdout: \n stderr: Command failed with exit code 255\nerror: ${reason}\n`,
  );

test("a stack that is not there is wrong usage", () => {
  const told = explainOpening("acme", says("no stack named 'acme' found"));
  expect(told).toBeInstanceOf(UsageError);
  expect(told).toHaveProperty("message", expect.stringContaining("pulumi stack init acme"));
});

test("a state that cannot be read is told with the same next step, whenever it shows", () => {
  const broken = says("failed to load checkpoint: unexpected end of JSON input");
  const told = explainOpening("acme", broken);
  expect(told).toBeInstanceOf(UserError);
  const { message } = told as UserError;
  expect(message).toContain('the state of stack "acme" cannot be read (unexpected end of JSON');
  expect(message).toContain("`ghcr-fleet recover acme` may help");
  expect(message).toContain("pulumi stack import --file <backup>");
  expect(engineErrors(broken)).toEqual([
    message.replace('stack "acme"', "the stack").replace("recover acme", "recover"),
  ]);
});

test("what has no explanation is told in the engine's words, and nothing of the rest", () => {
  const told = explainOpening("acme", engineSays("stdout: secret\n stderr: error: out of luck\n"));
  expect(told).toEqual(new UserError('stack "acme" cannot be opened: out of luck'));
});

test("what is no error of the engine stays what it is", () => {
  const bug = new Error("a bug");
  expect(explainOpening("acme", bug)).toBe(bug);
});
