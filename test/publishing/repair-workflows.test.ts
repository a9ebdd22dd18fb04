import { expect, it } from "vitest";
import { repairWorkflows } from "../../src/publishing/repair-workflows.ts";

const path = ".github/workflows/ci.yml";

it("gives a login the wanted credential and leaves all other bytes", () => {
  const before = [
    "\uFEFFon: push",
    "permissions: { contents: read, packages: write }",
    "jobs:",
    "  image:",
    "    runs-on: ubuntu-24.04",
    "    steps:",
    "      - uses: docker/login-action@v3 # log in",
    "        with:",
    "          registry: ghcr.io",
    '          password: "${{ secrets.GITHUB_TOKEN }}"   # of the job',
    "      - uses: docker/build-push-action@v6",
    "        with: { push: true }",
  ].join("\r\n");

  const [file] = repairWorkflows({ [path]: before });

  expect(file).toEqual({
    scripts: [],
    isLeftOut: false,
    path,
    text: before.replace("secrets.GITHUB_TOKEN", "secrets.GHCR_PAT || secrets.GITHUB_TOKEN"),
    edits: [
      {
        line: 10,
        kind: "credential",
        before: '          password: "${{ secrets.GITHUB_TOKEN }}"   # of the job',
        after:
          '          password: "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}"   # of the job',
      },
    ],
    unresolved: [],
  });
});
