import { describe, expect, test } from "vitest";
import { remediatedText } from "../../../policy/judge/remediated-text.ts";
import { workflowNoPersistedCredentials } from "../../../policy/rules/workflow-danger.ts";
import { workflowPinned } from "../../../policy/rules/workflow-pinned.ts";
import { thresholdsOf } from "../../../policy/policy-config.ts";
import { job, linesOf } from "./lines-of.ts";

const sha = "3d3c42e5aac5ba805825da76410c181273ba90b1";

describe("workflow-pinned", () => {
  test.each([
    [`- uses: "actions/checkout@${sha}" # v7.0.1`, true],
    [`- uses: actions/checkout@${sha} #v7.0.1`, true],
    [`- uses: Actions/Checkout@${sha} # v7.0.1, the newest`, true],
    [`- uses: actions/checkout@${sha} # tag=v7.0.1`, true],
    [`- uses: actions/checkout@${sha} # version: v7.0.1`, true],
    [`- uses: actions/checkout@${sha} # version: v7.0.0`, false],
    [`- uses: actions/checkout@${sha} # not v7.0.1`, false],
    [`- { uses: actions/checkout@${sha}, with: { clean: true } } # v7.0.1`, true],
    [`- { uses: actions/checkout@${sha}, name: "} # v7.0.1" }`, false],
    [`- uses: actions/checkout@${sha} # v7`, false],
    [`- uses: actions/checkout@${sha}# v7.0.1`, false],
    [`- uses: actions/checkout@${sha.slice(0, 7)} # v7.0.1`, false],
    [`- uses: actions/checkout@${"a".repeat(40)} # v7.0.1`, false],
    [`- uses: docker://alpine@sha256:${"a".repeat(64)}`, true],
    ["- uses: docker://alpine@sha256:abc", false],
    ["- uses: Docker://alpine:3", false],
    ["- uses: ${{ matrix.action }}@v1", false],
    ["- uses: |\n          actions/checkout@v4\n", false],
    ["- uses: ./.github/actions/build", true],
    ["- uses: $/.github/actions/build", true],
    ["- uses: $acme/build@v1", false],
  ])("%s", async (step, passes) => {
    expect((await linesOf("workflow-pinned", job(step))).length === 0).toBe(passes);
  });
});

test("a workflow of the same repository is called without a pin", async () => {
  const text = "on: push\njobs: { a: { uses: $/.github/workflows/build.yml } }\n";
  expect(await linesOf("workflow-pinned", text)).toEqual([]);
  expect(await linesOf("workflow-parses", text)).toEqual([]);
});

describe("workflow-no-all-secrets", () => {
  test.each([
    ["toJson( Secrets )", true],
    ["secrets[format('{0}', 'A')]", true],
    ["secrets[env.A]", true],
    ["join(secrets.*, ',')", true],
    ["fromJSON(toJSON(secrets)).A", true],
    ["format('{0}', (secrets))", true],
    ["secrets.A || secrets['B']", false],
    ["vars[format('{0}', 'secrets')]", false],
  ])("%s", async (expression, refused) => {
    const text = job(`- run: make`, `  env: { A: "\${{ ${expression} }}" }`);
    expect(await linesOf("workflow-no-all-secrets", text)).toEqual(refused ? [7] : []);
  });

  test("a bare condition is an expression, too", async () => {
    const text = job("- run: make", "  if: contains(toJSON(secrets), 'a')");
    expect(await linesOf("workflow-no-all-secrets", text)).toEqual([7]);
  });
});

describe("workflow-no-persisted-credentials", () => {
  const pin = `actions/checkout@${sha} # v7.0.1`;

  test.each([
    ["{ persist-credentials: 'false' }", true],
    ["{ Persist-Credentials: False }", true],
    ["{ persist-credentials: '' }", false],
    ["{ persist-credentials: ${{ true }} }", false],
  ])("%s", async (inputs, passes) => {
    const text = job(`- uses: ${pin}`, `  with: ${inputs}`);
    const lines = await linesOf("workflow-no-persisted-credentials", text);
    expect(lines.length === 0).toBe(passes);
  });

  test.each([
    ["nothing", ""],
    ["an empty with", "        with:\n"],
    ["another input", "        with: { clean: true }\n"],
    ["the input in capitals", "        with: { Persist-Credentials: true }\n"],
  ])("is repaired if there is %s", async (_what, inputs) => {
    const text = `${job(`- uses: ${pin}`)}${inputs}`;
    const source = { path: "a.yml", text, managed: false };
    const repaired = remediatedText(source, workflowNoPersistedCredentials, {}) ?? "";
    expect(await linesOf("workflow-no-persisted-credentials", repaired)).toEqual([]);
    expect(await linesOf("workflow-parses", repaired)).toEqual([]);
  });

  test("content from an alias is not changed", async () => {
    const text = job("- uses: docker/login-action@v4", "  with: &w { a: b }", `- uses: ${pin}`);
    const source = { path: "a.yml", text: `${text}        with: *w\n`, managed: false };
    expect(remediatedText(source, workflowNoPersistedCredentials, {})).toBeUndefined();
  });
});

test("a pin on one line with its step is repaired on one line", async () => {
  const text = job("- { uses: actions/checkout@v4, with: { persist-credentials: false } }");
  const source = { path: "a.yml", text, managed: false };
  const repaired = remediatedText(source, workflowPinned, thresholdsOf(workflowPinned)) ?? "";
  expect(await linesOf("workflow-pinned", repaired)).toEqual([]);
  expect(await linesOf("workflow-parses", repaired)).toEqual([]);
});

describe("workflow-bounded", () => {
  const bounded = (runner: string, matrix = "{ os: [ubuntu-24.04] }") => `on: push
concurrency: a
jobs:
  a:
    runs-on: ${runner}
    timeout-minutes: 5
    strategy: { matrix: ${matrix} }
    steps: [{ run: make }]
`;

  test.each([
    ["${{ matrix.os }}", undefined, 0],
    ["${{ matrix.os }}", "{ os: [ubuntu-24.04, ubuntu-latest] }", 1],
    ["${{ matrix.os }}", "{ include: [{ os: self-hosted }] }", 1],
    ["${{ matrix.os }}", "{ os: [[self-hosted, linux]] }", 1],
    ['${{ fromJSON(\'["self-hosted", "x"]\') }}', undefined, 1],
    ["${{ inputs.runner || 'ubuntu-latest' }}", undefined, 1],
    ["{ group: big, labels: [Self-Hosted] }", undefined, 1],
    ["ubuntu-24.04-arm", "{ os: [ubuntu-latest] }", 0],
  ])("%s with %s", async (runner, matrix, count) => {
    expect(await linesOf("workflow-bounded", bounded(runner, matrix))).toHaveLength(count);
  });
});
