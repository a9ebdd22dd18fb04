import { expect, test } from "vitest";
import { whyLeaking } from "../../tools/why-leaking.ts";

test.each([
  [["up", "-v=9", "--logtostderr"], "--verbose=9"],
  [["up", "-v", "9"], "--verbose=9"],
  [["up", "-yv11"], "--verbose=11"],
  [["preview", "--verbose=8"], "--verbose=8"],
  [["preview", "--verbose", "10"], "--verbose=10"],
  [["up", "--tracing=file:./up.trace"], "--tracing"],
  [["up", "--tracing", "tcp://127.0.0.1:1"], "--tracing"],
  [["up", "--otel-traces=file://x"], "--otel-traces"],
])("pulumi %j would write tokens in clear", (args, what) => {
  expect(whyLeaking(args, {})).toMatch(
    new RegExp(`^${what}: the engine would write the PAT and the admin token in clear`),
  );
});

test("so would an engine that is set to log its calls", () => {
  expect(whyLeaking(["up"], { PULUMI_DEBUG_GRPC: "calls.json" })).toContain("PULUMI_DEBUG_GRPC: ");
});

test.each([
  [["up", "--diff", "--debug"]],
  [["up", "-v=7", "--logtostderr"]],
  [["up", "-v", "3", "9"]],
  [["--version"]],
  [["version", "-v"]],
  [["config", "set", "key", "tracing"]],
])("pulumi %j would not", (args) => {
  expect(whyLeaking(args, {})).toBeUndefined();
});
