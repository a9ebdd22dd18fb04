import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";
const lock = ".github/workflows/actions.lock";
const commit = "a".repeat(40);
const pin = `docker/login-action@${commit}`;
const workflow = (uses = `${pin} # v4.6.0`) =>
  `on: push\njobs:\n  image:\n    runs-on: x\n    steps:\n      - uses: ${uses}\n`;
const inputs = {
  owner: "acme",
  repository: "api",
  branch: "main",
  mode: "template",
  files: { [ci]: workflow(), [release]: workflow() },
};
/** Lists ci.yml with another version of the action, which has GitHub's numbers. */
const listed = `version: 'v0.0.2'
workflows:
    '${ci}':
        - 'docker/login-action@v3'
    '.github/workflows/test.yml':
        - 'acme/setup@v1'
dependencies:
    'acme/setup@v1':
        ref: 'v1'
        commit: 'sha1-${"1".repeat(40)}'
        owner_id: 1
        repo_id: 10
    'docker/login-action@v3':
        ref: 'v3'
        commit: 'sha1-${"2".repeat(40)}'
        owner_id: 5
        repo_id: 50
`;

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const read = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");

async function up(more: Properties = {}, olds: Properties = {}) {
  const files = at.freshFiles();
  const { inputs: checked } = await files.check(olds, { ...inputs, ...more });
  const created = await files.create(checked, false);
  return { checked, ...created };
}

test("a file that the lockfile lists comes with its entries in the same commit", async () => {
  at.byHand.editFiles("acme/api", { [ci]: "on: push\njobs: {}\n", [lock]: listed });
  const before = at.commits().length;
  const { checked } = await up();
  expect(at.commits()).toHaveLength(before + 1);
  expect(checked["notStarting"]).toBeUndefined();
  const { workflows, dependencies } = parse(read(lock) ?? "");
  expect(workflows).toEqual({ [ci]: [pin], ".github/workflows/test.yml": ["acme/setup@v1"] });
  expect(dependencies[pin]).toEqual({
    ref: "v4.6.0",
    commit: `sha1-${commit}`,
    owner_id: 5,
    repo_id: 50,
  });
  expect(read(release)).toBe(workflow());
});

test("a caller of the shared workflow has no action of its own: those are locked where it is", async () => {
  at.byHand.editFiles("acme/api", { [ci]: "on: push\njobs: {}\n", [lock]: listed });
  const caller = `on: push\njobs:\n  image:\n    uses: acme/.github/.github/workflows/publish.yml@${commit}\n`;
  const { checked } = await up({ files: { [ci]: caller } });
  expect(checked["notStarting"]).toBeUndefined();
  expect(read(ci)).toBe(caller);
  const { workflows, dependencies } = parse(read(lock) ?? "");
  expect(workflows).toMatchObject({ [ci]: [] });
  expect(Object.keys(dependencies)).toEqual(["acme/setup@v1"]);
});

test("the lockfiles of the next repositories are read with it", async () => {
  const others = ["a", "b", "c", "d", "e", "f"];
  at = await startProvider("admin", others);
  const names = ["api", ...others];
  for (const name of names)
    at.byHand.editFiles(`acme/${name}`, { [ci]: "on: push\njobs: {}\n", [lock]: listed });
  const { check } = at.freshFiles();
  let reads = 0;
  at.simulator.faults.inject(
    { path: "/graphql", body: "actions.lock" },
    { kind: "call", when: "before", run: () => void (reads += 1) },
  );
  for (const repository of names)
    expect((await check({}, { ...inputs, repository })).inputs).not.toHaveProperty("notStarting");
  // One, then two, then four: as long as what was read ahead is used.
  expect(reads).toBe(1);
});

test("files that it does not list stay so, and a repository without one gets none", async () => {
  await up();
  expect(read(lock)).toBeUndefined();
  at.byHand.editFiles("acme/api", { [lock]: listed.replace(ci, ".github/workflows/a.yml") });
  const before = read(lock);
  await up({ files: { [ci]: workflow(`${pin} # v4.6.1`) } });
  expect(read(lock)).toBe(before);
});

test("with onboard, it is made, with GitHub's numbers, also where the files are there already", async () => {
  const { checked, state, id } = await up();
  const files = at.freshFiles();
  const more = { lockfile: "onboard" };
  const next = (await files.check(checked, { ...inputs, ...more })).inputs;
  expect(await files.diff(checked, next, state)).toEqual({ lockfile: "add" });
  await files.update(id, state, next, false);
  const { workflows, dependencies } = parse(read(lock) ?? "");
  expect(workflows).toEqual({ [ci]: [pin], [release]: [pin] });
  const { id: repositoryId } = at.world.repository("docker/login-action");
  expect(dependencies[pin]).toMatchObject({
    owner_id: at.world.findUser("docker")?.id,
    repo_id: repositoryId,
  });
});

test.each([
  ["of another version", listed.replace("v0.0.2", "v0.0.3"), workflow(), "has version v0.0.3"],
  [
    "without the numbers of an action that GitHub does not show",
    listed,
    workflow(`acme/hidden@${commit} # v1.0.0`),
    "does not show the numbers of acme/hidden",
  ],
  [
    "for an action by its tag",
    listed,
    workflow("docker/login-action@v4"),
    "not pinned to a commit",
  ],
])(
  "a lockfile %s: preview says that the runs would not start, and nothing is written",
  async (_, text, file, why) => {
    at.byHand.editFiles("acme/api", { [ci]: "on: push\njobs: {}\n", [lock]: text });
    const before = at.commits();
    const files = at.freshFiles();
    const { inputs: checked } = await files.check({}, { ...inputs, files: { [ci]: file } });
    expect(checked["notStarting"]).toContain(`${ci} would not start: `);
    expect(checked["notStarting"]).toContain(why);
    await files.create(checked, true);
    expect(at.warnings).toContainEqual(expect.stringContaining(why));
    await expect(files.create(checked, false)).rejects.toThrow(why);
    expect(at.commits()).toEqual(before);
  },
);

test("a repair adds no action, and touches no lockfile", async () => {
  const own = ".github/workflows/docker.yml";
  const text = workflow("docker/login-action@v3").replace(
    "@v3\n",
    "@v3\n        with: { registry: ghcr.io, username: me, password: '${{ secrets.GITHUB_TOKEN }}' }\n      - run: docker push ghcr.io/acme/api\n",
  );
  const before = listed.replaceAll("ci.yml", "docker.yml");
  at.byHand.editFiles("acme/api", { [own]: text, [lock]: before });
  const { state } = await up({ mode: "repair", deadPatFallback: true });
  expect(state["commitSha"]).toBeDefined();
  expect(read(own)).toContain("secrets.GHCR_PAT");
  expect(read(own)?.match(/uses: docker\/login-action@v3/g)).toHaveLength(2);
  expect(read(lock)).toBe(before);
});
