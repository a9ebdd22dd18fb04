import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { program } from "../../src/cli/program.ts";
import { driftKinds, type DriftKind } from "../../src/operations/drift/drift-finding.ts";
import type { CrossingCause, StatusCheck } from "../../src/operations/status/crossing.ts";
import { statusChecks } from "../../src/operations/status/crossing.ts";
import { nextStep } from "../../src/report/drift/drift-text.ts";
import { groupCrossings } from "../../src/report/group-crossings.ts";

/** What is wrong with a command that somebody would type; nothing where the command line takes it. */
function problemsOf(command: string): string[] {
  const [, name = "", ...words] = command.split(/\s+/);
  const verb = program.commands.find((each) => each.name() === name);
  if (!verb) return [`${command}: there is no verb ${name}`];
  // Their options are those of another program.
  if (name === "pulumi" || name === "simulate") return [];
  const known = verb.createHelp().visibleOptions(verb);
  return words
    .filter((word) => word.startsWith("--"))
    .map((word) => word.split("=")[0])
    .filter((word) => !known.some(({ long }) => long === word))
    .map((word) => `${command}: ${name} has no option ${word}`);
}

/** Whether its first argument is not an option: the stack. */
const namesStack = (command: string) => /^ghcr-fleet [a-z]+ [^-\s]/.test(command);

const takesStacks = (command: string) => {
  const verb = program.commands.find((each) => each.name() === command.split(" ")[1]);
  return /^stacks?$/.test(verb?.registeredArguments[0]?.name() ?? "");
};

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Commands in texts of the program, as they are written there: with `${…}` for what is filled in. */
function commandsInSource(): { place: string; command: string }[] {
  return ["src", "provider", "policy"].flatMap((folder) =>
    filesBelow(folder, /\.ts$/).flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          if (/^\s*(?:\*|\/\*|\/\/)/.test(line)) return [];
          const found = line.matchAll(
            /`(ghcr-fleet [a-z]+(?: (?:\$\{(?:[^{}]|\{[^}]*\})*\}|[^\\`$])*)?)\\?`/g,
          );
          return [...found].map(([, command = ""]) => ({ place: `${file}:${index + 1}`, command }));
        }),
    ),
  );
}

test("commands in the program's messages exist, and name the stack where it is known", () => {
  const commands = commandsInSource();
  expect(commands.length).toBeGreaterThan(30);
  expect(commands.flatMap(({ command }) => problemsOf(command))).toEqual([]);
  const without = commands.filter(
    ({ command }) => takesStacks(command) && !namesStack(command.replace(/\$\{/g, "")),
  );
  expect(without.map(({ place, command }) => `${place.replace(/:\d+$/, "")}: ${command}`)).toEqual([
    // What a setting is for.
    "src/fleet/fleet-config.ts: ghcr-fleet audit",
    // A file of any stack; without a name, the selected one is read.
    "src/cli/report/read-report.ts: ghcr-fleet status --json",
    // Documentation.
    "policy/output/to-markdown.ts: ghcr-fleet report",
    "policy/output/to-markdown.ts: ghcr-fleet preview",
  ]);
});

const documents = [
  "README.md",
  ...filesBelow("docs", /\.md$/),
  ...filesBelow("templates", /\.md$/),
];

test("commands in the documentation exist", () => {
  const commands = documents.flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /^(?:\$ )?(?!ghcr-fleet does)(ghcr-fleet [a-z]+(?: [^#|&>\n]*)?)/gm,
      ),
    ].map(([, command = ""]) => command.trim()),
  );
  expect(commands.length).toBeGreaterThan(50);
  expect(commands.flatMap(problemsOf)).toEqual([]);
});

test("commands in sentences of the documentation exist, and name the stack where they have options", () => {
  const commands = documents.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/`(ghcr-fleet [a-z]+(?: [^`\n]*)?)`/g)].map(
      ([, command = ""]) => ({ file, command }),
    ),
  );
  expect(commands.length).toBeGreaterThan(50);
  expect(commands.flatMap(({ command }) => problemsOf(command))).toEqual([]);
  // A verb alone is its name.
  const without = commands.filter(
    ({ command }) => takesStacks(command) && command.includes(" --") && !namesStack(command),
  );
  expect(without.map(({ file, command }) => `${file}: ${command}`).sort()).toEqual([
    // What the workflows of a stack repository run.
    "docs/pull-requests.md: ghcr-fleet drift --issue",
    "docs/pull-requests.md: ghcr-fleet preview --comment",
    // Formats of documents.
    "docs/rollout.md: ghcr-fleet preview --json",
  ]);
});

test("each next step of drift and status names the stack", () => {
  const update = { by: "update", urn: "urn:x" } as const;
  const place = { repository: "api", environment: undefined, name: "GHCR_PAT" };
  const deletion = { by: "deletion", ...place } as const;
  const finding = { repository: "api", subject: "x", text: "", actor: null, at: null, url: null };
  const steps = (Object.keys(driftKinds) as DriftKind[]).flatMap((kind) =>
    [update, deletion, { by: "person", step: "look" } as const].map((repair) =>
      nextStep({ ...finding, kind, repair }, "acme"),
    ),
  );
  const causes: (CrossingCause | null)[] = [
    ...[null, "dockerfile-missing", "denied", "no-runner", "other", "not-merged", "declined"],
    ...["by-hand", "unmanaged", "second-publisher", "unnamed", "no-page"],
  ] as const;
  const groups = statusChecks.flatMap((check: StatusCheck) =>
    causes.flatMap((cause) =>
      groupCrossings([
        {
          ...{ check, cause, severity: "warning", stack: "acme" },
          ...{ repository: "api", text: "", url: null },
        },
      ]),
    ),
  );
  const printed = [
    ...steps.flatMap((text) => [...text.matchAll(/`(ghcr-fleet [^`]*)`/g)].map(([, one]) => one)),
    ...groups.flatMap(({ commands }) => commands),
  ].map(String);
  expect(new Set(printed.flatMap(problemsOf))).toEqual(new Set());
  expect(printed.filter((command) => !command.includes(" acme"))).toEqual([]);
});
