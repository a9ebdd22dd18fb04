import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { actionsOf } from "../../provider/resources/publishing/lockfile.ts";
import { addToLock, type LockedAction } from "../../src/publishing/lockfile/add-to-lock.ts";

const ci = ".github/workflows/ci.yml";
const commit = (digit: string) => digit.repeat(40);
const action = (name: string, digit: string): LockedAction => ({
  pin: `${name}@${commit(digit)}`,
  ref: "v2.0.0",
  commit: commit(digit),
  ownerId: 7,
  repositoryId: 70,
});
const login = action("docker/login-action", "a");
const build = action("docker/build-push-action", "b");

/** A lockfile of a team, which says in a comment what it should not. */
const written = (indent: string) => `# by a tool
version: 'v0.0.2'
workflows:
${indent}'.github/workflows/test.yml':
${indent}${indent}- 'actions/checkout@v6'
${indent}${indent}- 'acme/setup@v1'
dependencies:
${indent}'acme/setup@v1':
${indent}${indent}ref: 'v1'
${indent}${indent}commit: 'sha1-${commit("1")}'
${indent}${indent}owner_id: 1
${indent}${indent}repo_id: 10
${indent}${indent}uses:
${indent}${indent}${indent}- 'actions/cache@v5'
${indent}'actions/cache@v5': # ours
${indent}${indent}ref: 'v5'
${indent}${indent}commit: 'sha1-${commit("2")}'
${indent}${indent}owner_id: 2
${indent}${indent}repo_id: 20
${indent}'actions/checkout@v6':
${indent}${indent}ref: 'v6'
${indent}${indent}commit: 'sha1-${commit("3")}'
${indent}${indent}owner_id: 2
${indent}${indent}repo_id: 30
`;

function added(text: string | undefined, actions = [login, build], path = ci): string {
  const result = addToLock(text, { [path]: actions });
  if ("problem" in result) throw new Error(result.problem);
  return result.text;
}

test("entries are added where they belong, and no other byte changes", () => {
  const before = written("    ");
  const after = added(before);
  expect(after).toMatchInlineSnapshot(`
    "# by a tool
    version: 'v0.0.2'
    workflows:
        '.github/workflows/ci.yml':
            - 'docker/build-push-action@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
            - 'docker/login-action@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
        '.github/workflows/test.yml':
            - 'actions/checkout@v6'
            - 'acme/setup@v1'
    dependencies:
        'acme/setup@v1':
            ref: 'v1'
            commit: 'sha1-1111111111111111111111111111111111111111'
            owner_id: 1
            repo_id: 10
            uses:
                - 'actions/cache@v5'
        'actions/cache@v5': # ours
            ref: 'v5'
            commit: 'sha1-2222222222222222222222222222222222222222'
            owner_id: 2
            repo_id: 20
        'actions/checkout@v6':
            ref: 'v6'
            commit: 'sha1-3333333333333333333333333333333333333333'
            owner_id: 2
            repo_id: 30
        'docker/build-push-action@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb':
            ref: 'v2.0.0'
            commit: 'sha1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
            owner_id: 7
            repo_id: 70
        'docker/login-action@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
            ref: 'v2.0.0'
            commit: 'sha1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
            owner_id: 7
            repo_id: 70
    "
  `);
  const left = before.split("\n");
  for (const line of after.split("\n")) if (line === left[0]) left.shift();
  expect(left).toEqual([]);
});

test("what is there already makes no change", () => {
  const once = added(written("    "));
  expect(added(once)).toBe(once);
});

test("a new version of an action replaces the old one, unless another workflow uses it", () => {
  const newer = action("docker/login-action", "c");
  const once = added(written("    "));
  const next = added(once, [newer, build]);
  expect(parse(next).workflows[ci]).toEqual([build.pin, newer.pin]);
  expect(next).not.toContain(login.pin);
  const shared = added(added(written("    ")), [login], ".github/workflows/other.yml");
  expect(added(shared, [newer, build])).toContain(`'${login.pin}':`);
});

test("what other actions use stays, also where a list names it", () => {
  const listed = added(written("    ")).replace(
    `'${build.pin}'\n`,
    `'actions/cache@v5'\n        - '${build.pin}'\n`,
  );
  const next = added(listed);
  expect(parse(next).workflows[ci]).toEqual([build.pin, login.pin]);
  expect(next).toContain("'actions/cache@v5': # ours");
});

test.each([
  ["four spaces", (text: string) => text, "    "],
  ["two spaces", (text: string) => text, "  "],
  ["carriage returns", (text: string) => text.replaceAll("\n", "\r\n"), "    "],
])("a workflow without actions of its own has an empty list: %s", (_, form, indent) => {
  const before = form(written(indent));
  const none = added(before, []);
  expect(none).toBe(before.replace(/(workflows:\r?\n)/, form(`$1${indent}'${ci}': []\n`)));
  expect(added(none, [])).toBe(none);
  const listed = added(before);
  expect(added(none)).toBe(listed);
  expect(added(listed, [])).toBe(none);
  expect(added(undefined, [])).toMatch(/version: 'v0.0.2'\nworkflows:\n {4}'.*ci.yml': \[\]\n$/);
});

test("a list with a comment that would be lost is left alone", () => {
  const listed = added(written("    ")).replace(
    "- 'docker/login",
    "# ours\n        - 'docker/login",
  );
  expect(addToLock(listed, { [ci]: [] })).toEqual({
    problem: expect.stringContaining("not written as GitHub's tool writes it"),
  });
});

test("without a lockfile, one is made as the tool makes it", () => {
  expect(added(undefined, [login])).toMatchInlineSnapshot(`
    "# This file is machine-generated by \`gh actions-lock\`.
    # Do not edit by hand; run \`gh actions-lock\` to update.
    # Docs: https://gh.io/actions-lockfile
    version: 'v0.0.2'
    workflows:
        '.github/workflows/ci.yml':
            - 'docker/login-action@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    dependencies:
        'docker/login-action@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
            ref: 'v2.0.0'
            commit: 'sha1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
            owner_id: 7
            repo_id: 70
    "
  `);
});

test("two spaces, carriage returns and a missing last break stay as they are", () => {
  const two = added(written("  "));
  expect(two).toContain(`\n  '${ci}':\n    - '${build.pin}'\n`);
  const windows = added(written("    ").replaceAll("\n", "\r\n"));
  expect(windows.replaceAll("\r\n", "")).not.toContain("\n");
  const open = added(written("    ").trimEnd());
  expect(open).toContain("repo_id: 30\n");
  expect(parse(open)).toEqual(parse(added(written("    "))));
});

test.each([
  [
    "of a later version",
    written("    ").replace("v0.0.2", "v0.1.0"),
    "version v0.1.0, and only v0.0.2",
  ],
  ["without a version", "workflows: {}\n", "no version"],
  ["with unknown fields", `${written("    ")}more: 1\n`, "not of the form of v0.0.2"],
  ["that is not YAML", "{{{{", "not YAML"],
  ["in another form", "version: 'v0.0.2'\nworkflows: { a: [b] }\n", "not written as GitHub's tool"],
])("a lockfile %s is left alone", (_what, text, problem) => {
  expect(addToLock(text, { [ci]: [login] })).toEqual({ problem: expect.stringContaining(problem) });
});

test("whatever is in the lockfile, it stays, and what is added is found", () => {
  const name = fc.constantFrom("a/b", "docker/login-action", "docker/zzz", "zz/zz");
  const pins = fc.uniqueArray(
    fc.tuple(name, fc.constantFrom("v1", "v2", commit("a"))).map(([one, ref]) => `${one}@${ref}`),
    { minLength: 1, maxLength: 5 },
  );
  const paths = fc.uniqueArray(fc.constantFrom("a", "ci", "d", "z"), { maxLength: 4 });
  fc.assert(
    fc.property(pins, paths, (used, workflows) => {
      const file = (each: string) => `.github/workflows/${each}.yml`;
      const text = [
        "version: 'v0.0.2'",
        ...(workflows.length > 0 ? ["workflows:"] : []),
        ...workflows.flatMap((each) => [
          `    '${file(each)}':`,
          ...used.map((pin) => `        - '${pin}'`),
        ]),
        "dependencies:",
        ...used.flatMap((pin) => [
          `    '${pin}':`,
          "        ref: 'v1'",
          `        commit: 'sha1-${pin.endsWith("a") ? commit("a") : commit("9")}'`,
          "        owner_id: 1",
          "        repo_id: 1",
        ]),
        "",
      ].join("\n");
      const before = parse(text);
      const after = parse(added(text));
      expect(after.workflows[ci]).toEqual([build.pin, login.pin]);
      for (const each of workflows.filter((one) => one !== "ci"))
        expect(after.workflows[file(each)]).toEqual(before.workflows[file(each)]);
      const others = workflows.some((each) => each !== "ci") ? used : [];
      for (const pin of others) expect(after.dependencies[pin]).toEqual(before.dependencies[pin]);
    }),
  );
});

test("the actions of a workflow: each once, without those of the repository and of called workflows", () => {
  const text = `on: push
jobs:
  call: { uses: acme/.github/.github/workflows/publish.yml@main }
  image:
    steps:
      - uses: ./.github/actions/own
      - uses: docker://alpine:3
      - uses: Docker/Login-Action@${commit("a")} # v4.6.0
      - uses: docker/login-action@${commit("a")} # v4.6.0
      - uses: actions/cache/save@v5
`;
  expect(actionsOf(ci, text)).toEqual([
    { repository: "docker/login-action", ref: commit("a"), pin: login.pin, version: "v4.6.0" },
    { repository: "actions/cache", ref: "v5", pin: "actions/cache@v5", version: undefined },
  ]);
});
