import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAuditFindings } from "../../src/cli/report/gather-report.ts";
import { recordEvent, readHistory } from "../../src/cli/stacks/rollout-history.ts";
import { sampleReport, sampleStatus } from "../report/sample-fleet.ts";
import { runBin, type Ended } from "./run-bin.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-report-"));
});
afterEach(() => rm(folder, { recursive: true }));

function run(...args: string[]): Promise<Ended> {
  return runWith({}, ...args);
}

function runWith(environment: Record<string, string>, ...args: string[]): Promise<Ended> {
  return runBin(args, { cwd: folder, env: { ...process.env, ...environment } });
}

test("a status from a file is drawn in every form, without engine and network", async () => {
  await writeFile(
    join(folder, "status.json"),
    JSON.stringify({ version: 1, stacks: [{ ...sampleStatus(5), crossings: [] }] }),
  );
  const files = ["--html", "a.html", "--markdown", "a.md", "--json", "a.json"];
  expect(await run("report", "--from", "status.json", ...files)).toEqual({
    code: 0,
    stdout: "a.html\na.json\na.md\n",
    stderr: "",
  });
  expect(await readFile(join(folder, "a.html"), "utf8")).toMatch(/^<!doctype html>/);
  expect(await readFile(join(folder, "a.md"), "utf8")).toContain("## 5 repositories");
  const again = await run("report", "--from", "a.json", "--min-days", "90");
  expect(again.stdout).toContain("fleet: the PAT of acme-publisher has 41 days left");
  expect(again.code).toBe(0);
});

test("a report keeps its policies and its rollout when it is read again", async () => {
  await writeFile(join(folder, "report.json"), JSON.stringify(sampleReport(5)));
  const { stdout } = await run("report", "--from", "report.json");
  expect(stdout).toContain("workflow-pinned gateway .github/workflows/ci.yml:14 must pin");
});

test("piped output is plain text, in CI too, unless colour is requested", async () => {
  await writeFile(join(folder, "report.json"), JSON.stringify(sampleReport(5)));
  const text = async (environment: Record<string, string>) =>
    (await runWith(environment, "report", "--from", "report.json")).stdout;
  const plain = await text({ CI: "true", GITHUB_ACTIONS: "true" });
  expect(plain).not.toContain("\u001b");
  const colored = await text({ FORCE_COLOR: "1" });
  expect(colored).toContain("\u001b[33mwarning\u001b[39m");
  expect(stripVTControlCharacters(colored)).toBe(plain);
});

test.each([
  ["nothing.json", undefined, /nothing\.json: it cannot be read/],
  ["text.json", "hello", /text\.json: it is not JSON/],
  [
    "other.json",
    '{"version":2,"stacks":[]}',
    /is not the output of `ghcr-fleet status --json`: version/,
  ],
  [
    "link.json",
    JSON.stringify({ version: 1, stacks: [sampleStatus(1)] }).replaceAll("https:", "javascript:"),
    /stacks\.0\.repositories\.0\.url: Invalid URL/,
  ],
])("invalid input is refused: %s", async (name, content, message) => {
  if (content !== undefined) await writeFile(join(folder, name), content);
  const { code, stdout, stderr } = await run("report", "--from", name, "--html", "a.html");
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("a page that cannot be written is reported before a stack is read", async () => {
  await writeFile(
    join(folder, "status.json"),
    JSON.stringify({ version: 1, stacks: [sampleStatus(1)] }),
  );
  const args = ["--from", "status.json", "--html", "no/such/folder.html"];
  expect(await run("report", ...args)).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "--html no/such/folder.html: there is no folder no/such; create it, or name another file\n",
  });
});

test("one result goes to standard output, alone, and two are refused", async () => {
  await writeFile(join(folder, "report.json"), JSON.stringify(sampleReport(5)));
  const from = ["report", "--from", "report.json"];
  const piped = await run(...from, "--json", "-", "--html", "a.html");
  expect(JSON.parse(piped.stdout)).toMatchObject({ version: 1 });
  expect({ ...piped, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "a.html\n" });
  expect((await run(...from, "--html", "-")).stdout).toMatch(/^<!doctype html>/);
  expect(await run(...from, "--html", "-", "--markdown", "-")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "--html and --markdown both write to standard output: name a file for all but one of them\n",
  });
});

test("a check that does not exist is named", async () => {
  const { code, stderr } = await run("status", "--ignore", "files,nonsense");
  expect(stderr).toContain('"nonsense" is not a check; there are token, days-left,');
  expect(code).toBe(2);
});

test("a rollout's history keeps all events, even after an incomplete line", async () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 8, 0, second));
  const stack = "acme/prod";
  const wave = "canary";
  const shared = { wave: "organization", repositories: [] };
  recordEvent(folder, { stack, type: "wave-started", ...shared }, at(0));
  recordEvent(folder, { stack, type: "wave-started", wave, repositories: ["api"] }, at(1));
  const applying = { repository: "api", state: "applying" } as const;
  recordEvent(folder, { stack, type: "repository", wave, ...applying }, at(2));
  const failed = { repository: "api", state: "failed", detail: "CI failed" } as const;
  recordEvent(folder, { stack, type: "repository", wave, ...failed }, at(3));
  recordEvent(folder, { stack, type: "wave-ended", wave, failed: 1, waiting: 0 }, at(4));
  const file = join(folder, ".ghcr-fleet", "rollout-acme%2Fprod.history.jsonl");
  const later = JSON.stringify({ at: 5, stack, type: "wave-ended", wave, failed: 0 });
  await writeFile(file, `${await readFile(file, "utf8")}${later}\n{"at":"2026-`);
  const events = await readHistory(folder, stack);
  expect(events.map(({ at, outcome, text }) => `${at.slice(17, 19)} ${outcome} ${text}`)).toEqual([
    "00 neutral Started",
    "01 neutral Started with 1 repository",
    "03 bad CI failed",
    "04 bad Ended, 1 failed",
  ]);
  expect(await readHistory(folder, "another")).toEqual([]);
});

test("an unreadable audit memory becomes a finding, and the report is still written", async () => {
  expect(await readAuditFindings(folder, "prod")).toBeUndefined();
  await mkdir(join(folder, ".ghcr-fleet"));
  for (const [text, why] of [
    ["{", "was not written by an audit"],
    ['{ "version": 2 }', "was written by a later version of ghcr-fleet"],
  ] as const) {
    await writeFile(join(folder, ".ghcr-fleet", "audit-prod.json"), text);
    expect(await readAuditFindings(folder, "prod")).toMatchObject([
      { severity: "warning", text: expect.stringContaining(why) },
    ]);
  }
});
