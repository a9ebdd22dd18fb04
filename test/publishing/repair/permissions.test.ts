import { expect, test } from "vitest";
import { changes, login, repaired, wanted, workflow } from "../workflow-text.ts";

/** The changes other than the credential. */
function changed(before: string): string[] {
  return changes(before, repaired(before).text).filter((line) => !line.includes("password"));
}

test.each([
  [["permissions:", "  contents: read # checkout"], ["+ packages: write"]],
  [
    ["permissions:", "    packages: read", "    contents: read"],
    ["- packages: read", "+ packages: write"],
  ],
  [
    ["permissions:", "  packages: 'none'"],
    ["- packages: 'none'", "+ packages: 'write'"],
  ],
  [
    ["permissions: { contents: read }"],
    ["- permissions: { contents: read }", "+ permissions: { contents: read, packages: write }"],
  ],
  [["permissions: {}"], ["- permissions: {}", "+ permissions: { packages: write }"]],
  [["permissions: write-all"], []],
])("the workflow's %j gets the missing permission", (top, expected) => {
  expect(changed(workflow({ top }))).toEqual(expected);
});

test("a file with both kinds of line ends keeps that of each line", () => {
  const before = workflow({ top: ["permissions:\r", "  contents: read\r"] });
  expect(repaired(before).text).toContain("  contents: read\r\n  packages: write\r\njobs:\n");
});

test("the job's own block counts, and the workflow's stays", () => {
  const before = workflow({
    top: ["permissions:", "  packages: write"],
    job: ["permissions:", "  contents: read"],
  });
  const { edits } = repaired(before);
  expect(
    edits.map(({ line, kind, before: old, after }) => ({ line, kind, old, after }))[0],
  ).toEqual({
    line: 8,
    kind: "permissions",
    old: "",
    after: "      packages: write",
  });
});

const others = ["  test:", "    runs-on: ubuntu-24.04", "    steps: [{ run: make test }]"];
const sign = [
  "  sign:",
  "    uses: acme/signing/.github/workflows/sign.yml@v1",
  "    with: { image: ghcr.io/acme/api }",
];

test("where other jobs need no more, the job gets the workflow's block with the permission", () => {
  const top = ["permissions:", "  contents: read # checkout", "  packages: read"];
  const before = `${workflow({ top })}${[...others, ...sign].join("\n")}\n`;
  const { text, unresolved } = repaired(before);
  expect(unresolved).toEqual([]);
  expect(text).toContain(
    "    runs-on: ubuntu-24.04\n    permissions:\n      contents: read\n      packages: write\n    steps:",
  );
  expect(text.slice(0, text.indexOf("jobs:"))).toBe(before.slice(0, before.indexOf("jobs:")));
  expect(repaired(text)).toMatchObject({ text, unresolved: [] });
});

test("where all jobs push, the workflow gets it", () => {
  const one = workflow({ top: ["permissions:", "  contents: read"] });
  const second = one.slice(one.indexOf("  image:")).replace("image:", "chart:");
  expect(changed(one + second)).toEqual(["+ packages: write"]);
  const own = second.replace("    steps", "    permissions: { packages: write }\n    steps");
  expect(changed(one + own)).toEqual(["+ packages: write"]);
});

test("without a block, nothing is added: it is reported with what the fallback needs", () => {
  const { edits, unresolved } = repaired(workflow({ top: [] }));
  expect(edits.map(({ kind }) => kind)).toEqual(["credential"]);
  expect(unresolved).toEqual([
    {
      line: 3,
      reason:
        "job image says no permissions: where the secret is missing, the repository's settings decide whether its token may push",
      fix: "permissions:\n  contents: read\n  packages: write\nand whatever else its steps do with the job's token: what is not named is taken away\nuntil then, leave the repository's default for workflows as it is (in a fleet, no actions: { tokenPermissions: read }): with read, the job's token would lose what it may do today",
    },
  ]);
});

test("read-all says something about all scopes, and is reported", () => {
  const { edits, unresolved } = repaired(workflow({ top: ["permissions: read-all"] }));
  expect(edits.map(({ after }) => after.trim())).toEqual([`password: ${wanted}`]);
  expect(unresolved.map(({ line, reason }) => ({ line, reason }))).toEqual([
    { line: 2, reason: '"read-all" does not let the job\'s token push packages' },
  ]);
});

const tags = "${{ steps.names.outputs.tags }}";

test.each([
  `- { uses: docker/build-push-action@v6, with: { push: true, tags: '${tags}' } }`,
  "- { uses: docker/bake-action@v6, with: { push: true } }",
  "- { uses: goreleaser/goreleaser-action@v6, with: { args: release } }",
  "- run: docker buildx build --push $TAGS .",
  "- run: helm push api.tgz oci://ghcr.io/acme",
])("a login to Docker Hub beside the one here leaves no doubt about %s", (push) => {
  const job = ["permissions: { contents: read }"];
  const hub = ["- uses: docker/login-action@v3", "  with: { username: x, password: y }"];
  for (const steps of [login, [...hub, ...login]]) {
    const before = workflow({ top: [], job, steps, push });
    const { text, unresolved } = repaired(before);
    expect(changes(before, text)).toEqual([
      "- permissions: { contents: read }",
      "- password: ${{ secrets.GITHUB_TOKEN }}",
      "+ permissions: { contents: read, packages: write }",
      `+ password: ${wanted}`,
    ]);
    expect(unresolved).toEqual([]);
  }
});

test("the folder that a chart is pushed to says which registry gets it, beside a login to a cloud", () => {
  const job = ["permissions: { contents: read }"];
  const steps = [...login, "- uses: aws-actions/amazon-ecr-login@v2"];
  const after = (folder: string) =>
    repaired(workflow({ top: [], job, steps, push: `- run: helm push api.tgz oci://${folder}` }));
  expect(after("ghcr.io/acme").edits).toHaveLength(2);
  expect(after("1.dkr.ecr.eu-west-1.amazonaws.com/acme")).toMatchObject({
    edits: [],
    unresolved: [],
  });
});

test.each([
  ["after a login to the cloud", "- uses: google-github-actions/auth@v3"],
  ["after a login to the cloud's registry", "- run: docker login acme.azurecr.io -u x -p y"],
])("an image that is pulled here and pushed %s, where only the run knows", (_name, cloud) => {
  const job = ["permissions: { contents: read }"];
  const pull = "- run: docker pull ghcr.io/acme/api";
  const push = "- run: docker push ${{ needs.place.outputs.registry }}/api";
  const before = workflow({ job, steps: [...login, cloud, pull], push });
  expect(repaired(before)).toMatchObject({
    text: before,
    unresolved: [
      {
        line: 14,
        reason: "nothing says whether the programs of this job push to ghcr.io",
        fix: `where they do:\npassword: ${wanted}\nand in the permissions that this job has:\npackages: write`,
      },
    ],
  });
  for (const steps of [login, [...login, cloud], [...login, pull]])
    expect(repaired(workflow({ job, steps, push }))).toMatchObject({
      edits: [{ kind: "permissions" }, { kind: "credential" }],
      unresolved: [],
    });
  const onlyPulls = workflow({ job, steps: [...login, cloud, pull], push: "" });
  expect(repaired(onlyPulls)).toMatchObject({ edits: [], unresolved: [] });
  const tested = workflow({ job, steps: [...login, cloud, push], push: pull });
  expect(repaired(tested).edits).toHaveLength(2);
});
