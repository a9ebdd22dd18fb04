import { expect, test } from "vitest";
import { whyLeaking } from "../../tools/why-leaking.ts";

test.each([
  [["up", "-v=9", "--logtostderr"], "--verbose=9"],
  [["up", "-v", "9"], "--verbose=9"],
  [["up", "-yv11"], "--verbose=11"],
  [["preview", "--verbose=8"], "--verbose=8"],
  [["preview", "--verbose", "10"], "--verbose=10"],
  [["up", "-v=0x9"], "--verbose=9"],
  [["up", "-v=+9"], "--verbose=9"],
  [["up", "-v=1_0"], "--verbose=10"],
  [["up", "-v011"], "--verbose=9"],
  [["up", "-v", "0b1001"], "--verbose=9"],
  [["up", "--verbose=0X_f"], "--verbose=15"],
  [["up", "--verbose", "0o11"], "--verbose=9"],
  [["up", "-y", "-fv=99999999999999999999"], "--verbose=100000000000000000000"],
  [["up", "-m", "--", "-v=9"], "--verbose=9"],
  [["up", "--message", "--", "--tracing", "file:./up.trace"], "--tracing"],
  [["up", "--tracing=file:./up.trace"], "--tracing"],
  [["up", "--tracing", "tcp://127.0.0.1:1"], "--tracing"],
  [["up", "--otel-traces=file://x"], "--otel-traces"],
])("pulumi %j would write tokens in clear", (args, what) => {
  expect(whyLeaking(args, {})).toMatch(
    new RegExp(`^${what}: the engine would write the PAT and the admin token in clear`),
  );
});

test.each([
  ["PULUMI_DEBUG_GRPC", "calls.json"],
  ["PULUMI_OPTION_VERBOSE", "0x9"],
  ["PULUMI_OPTION_TRACING", "file:./up.trace"],
  ["PULUMI_OPTION_OTEL_TRACES", "file://x"],
])("so would an engine with %s=%s in its environment", (name, value) => {
  expect(whyLeaking(["up"], { [name]: value })).toContain(`${name}: `);
});

test("a low verbosity of the environment shows no token", () => {
  expect(whyLeaking(["up"], { PULUMI_OPTION_VERBOSE: "7" })).toBeUndefined();
});

test.each([
  [["up", "--diff", "--debug"]],
  [["up", "-v=7", "--logtostderr"]],
  [["up", "-v", "3", "9"]],
  [["--version"]],
  [["version", "-v"]],
  [["up", "-v=007"]],
  [["up", "-v=-9"]],
  [["up", "-v=0x"]],
  [["up", "-v=1__0"]],
  [["up", "-v=9.5"]],
  [["up", "-sv9"]],
  [["up", "-mv9"]],
  [["config", "set", "key", "--", "-v9"]],
  [["up", "--message=--", "--", "-v9"]],
  [["config", "set", "key", "tracing"]],
])("pulumi %j would not", (args) => {
  expect(whyLeaking(args, {})).toBeUndefined();
});
