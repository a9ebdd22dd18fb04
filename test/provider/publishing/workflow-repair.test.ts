import { beforeEach, expect, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import {
  decode,
  encode,
  unknownValue,
  type Properties,
} from "../../../provider/protocol/property-values.ts";
import {
  args,
  ci,
  docker,
  folder,
  pat,
  permissions,
  repaired,
  runRefresh,
  runUp,
  workflow,
} from "./run-workflows.ts";
import type { Kept } from "../run-resource.ts";
import { startProvider, type Provider } from "../start-provider.ts";

let at: Provider;
const start = async (...more: string[]) => {
  at = await startProvider("admin", more);
};
beforeEach(() => start());

const edit = (files: Record<string, string | Uint8Array>, repository = "acme/api") =>
  at.byHand.editFiles(repository, files as Record<string, string>);
const text = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");

const up = (before?: Kept, more?: Properties) => runUp(at, before, more);
const refresh = (kept: Kept) => runRefresh(at, kept);
const queries = () => at.simulator.requests.filter(({ path }) => path === "/graphql").length;

test("check shows each edit, and up makes them in one commit that leaves the rest as it is", async () => {
  edit({ [docker]: workflow() });
  const before = at.commits().length;
  const { inputs } = await at.freshFiles().check({}, args);
  expect(inputs).toMatchObject({
    mode: "repair",
    why: "docker.yml publishes to the registry already",
    edits: [
      { file: docker, line: 14, kind: "permissions", before: "", after: permissions },
      {
        file: docker,
        line: 20,
        kind: "credential",
        before: "          password: ${{ secrets.GITHUB_TOKEN }}",
        after: `          password: ${pat}`,
      },
    ],
    unresolved: [],
  });
  expect(inputs).not.toHaveProperty("files");
  const preview = await at.freshFiles().create(inputs, true);
  expect(preview.state).toMatchObject({ commitSha: unknownValue });
  expect(at.commits()).toHaveLength(before);

  const { state } = await up();
  expect(text(docker)).toBe(repaired(workflow()));
  expect(text(ci)).toBeUndefined();
  expect(at.commits()).toHaveLength(before + 1);
  // No file text in the state, and nothing that each look changes.
  expect(JSON.stringify(state)).not.toContain("make test");
  expect(state).not.toHaveProperty("edits");
  expect(at.warnings).toEqual([]);
});

test("a person's other changes are not drift and are kept; a reverted login is repaired", async () => {
  edit({ [docker]: workflow() });
  const first = await up();
  edit({ [docker]: repaired(workflow()).replace("make test", "make check") });
  const refreshed = await refresh(first);
  expect(refreshed.state).toEqual(first.state);
  const same = await up(refreshed);
  expect(same.changes).toEqual({});

  edit({
    [docker]: repaired(workflow())
      .replace(pat, "${{ github.token }}")
      .replace("name: docker", "# a line more\nname: docker"),
  });
  const drifted = await refresh(same);
  expect(drifted.state).toMatchObject({ pending: [{ file: docker, line: 24 }] });
  for (const kept of [same, drifted]) {
    const { inputs } = await at.freshFiles().check(kept.inputs, args);
    expect(await at.freshFiles().diff(kept.inputs, inputs, kept.state)).toEqual({
      "edits[0]": "add",
    });
  }
  const again = await up(drifted);
  expect(text(docker)).toContain(pat);
  expect(text(docker)).toContain("# a line more");
  expect(again.state["pending"]).toBeUndefined();
  expect((await up(again)).changes).toEqual({});
});

test("nothing is read again as long as nothing changed", async () => {
  edit({ [docker]: workflow() });
  const first = await up();
  // The commit is what was expected, so even the first look after it reads no text.
  for (let kept: Kept & { changes?: object } = first, run = 0; run < 2; run += 1) {
    const before = queries();
    kept = await up(kept);
    expect(queries() - before).toBeLessThanOrEqual(1);
    expect(kept.changes).toEqual({});
    // For other inputs, the engine would write the state.
    expect(kept.inputs).toEqual(first.inputs);
  }
  const again = await refresh(first);
  expect(again).toEqual({ id: first.id, state: first.state, inputs: first.inputs });
  // The engine shows a refresh by the reverse difference.
  const { inputs, state } = first;
  expect(await at.freshFiles().diff(again.inputs, inputs, state)).toEqual({});
});

test("a secret with another name, and one of the repository that it replaces", async () => {
  edit({ [docker]: workflow("${{ secrets.CR_PAT }}") });
  const first = await up();
  expect(first.inputs).toMatchObject({
    edits: [],
    unresolved: [{ file: docker, line: 20 }],
  });
  const replaced = await up(first, { replaceSecrets: ["CR_PAT"] });
  expect(text(docker)).toContain(`password: ${pat}`);
  const renamed = await up(replaced, { replaceSecrets: ["CR_PAT"], secret: "REGISTRY_PAT" });
  expect(text(docker)).toContain("secrets.REGISTRY_PAT || secrets.GITHUB_TOKEN");
  expect(renamed.state["originals"]).toContainEqual(
    expect.objectContaining({ before: "          password: ${{ secrets.CR_PAT }}" }),
  );
});

test("leaving: keep and delete leave the repairs, restore restores the original lines", async () => {
  edit({ [docker]: workflow() });
  const { id, state } = await up();
  edit({ [docker]: repaired(workflow(undefined, "make check")) });
  for (const onRemove of ["keep", "delete"]) {
    await at.freshFiles().delete(id, { ...state, onRemove }, at.context);
    expect(text(docker)).toBe(repaired(workflow(undefined, "make check")));
  }
  await at.freshFiles().delete(id, { ...state, onRemove: "restore" }, at.context);
  expect(text(docker)).toBe(workflow(undefined, "make check"));
});

const ids = Object.fromEntries(
  Object.entries(args.files).map(([path, file]) => [path, gitBlobId(file)]),
);

test("files from templates stay managed, and a hand-written file is replaced only on request", async () => {
  const templated = await up(undefined, { mode: "auto" });
  expect(templated.inputs).toMatchObject({ mode: "template", files: ids });
  // As an earlier version left it.
  const older = { ...templated.inputs, files: args.files, mode: undefined, why: undefined };
  edit({ [ci]: workflow() });
  const drifted = await refresh({ ...templated, inputs: older });
  const back = await up(drifted);
  expect(back.inputs).toMatchObject({ mode: "template" });
  expect(text(ci)).toBe("name: ci\n");

  edit({ [ci]: workflow() });
  const own = await up();
  expect(own.inputs).toMatchObject({
    mode: "repair",
    why: "ci.yml publishes to the registry already",
  });
  const asked = await up(own, { mode: "template" });
  expect(asked.changes).toMatchObject({ mode: "update", files: "add" });
  expect(text(ci)).toBe("name: ci\n");
});

test("the state of an earlier version, with texts, is taken over without a write", async () => {
  edit(args.files);
  const before = at.commits();
  const older = {
    owner: "acme",
    repository: "api",
    branch: "main",
    files: args.files,
    delivery: "commit",
    onRemove: "keep",
  };
  const files = at.freshFiles();
  const { inputs } = await files.check(older, args);
  expect(await files.diff(older, inputs, older)).toEqual({
    image: "add",
    images: "add",
    packages: "add",
  });
  const state = await files.update("acme/api", older, inputs);
  expect(state["files"]).toEqual(ids);
  expect(at.commits()).toEqual(before);
});

test("a file that publishes nothing is not replaced without a request", async () => {
  edit({ [ci]: "on: push\njobs: { test: { runs-on: x, steps: [{ run: make }] } }\n" });
  const { inputs, state } = await up();
  expect(inputs).toMatchObject({
    mode: "none",
    why: expect.stringContaining("set workflows: template"),
  });
  expect(state).toMatchObject({ mode: "none" });
  expect(at.commits().length).toBe(2);
});

test("a login in an action of the repository: its caller is repaired, and its edits are seen", async () => {
  const action = ".github/actions/push/action.yml";
  const steps = (password: string) => `inputs: { password: { required: true } }
runs:
  using: composite
  steps:
    - uses: docker/login-action@v3
      with: { registry: ghcr.io, username: x, password: "${password}" }
    - run: docker push ghcr.io/acme/api
      shell: bash
`;
  const caller = `on: push
jobs:
  image:
    runs-on: x
    permissions: { packages: write }
    steps:
      - uses: ./.github/actions/push
        with:
          password: \${{ secrets.GITHUB_TOKEN }}
`;
  edit({ [docker]: caller, [action]: steps("${{ inputs.password }}") });
  const first = await up();
  expect(text(docker)).toContain(`password: ${pat}`);
  expect((await up(first)).changes).toEqual({});
  edit({ [action]: steps("${{ github.token }}") });
  const drifted = await up(await refresh(first));
  expect(drifted.changes).toEqual({ unresolved: "update" });
  expect(at.warnings).toEqual([expect.stringMatching(/^\.github\/actions\/push\/action\.yml:6: /)]);
});

test("a pasted token is in no input and no state", async () => {
  const pasted = ["ghp", "A".repeat(36)].join("_");
  edit({ [docker]: workflow(`"${pasted}"`) });
  const kept = await up();
  expect(JSON.stringify(kept)).not.toContain(pasted);
});

test("invalid UTF-8 is reported and not changed", async () => {
  const repository = at.world.repository("acme/api");
  const bytes = Buffer.concat([Buffer.from(workflow()), Buffer.from([0xff, 0xfe])]);
  edit({ [docker]: bytes });
  const { inputs } = await up();
  expect(inputs).toMatchObject({
    mode: "none",
    why: expect.stringContaining("is not plain UTF-8"),
  });
  expect(inputs["unresolved"]).toEqual([expect.objectContaining({ file: docker })]);
  expect(at.world.readFile(repository, "main", docker)).toEqual(bytes);
});

test("no character of a repository that a terminal would obey is in a property", async () => {
  const password = "${{ secrets.GITHUB_TOKEN }} # \u202e\u0085";
  edit({ [docker]: workflow(password) });
  const { inputs } = await at.freshFiles().check({}, args);
  expect(JSON.stringify(inputs)).toContain("# <U+202E><U+0085>");
  const { state } = await up();
  expect(text(docker)).toContain(`password: ${pat} # \u202e\u0085`);
  for (const properties of [inputs, state])
    expect(JSON.stringify(properties)).not.toMatch(/[\u0080-\u009f\p{Bidi_C}]/u);
});

test("a file whose name reverses text is repaired once, and found unchanged", async () => {
  const hostile = `${folder}/a\u202elmy.yml`;
  edit({ [hostile]: workflow() });
  const stored = (kept: Kept) => ({
    ...kept,
    inputs: decode(encode(kept.inputs)),
    state: decode(encode(kept.state)),
  });
  const first = stored(await up());
  expect(text(hostile)).toBe(repaired(workflow()));
  expect(JSON.stringify(first)).not.toContain("\u202e");
  const again = await up(first);
  expect(again.changes).toEqual({});
  expect(decode(encode(again.inputs))).toEqual(first.inputs);
});

test("that no job gets the secret of the environment is known, until one does", async () => {
  edit({ [docker]: workflow() });
  const inEnvironment = { environment: "release" };
  const first = await up(undefined, inEnvironment);
  expect(first.state).toMatchObject({ mode: "repair", undeployed: true });
  const again = await up(first, inEnvironment);
  expect([again.changes, again.inputs["undeployed"]]).toEqual([{}, true]);
  const deploying = repaired(workflow()).replace("    needs: test\n", "    environment: release\n");
  edit({ [docker]: deploying });
  const done = await up(again, inEnvironment);
  expect(done.changes).toEqual({ undeployed: "delete" });
  expect(done.state).not.toHaveProperty("undeployed");

  // The same for those that the fleet leaves alone.
  for (const [files, undeployed] of [
    [{ [docker]: deploying }, undefined],
    [{ [docker]: workflow() }, true],
  ] as const) {
    edit(files);
    const left = await up(undefined, { ...inEnvironment, mode: "none" });
    expect(left.state["undeployed"]).toBe(undeployed);
  }
});
