import { gzipSync } from "node:zlib";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { checkExceptions, checkWorkflows } from "../../policy/check.ts";
import { toSarif } from "../../policy/output/to-sarif.ts";
import {
  renderCallers,
  renderCentralWorkflows,
  renderWorkflows,
} from "../../src/publishing/templates/render.ts";
import { workflowOptions } from "../publishing/templates/options.ts";
import { now } from "./run-policy.ts";

const text = [
  "on: pull_request_target",
  "concurrency: one",
  "jobs:",
  "  a:",
  "    runs-on: ubuntu-24.04",
  "    timeout-minutes: 5",
  "    steps:",
  "      - uses: actions/checkout@v4",
  "",
].join("\n");
const path = "a folder/100%.yml";
const files = [{ path, text }];

describe("checkWorkflows", () => {
  const rulesOf = async (options: Parameters<typeof checkWorkflows>[1]) =>
    (await checkWorkflows(files, options)).map(({ rule, level }) => `${level} ${rule.id}`);

  test("finds what the pack finds, in each file", async () => {
    expect(await checkWorkflows(files, { now })).toMatchObject([
      { rule: { id: "workflow-pinned" }, level: "advisory", path, line: 8 },
      { rule: { id: "workflow-no-dangerous-trigger" }, level: "mandatory", path, line: 1 },
      {
        rule: { id: "workflow-no-persisted-credentials" },
        line: 8,
        message: "must set persist-credentials: false at actions/checkout.",
      },
    ]);
  });

  test("compares a workflow with the lockfile that lists it", async () => {
    const pins = (entries: string) => `version: 'v0.0.2'
workflows: { '.github/workflows/100%.yml': [actions/checkout@v4] }
dependencies: { ${entries} }
`;
    const entry = `commit: sha1-${"a".repeat(40)}`;
    const lockFindings = async (lock: string) =>
      (await checkWorkflows([{ path, text, lock }], { now }))
        .filter(({ rule }) => rule.id === "workflow-locked")
        .map(({ level, line, message }) => `${level} ${line} ${message}`);
    const missing = (pin: string) =>
      `mandatory 8 must have ${pin} in the lockfile that lists this workflow.`;
    expect(await lockFindings(pins(`actions/checkout@v4: { ${entry} }`))).toEqual([]);
    expect(await lockFindings(pins(""))).toEqual([missing("actions/checkout@v4")]);
    expect(await lockFindings(pins(`actions/checkout@v4: { ${entry}, uses: [a/b@v1] }`))).toEqual([
      missing("a/b@v1"),
    ]);
    expect(await lockFindings(pins("").replace("100%", "another"))).toEqual([]);
    expect(await lockFindings(pins("").replace("v0.0.2", "v1"))).toEqual([
      "mandatory 1 must have a lockfile of v0.0.2, the only format that can be judged.",
    ]);
  });

  test("style is advice in files that people write, unless it is configured", async () => {
    const levelOf = async (options: object) =>
      (await checkWorkflows(files, { now, ...options })).find(
        ({ rule }) => rule.id === "workflow-pinned",
      )?.level;
    expect(await levelOf({})).toBe("advisory");
    expect(await levelOf({ managed: true })).toBe("mandatory");
    expect(await levelOf({ config: { "workflow-pinned": "mandatory" } })).toBe("mandatory");
  });

  test("reads levels, thresholds and exceptions from a policy configuration", async () => {
    const exception = { for: "api", owner: "a team", reason: "moving", until: "2026-02-01" };
    const config = {
      "workflow-pinned": { exceptions: [exception] },
      "workflow-no-dangerous-trigger": "disabled",
      "workflow-no-persisted-credentials": "advisory",
      "workflow-bounded": { maxMinutes: 1, enforcementLevel: "remediate" },
    } as const;
    const repository = "acme/api";
    expect(await rulesOf({ now, config, repository })).toEqual([
      "advisory workflow-no-persisted-credentials",
      "mandatory workflow-bounded",
    ]);
    expect(await rulesOf({ now, config, repository: "acme/web" })).toContain(
      "advisory workflow-pinned",
    );
  });

  test("an expired exception is a separate finding, and has no effect", async () => {
    const lapsed = { for: "api", owner: "a team", reason: "moving", until: "2025-01-01" };
    const config = { "workflow-pinned": { exceptions: [lapsed] } };
    expect(checkExceptions(config, now)).toMatchObject([
      {
        rule: { id: "exception-expiry" },
        path: undefined,
        message: "the exception of workflow-pinned for api must not have expired.",
      },
    ]);
    expect(checkExceptions({ ...config, "exception-expiry": "disabled" }, now)).toEqual([]);
    expect(await rulesOf({ now, config, repository: "acme/api" })).toContain(
      "advisory workflow-pinned",
    );
  });

  test("a file that breaks every parser is a finding", async () => {
    const deep = [{ path, text: "[".repeat(100_000) }];
    const findings = await checkWorkflows(deep, { now });
    expect(new Set(findings.map(({ level }) => level))).toContain("mandatory");
  });

  test("files of a fleet are checked for its branch and its settings", async () => {
    const rendered = renderWorkflows(workflowOptions({ defaultBranch: "trunk" }));
    const [ciPath, ci] = Object.entries(rendered)[0] ?? ["", ""];
    const bare = "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: make }] } }\n";
    const found = async (text: string, options: object) => {
      const findings = await checkWorkflows([{ path: ciPath, text }], { now, ...options });
      return findings.map(({ rule }) => rule.id).filter((id) => id !== "workflow-bounded");
    };
    expect(await found(ci, { managed: true, branch: "trunk" })).toEqual([]);
    expect(await found(ci, { managed: true, branch: "main" })).toEqual(["workflow-triggers"]);
    expect(await found(bare, {})).toEqual([]);
    expect(await found(bare, { managed: true })).toContain("workflow-permissions");
  });

  test("a fleet's files of other names are held to what they do", async () => {
    const options = workflowOptions();
    const [ci = "", release = ""] = Object.values(renderWorkflows(options));
    const found = async (text: string) => {
      const other = [{ path: ".github/workflows/images.yml", text }];
      const findings = await checkWorkflows(other, { now, managed: true, branch: "main" });
      return findings.map(({ rule }) => rule.id);
    };
    expect(await found(ci)).toEqual([]);
    expect(await found(release)).toEqual([]);
    expect(await found(release.replace("no-cache: true", "no-cache: false"))).toEqual([
      "workflow-release-no-cache",
    ]);
    expect(await found(ci.replace(/ {4}branches:(?:.*\n {6}- .*| \[.*)\n/, ""))).toEqual([
      "workflow-triggers",
    ]);
    for (const text of Object.values(renderCentralWorkflows(workflowOptions())))
      expect(await found(text)).toEqual([]);
  });

  test("rendered files pass like any other, callers with their owner", async () => {
    const rendered = (of: Readonly<Record<string, string>>) =>
      Object.entries(of).map(([path, text]) => ({ path, text }));
    const options = workflowOptions();
    expect(await checkWorkflows(rendered(renderWorkflows(options)), { now })).toEqual([]);
    const central = { repository: "Acme/.github", ref: "main" };
    const callers = rendered(renderCallers(options, central));
    expect(await checkWorkflows(callers, { now, repository: "acme/api" })).toEqual([]);
    const strangers = await checkWorkflows(callers, { now });
    expect(new Set(strangers.map(({ rule }) => rule.id))).toEqual(new Set(["workflow-pinned"]));
  });
});

describe("toSarif", () => {
  // Written for draft 4, of which it uses nothing that draft 7 has changed but the name of its id.
  const { definitions, properties, required, type } = sarifSchema;
  const schema = { definitions, properties, required, type };
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);

  test("is valid SARIF 2.1.0, with findings and without", async () => {
    const config = { "workflow-pinned": { exceptions: [{ for: "api" }] } };
    const open = ["which repositories match is not known"];
    const found = [...checkExceptions(config, now), ...(await checkWorkflows(files, { now }))];
    for (const findings of [found, []]) {
      expect(validate(toSarif(findings, { open })), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(validate({ version: "2.1.0" })).toBe(false);
  });

  test("contains what GitHub code scanning shows", async () => {
    const findings = await checkWorkflows(files, { now });
    const { runs } = toSarif(findings) as { runs: [{ tool: unknown; results: unknown[] }] };
    expect(runs[0].results[0]).toMatchInlineSnapshot(`
      {
        "level": "warning",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "a%20folder/100%25.yml",
                "uriBaseId": "%SRCROOT%",
              },
              "region": {
                "startLine": 8,
              },
            },
          },
        ],
        "message": {
          "text": "must pin actions/checkout as 3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1. Write owner/action@<commit> # <version>; put the pin of a further action into this rule's configuration (allowed).",
        },
        "ruleId": "workflow-pinned",
        "ruleIndex": 23,
      }
    `);
    expect(runs[0].tool).toMatchObject({
      driver: {
        name: "ghcr-fleet",
        rules: expect.arrayContaining([
          expect.objectContaining({
            id: "workflow-no-injection",
            shortDescription: { text: expect.any(String) as string },
            fullDescription: { text: expect.stringContaining("Sees: ") as string },
            help: expect.objectContaining({ text: expect.any(String) as string }) as object,
            helpUri: "https://docs.github.com/en/actions/concepts/security/script-injections",
            defaultConfiguration: { level: "error" },
            properties: { tags: ["security"], "security-severity": "9.5" },
          }),
        ]),
      },
    });
  });

  const resultsOf = (sarif: object) =>
    (
      sarif as {
        runs: [{ results: { ruleId: string; level: string; partialFingerprints?: object }[] }];
      }
    ).runs[0].results;

  test("recognises a finding whose line has moved", async () => {
    const printsOf = async (moved: string) => {
      const findings = await checkWorkflows([{ path, text: moved }], { now });
      const results = resultsOf(toSarif(findings, { texts: new Map([[path, moved]]) }));
      return results.map(({ ruleId, partialFingerprints }) => ({ ruleId, partialFingerprints }));
    };
    const prints = await printsOf(text);
    expect(prints).toHaveLength(3);
    expect(await printsOf(`# a comment\n\nname: moved\n${text}`)).toEqual(prints);
    expect(await printsOf(text.replaceAll("\n", "\r\n"))).toEqual(prints);
  });

  test.each([
    ["../other checkout/ci.yml", /^file:\/\/\/.*\/other%20checkout\/ci\.yml$/],
    ["..hidden/ci.yml", /^\.\.hidden\/ci\.yml$/],
    ["ordner/größe.yml", /^ordner\/gr%C3%B6%C3%9Fe\.yml$/],
  ])("points to where a file is: %s", async (at, uri) => {
    const findings = await checkWorkflows([{ path: at, text }], { now });
    const sarif = toSarif(findings);
    expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
    const [first] = resultsOf(sarif) as unknown as [
      { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] },
    ];
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toMatch(uri);
  });

  test("stays within GitHub's limits, and says what it left out", async () => {
    const findings = await checkWorkflows(files, { now });
    const [finding] = findings;
    if (!finding) throw new Error("there is no finding");
    const advice = Array.from({ length: 30_000 }, () => ({
      ...finding,
      level: "advisory" as const,
    }));
    const sarif = toSarif([...advice, ...findings]);
    const results = resultsOf(sarif);
    expect(results).toHaveLength(25_000);
    expect(results.filter(({ level }) => level === "error")).toHaveLength(2);
    expect(JSON.stringify(sarif)).toContain("5003 further findings");
    expect(gzipSync(JSON.stringify(sarif)).length).toBeLessThan(10_000_000);
  });
});
