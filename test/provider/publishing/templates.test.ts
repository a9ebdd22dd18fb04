import { beforeEach, expect, test } from "vitest";
import { unknownValue, type Properties } from "../../../provider/protocol/property-values.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";
const inputs = {
  owner: "acme",
  repository: "api",
  branch: "main",
  files: { [ci]: "name: ci\n", [release]: "name: release\n" },
  delivery: "commit",
  onRemove: "keep",
};

let at: Provider;
const start = async (token?: string) => {
  at = await startProvider(token);
};
beforeEach(() => start());

const create = () => at.files.create(inputs, false);
const text = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");

test("both files are written in one commit, and not again", async () => {
  const before = at.commits().length;
  const { state } = await create();
  expect(at.commits()).toHaveLength(before + 1);
  expect(state["commitSha"]).toBe(at.commits().at(-1));
  await create();
  expect(at.commits()).toHaveLength(before + 1);
});

test("preview writes nothing and says what it would replace", async () => {
  at.byHand.editFiles("acme/api", { [ci]: "name: by hand\n" });
  const before = at.commits();
  await at.files.create(inputs, true);
  expect(at.commits()).toEqual(before);
  expect(at.warnings).toEqual([
    `${ci} was written by somebody else and will be replaced; ` +
      `its text stays in the history: git show ${before.at(-1)!.slice(0, 12)}:${ci}`,
  ]);
});

test("a file that the fleet wrote under a former name of the repository was written by nobody else", async () => {
  const templates = (timeout: number) => ({
    ...inputs,
    files: {
      [ci]: `# Managed by ghcr-fleet: its next run overwrites what is changed here.\ntimeout: ${timeout}\n`,
    },
  });
  await at.files.create(templates(1), false);
  await at.freshFiles().create(templates(2), true);
  expect(at.warnings).toEqual([]);
  const edited = templates(2).files[ci].replace("2", "20");
  at.byHand.editFiles("acme/api", { [ci]: edited });
  await at.freshFiles().create(templates(3), true);
  expect(at.warnings).toEqual([expect.stringContaining(`${ci} was written by somebody else`)]);
});

test("by pull request, the branch is unchanged, and a second update opens no other", async () => {
  const wanted = { ...inputs, delivery: "pull-request" };
  const before = at.commits();
  const preview = await at.files.create(wanted, true);
  expect(preview.state).toMatchObject({ pullRequestUrl: unknownValue });
  expect(at.world.repository("acme/api").pulls).toEqual([]);
  const { id, state } = await at.files.create(wanted, false);
  expect(state["pullRequestUrl"]).toBe("https://github.com/acme/api/pull/1");
  expect(state["commitSha"]).toBeUndefined();
  expect(at.commits()).toEqual(before);
  expect(at.warnings).toEqual([
    "merge https://github.com/acme/api/pull/1 to add the files; main itself was not written to",
  ]);
  await at.files.update(id, state, wanted, false);
  expect(at.world.repository("acme/api").pulls).toHaveLength(1);
});

test("somebody pushes between read and commit: their work stays, ours is added", async () => {
  const stop = at.simulator.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "delay", milliseconds: 300 },
  );
  const creating = create();
  await new Promise((resolve) => setTimeout(resolve, 150));
  at.byHand.editFiles("acme/api", { "src/new.ts": "export {};\n" });
  await creating;
  stop();
  expect(text("src/new.ts")).toBe("export {};\n");
  expect(text(ci)).toBe("name: ci\n");
});

test("the answer to the commit is lost: no second commit", async () => {
  const before = at.commits().length;
  at.simulator.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "drop", when: "after" },
  );
  const { state } = await create();
  expect(at.commits()).toHaveLength(before + 1);
  expect(state["commitSha"]).toBe(at.commits().at(-1));
  expect(text(ci)).toBe("name: ci\n");
});

test("a proxy's page with status 200 is reported as such", async () => {
  at.simulator.faults.inject(
    { path: "/graphql" },
    {
      kind: "answer",
      status: 200,
      body: "<html>Sign in</html>",
      headers: { "content-type": "text/html" },
    },
  );
  await expect(create()).rejects.toThrow(/is not what GitHub's API describes/);
});

test("an admin token without the scope workflow: the message names what is missing", async () => {
  await start("no-workflow");
  await expect(create()).rejects.toThrow(/workflow/);
});

test("a revoked token and an unreachable GitHub are explained", async () => {
  const what = "cannot read the workflow files of acme/api: ";
  at.world.revokeToken("admin");
  await expect(create()).rejects.toThrow(`${what}GitHub answered 401 "Bad credentials"; the token`);
  await at.simulator.close();
  await expect(create()).rejects.toThrow(new RegExp(`^${what}.*ECONNREFUSED.*github:baseUrl`));
});

test.each([
  ["archived", "acme/api is archived: unarchive it or remove it from the fleet"],
  ["branchless", "acme/api has no branch gone; its default branch is main"],
])("a repository that is %s is named with the fix", async (problem, message) => {
  if (problem === "archived") at.world.repository("acme/api").archived = true;
  const branch = problem === "archived" ? "main" : "gone";
  await expect(at.files.create({ ...inputs, branch }, false)).rejects.toThrow(message);
});

test("read shows files as they are, so that an edit becomes an update", async () => {
  const { state, id } = await create();
  const checked = (await at.files.check({}, inputs)).inputs;
  at.byHand.editFiles("acme/api", {
    [ci]: "name: edited\n",
    [release]: null,
  });
  const found = await at.freshFiles().read(id, state, checked, at.context);
  expect(found?.inputs["files"]).toEqual({ [ci]: gitBlobId("name: edited\n") });
  expect(await at.files.diff(found!.inputs, checked, {})).toEqual({
    'files[".github/workflows/ci.yml"]': "update",
    'files[".github/workflows/release.yml"]': "add",
  });
});

test("an edit that a refresh has seen is still named before it is replaced", async () => {
  const { state, id } = await create();
  at.byHand.editFiles("acme/api", { [ci]: "name: edited\n" });
  const found = await at.files.read(id, state, inputs, at.context);
  await at.files.update(id, found!.state, inputs, true);
  expect(at.warnings).toEqual([
    expect.stringContaining(
      `${ci} was written by somebody else and would be replaced by \`pulumi up --refresh\`; `,
    ),
  ]);
});

test("a file that is no longer text is a change", async () => {
  const { state, id } = await create();
  const checked = (await at.files.check({}, inputs)).inputs;
  at.byHand.editFiles("acme/api", { [ci]: "name: ci\n\u0000" });
  const found = await at.freshFiles().read(id, state, checked, at.context);
  expect(await at.files.diff(found!.inputs, checked, {})).toEqual({
    'files[".github/workflows/ci.yml"]': "update",
  });
});

test("removal of the files is skipped if the repository cannot be written to", async () => {
  const { state, id } = await create();
  at.world.repository("acme/api").archived = true;
  await at.files.delete(id, { ...state, onRemove: "delete" }, at.context);
  expect(at.warnings).toEqual([
    "the workflow files of acme/api are left as they are: the repository is archived",
  ]);
});

test.each([
  {
    old: "stays",
    reported: [
      `${ci} and .github/workflows/release.yml stay on main, whose pushes still publish; ` +
        "delete them there if you do not want that",
    ],
  },
  { old: "is gone", reported: [] },
])(
  "another branch, and the old one $old: files that stay behind are named",
  async ({ old, reported }) => {
    const { state, id } = await create();
    const { refs } = at.world.repository("acme/api");
    refs.set("refs/heads/trunk", refs.get("refs/heads/main") ?? "");
    if (old === "is gone") refs.delete("refs/heads/main");
    const moved = { ...inputs, branch: "trunk", files: { [ci]: "name: ci on trunk\n" } };
    await at.files.update(id, state, moved, true);
    expect(at.warnings).toEqual(reported);
  },
);

test("a second run goes on while GitHub's reads are seconds behind the writes of the first", async () => {
  at.simulator.faults.inject({}, { kind: "lag", milliseconds: 3_000 });
  const { state, id } = await create();
  const next = { ...inputs, files: { [ci]: "name: ci, at last\n" } };
  await at.freshFiles().update(id, state, next, false);
  expect(text(ci)).toBe("name: ci, at last\n");
  expect(at.warnings).toEqual([]);
});

test("the files of another owner's repository with the same name are not confused with this one's", async () => {
  const { state } = await create();
  const elsewhere = { ...state, owner: "elsewhere", onRemove: "delete" };
  await at.files.delete("elsewhere/api", elsewhere, at.context);
  expect(text(ci)).toBe("name: ci\n");
  expect(at.warnings).toEqual([
    "the workflow files of elsewhere/api are left as they are: " +
      "the repository was renamed or deleted, or the admin token may not see it",
  ]);
});

test.each([
  { fate: "goes", edit: undefined, reported: [] },
  {
    fate: "stays where somebody edited it",
    edit: "name: edited\n",
    reported: [
      `${release} stays, because somebody else edited it; delete it if you do not need it`,
    ],
  },
])("a file that is no longer wanted $fate", async ({ edit, reported }) => {
  const { state, id } = await create();
  if (edit) at.byHand.editFiles("acme/api", { [release]: edit });
  const less = { ...inputs, files: { [ci]: "name: ci\n" } };
  await at.files.update(id, state, less, false);
  expect(text(release)).toBe(edit);
  expect(at.warnings).toEqual(reported);
});

test.each([
  { onRemove: "keep", left: "name: ci\n" },
  { onRemove: "delete", left: undefined },
])("a repository leaves, and its files with onRemove: $onRemove", async ({ onRemove, left }) => {
  const { state, id } = await create();
  await at.files.delete(id, { ...state, onRemove }, at.context);
  expect(text(ci)).toBe(left);
});

test("files outside .github/workflows are refused", async () => {
  const { failures } = await at.files.check({}, { ...inputs, files: { "README.md": "x" } });
  expect(failures).toHaveLength(1);
});

test("while another input is unknown, the inputs have ids of the texts too, which can be read", async () => {
  const later: Properties = { ...inputs.files, [release]: unknownValue };
  for (const files of [inputs.files, later]) {
    const news: Properties = { ...inputs, username: unknownValue, files };
    const checked = await at.files.check({}, news);
    expect(checked.failures).toEqual([]);
    expect(checked.inputs["files"]).toEqual({
      [ci]: gitBlobId("name: ci\n"),
      [release]: files === later ? unknownValue : gitBlobId("name: release\n"),
    });
  }
});
