import { expect, test } from "vitest";
import { checkWorkflows } from "../../../policy/check.ts";
import { expressionsIn, soleExpression } from "../../../policy/workflow/language/expressions.ts";
import { now } from "../run-policy.ts";
import { job, linesOf } from "./lines-of.ts";

test.each([
  ["quotes after an expression that never ends", job(`- run: echo \${{ ${"'a' ".repeat(40)}`)],
  ["expressions that never end", job(`- run: ${"${{ ".repeat(20_000)}`)],
  ["aliases that multiply", multiplying()],
  ["a list that is part of itself", job("- &s [*s]")],
])("%s end, and do not pass", async (_what, text) => {
  expect(await linesOf("workflow-parses", text)).not.toEqual([]);
});

test("aliases that do not multiply are followed, without repeated findings", async () => {
  const text = `on: &on [push, pull_request_target]
jobs:
  a: &job
    runs-on: ubuntu-24.04
    steps: &steps
      - uses: actions/checkout@v4
  b: *job
`;
  expect(await linesOf("workflow-parses", text)).toEqual([]);
  expect(await linesOf("workflow-no-dangerous-trigger", text)).toEqual([1]);
  expect(await linesOf("workflow-pinned", text)).toEqual([6]);
});

test.each([
  ["on: pull_request_target", 1],
  ['"on": { "pull_request_target": null }', 1],
  ["!!str on: [pull_request_target]", 1],
  ["? on\n: pull_request_target", 2],
  ["\uFEFFon: pull_request_target", 1],
  ["# a comment\r\non:\r\n  pull_request_target:\r", 3],
  ["on:\n  pull_request_target: # for forks\n    types: [opened]", 2],
])("a trigger is seen however it is written: %j", async (on, line) => {
  const text = `${on}\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: make }] } }\n`;
  expect(await linesOf("workflow-no-dangerous-trigger", text)).toEqual([line]);
});

test.each([
  ["another version of YAML", `%YAML 1.1\n---\n${job("- run: make")}`],
  ["a second document", `${job("- run: make")}---\non: pull_request_target\njobs: {}\n`],
  ["tabs", job("\t- run: make")],
  ["merge keys", job("- &a { run: make }", "- { <<: *a }")],
  ["control characters", job("- run: make\0")],
  ["bytes that are no UTF-8", new TextDecoder().decode(Buffer.from(job("- run: é"), "latin1"))],
  ["an event in capitals", job("- run: make").replace("push", "Push")],
  ["a key twice, in two ways of writing it", job("- run: make", '  "run": make')],
])("%s cannot bypass the rules", async (_what, text) => {
  expect(await linesOf("workflow-parses", text)).not.toEqual([]);
});

test("an event whose name GitHub's own parser has wrong is valid", async () => {
  const text = job("- run: make").replace(/^on: .*/, "on: [push, repository_dispatch]");
  expect(await linesOf("workflow-parses", text)).toEqual([]);
});

test("a backslash that escapes nothing is named", async () => {
  const files = [{ path: "ci.yml", text: job('- run: "grep \\."') }];
  const [finding] = await checkWorkflows(files, { now });
  expect(finding).toMatchObject({
    line: 6,
    message: expect.stringContaining("backslash") as string,
  });
});

test.each([
  ["string", "3", true],
  ["string", "false", true],
  ["string", '"${{ github.actor }}"', true],
  ["boolean", "'false'", false],
])("an input of the type %s has the default %s", async (type, value, passes) => {
  const input = `a: { type: ${type}, default: ${value} }`;
  const text = job("- run: make").replace(
    /^on: .*/,
    `on: { workflow_call: { inputs: { ${input} } } }`,
  );
  expect((await linesOf("workflow-parses", text)).length === 0).toBe(passes);
});

test("expressions end where GitHub ends them", () => {
  expect(expressionsIn("a ${{ b }} ${{ 'c }}' }} d")).toEqual([" b ", " 'c }}' "]);
  expect(expressionsIn("${{ 'a }} ${{ b }}")).toEqual([]);
  expect(soleExpression(" ${{secrets.A||secrets . B}}\n")).toBe("secrets.A || secrets.B");
  expect(soleExpression("${{ a == 'b  c' }}")).toBe("a == 'b  c'");
  for (const text of ["", "a", "x${{ a }}", "${{ a }}${{ b }}", "${{ a }} "])
    expect(soleExpression(text)).toBe(text === "${{ a }} " ? "a" : undefined);
});

/** Nine lines of nine aliases each: 9^9 nodes. */
function multiplying(): string {
  const names = "a b c d e f g h i".split(" ");
  const lines = names.map((name, index) => {
    const items = Array<string>(9).fill(index === 0 ? "x" : `*${names[index - 1] ?? ""}`);
    return `  ${name}: &${name} [${items.join(", ")}]`;
  });
  return ["on: push", "env:", ...lines, "jobs: *i", ""].join("\n");
}
