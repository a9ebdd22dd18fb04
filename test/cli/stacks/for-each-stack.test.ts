import { expect, test } from "vitest";
import { forEachStack } from "../../../src/cli/stacks/for-each-stack.ts";
import { UsageError, UserError } from "../../../src/user-error.ts";

/** Does nothing for stacks that have no error. */
async function run(errors: Record<string, Error | undefined>) {
  const done: string[] = [];
  const error = await forEachStack(Object.keys(errors), async (stack) => {
    const own = errors[stack];
    if (own) throw own;
    done.push(stack);
  });
  return { done, error };
}

test("without a failure there is no error", async () => {
  expect(await run({ a: undefined, b: undefined })).toEqual({ done: ["a", "b"], error: undefined });
});

test("a stack that cannot be read is named, and the others are still read", async () => {
  const { done, error } = await run({ a: new UserError("GitHub is down"), b: undefined });
  expect(done).toEqual(["b"]);
  expect(error).toEqual(new UserError("a: GitHub is down"));
});

test("one stack alone needs no name", async () => {
  const wrong = new UsageError("there is no such stack");
  expect(await run({ a: wrong })).toEqual({ done: [], error: wrong });
});

test("it is wrong usage only if nothing else failed", async () => {
  const wrong = new UsageError("there is no such stack");
  expect((await run({ a: wrong, b: wrong })).error).toBeInstanceOf(UsageError);
  const { error } = await run({ a: wrong, b: new UserError("GitHub is down") });
  expect(error).not.toBeInstanceOf(UsageError);
  expect(error?.message).toBe("a: there is no such stack\nb: GitHub is down");
});

test("a bug ends it at once", async () => {
  await expect(run({ a: new TypeError("a bug"), b: undefined })).rejects.toThrow("a bug");
});
