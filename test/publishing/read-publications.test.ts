import { expect, test } from "vitest";
import { readPublications } from "../../src/publishing/read-publications.ts";
import { login, path, workflow } from "./workflow-text.ts";

test("a job that publishes, with its images, its login and its permissions", () => {
  const text = workflow({
    on: "on:\n  push:\n  release: { types: [published] }",
    top: ["env:", "  REGISTRY: ghcr.io", "permissions: { contents: read }"],
    job: ["strategy: { matrix: { app: [api, web] } }"],
    steps: [
      ...login.map((line) => line.replace("ghcr.io", "${{ env.REGISTRY }}")),
      "- uses: docker/metadata-action@v5",
      "  id: meta",
      "  with: { images: 'ghcr.io/${{ github.repository_owner }}/${{ matrix.app }}' }",
      "- uses: docker/build-push-action@v6",
      "  with: { push: true, tags: '${{ steps.meta.outputs.tags }}' }",
    ],
    push: "- run: helm push chart.tgz oci://ghcr.io/acme/charts",
  });
  const [publication, ...more] = readPublications({ [path]: text }, { repository: "acme/shop" });
  expect(more).toEqual([]);
  expect(publication).toEqual({
    path,
    job: "image",
    jobName: "image",
    line: 8,
    events: ["push", "release"],
    starts: [{ path, events: ["push", "release"], push: { hasPaths: false }, conditions: [] }],
    registry: "ghcr.io",
    images: [
      {
        written: "ghcr.io/${{ github.repository_owner }}/${{ matrix.app }}",
        name: "ghcr.io/acme/api",
      },
      {
        written: "ghcr.io/${{ github.repository_owner }}/${{ matrix.app }}",
        name: "ghcr.io/acme/web",
      },
    ],
    builders: ["docker/build-push-action", "helm push"],
    logins: [
      {
        path,
        line: 16,
        tool: "docker/login-action",
        registry: "sure",
        credential: {
          path,
          line: 16,
          kind: "replaceable",
          isToken: true,
          range: {
            start: text.indexOf("${{ secrets.GITHUB_TOKEN"),
            end: text.indexOf("${{ secrets.GITHUB_TOKEN") + "${{ secrets.GITHUB_TOKEN }}".length,
          },
        },
      },
    ],
    steps: [
      { name: "Run docker/login-action@v3", does: "login" },
      { name: "Run docker/build-push-action@v6", does: "push", proves: [] },
      { name: "Run helm push chart.tgz oci://ghcr.io/acme/charts", does: "push", proves: [] },
    ],
    permissions: { of: "workflow", line: 6, packages: "none" },
    sure: true,
  });
});

test("an image that only the run knows has no name, and is reported as such", () => {
  const push = "- run: docker push ghcr.io/${{ vars.NAME }}/api:1";
  const [publication] = readPublications({ [path]: workflow({ push }) });
  expect(publication?.images).toEqual([{ written: "ghcr.io/${{ vars.NAME }}/api" }]);
});

const uses =
  "- { uses: docker/build-push-action@v6, with: { push: true, tags: ghcr.io/acme/api } }";
const script = (...lines: string[]) => `- run: ${JSON.stringify(lines.join("\n"))}`;
const retried = (...lines: string[]) =>
  `- { uses: nick-fields/retry@v3, with: { command: ${JSON.stringify(lines.join("\n"))} } }`;

test.each([
  ["another one of its name", ["- uses: docker/build-push-action@v6"], uses],
  ["one whose name may become the same", ["- { name: 'Run ${{ matrix.a }}', run: ls }"], uses],
  ["one that may fail", [], uses.replace("{ uses", "{ continue-on-error: true, uses")],
  ["a script that may skip it", [], script("if $MAIN; then docker push ghcr.io/acme/api; fi")],
  ["a script that leaves before", [], script("$MAIN || exit 0", "docker push ghcr.io/acme/api")],
  ["a program that may push", [], "- run: make release"],
  ["a script that goes on", [], script("docker push ghcr.io/acme/api || echo failed")],
  ["a retried one that goes on", [], retried("docker push ghcr.io/acme/api", "ls")],
  [
    "a retried one that may fail",
    [],
    retried("docker push ghcr.io/acme/api").replace("with: {", "with: { continue_on_error: true,"),
  ],
])("the success of a step is no push: %s", (_what, steps, push) => {
  const text = workflow({ steps: [...login, ...steps], push });
  const [publication] = readPublications({ [path]: text });
  const found = publication?.steps.filter(({ does }) => does === "push");
  expect(found).toEqual([{ name: expect.any(String), does: "push" }]);
});

test("a step that is tried again is named after its action", () => {
  const text = workflow({ steps: login, push: retried("docker push ghcr.io/acme/api") });
  expect(readPublications({ [path]: text })[0]?.steps.at(-1)).toEqual({
    name: "Run nick-fields/retry@v3",
    does: "push",
    proves: [],
  });
});

test("the success of a step is a push under the conditions of its inputs", () => {
  const push = uses.replace("push: true", "push: '${{ !inputs.dry }}'");
  const [publication] = readPublications({ [path]: workflow({ steps: login, push }) });
  expect(publication?.steps.at(-1)?.proves).toEqual(["!inputs.dry"]);
});

test("a called workflow is started by what starts its callers", () => {
  const files = {
    ".github/workflows/build.yml": workflow({ on: "on: workflow_call" }),
    [path]: "on: [release]\njobs:\n  a:\n    uses: ./.github/workflows/build.yml\n",
  };
  expect(readPublications(files).map(({ path: file, events }) => [file, events])).toEqual([
    [".github/workflows/build.yml", ["workflow_call", "release"]],
  ]);
});

test.each([
  [
    "only pulls",
    workflow({ push: "- run: docker pull ghcr.io/acme/api" }).replace("write", "read"),
  ],
  ["pushes elsewhere", workflow({ steps: [], push: "- run: docker push quay.io/acme/api" })],
  ["only installs", workflow({ steps: [], push: "- run: helm install a oci://ghcr.io/acme/api" })],
])("a job that %s is not a publication", (_what, text) => {
  expect(readPublications({ [path]: text })).toEqual([]);
});
