import { expect, test } from "vitest";
import { decideWorkflows } from "../../src/publishing/decide-workflows.ts";

const folder = ".github/workflows";
const templates = {
  [`${folder}/ci.yml`]: "name: ci\n",
  [`${folder}/release.yml`]: "name: release\n",
};
const publishing = `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    permissions: { contents: read, packages: write }
    steps:
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}
      - run: docker push ghcr.io/acme/api:latest
`;
const scripted = (token: string) => `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read, packages: write }
    steps:
      - run: ./scripts/publish.sh
        env: { GITHUB_TOKEN: "\${{ ${token} }}" }
`;
const tests =
  "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n";

interface Case {
  readonly present: Record<string, string>;
  readonly mode: "repair" | "template" | "none";
  readonly why: string;
  readonly asked?: "auto" | "repair";
  readonly wasRepaired?: true;
  readonly unreadable?: readonly string[];
}

test.each<Case>([
  {
    present: {},
    mode: "template",
    why: "no workflow publishes, and no file is called ci.yml or release.yml",
  },
  {
    present: { [`${folder}/test.yml`]: tests },
    mode: "template",
    why: "no workflow publishes, and no file is called ci.yml or release.yml",
  },
  {
    present: { [`${folder}/docker.yml`]: publishing },
    mode: "repair",
    why: "docker.yml publishes to the registry already",
  },
  {
    present: { [`${folder}/ci.yml`]: publishing, [`${folder}/edge.yml`]: publishing },
    mode: "repair",
    why: "ci.yml and edge.yml publish to the registry already",
  },
  {
    present: { [`${folder}/publish.yml`]: scripted("secrets.GITHUB_TOKEN") },
    mode: "repair",
    why: "publish.yml may publish to the registry already",
  },
  // Somebody typed what was reported.
  {
    present: { [`${folder}/publish.yml`]: scripted("secrets.GHCR_PAT || secrets.GITHUB_TOKEN") },
    mode: "repair",
    why: "publish.yml publishes to the registry already",
  },
  {
    present: { [`${folder}/ci.yaml`]: tests },
    mode: "none",
    why: "ci.yaml publishes nothing, and is not replaced unasked; set workflows: template to replace it",
  },
  {
    present: { [`${folder}/ci.yml`]: "jobs: [" },
    mode: "none",
    why: "ci.yml publishes nothing, and is not replaced unasked; set workflows: template to replace it",
  },
  // What the templates wrote stays theirs, though the state is lost and another workflow publishes.
  {
    present: { [`${folder}/ci.yml`]: "name: ci\n", [`${folder}/docker.yml`]: publishing },
    mode: "template",
    why: "ci.yml came from the templates",
  },
  // With another name of the image, or of another version.
  {
    present: {
      [`${folder}/ci.yml`]: `# Managed by ghcr-fleet: its next run overwrites what is changed here.\n${publishing}`,
    },
    mode: "template",
    why: "ci.yml came from the templates",
  },
  {
    present: {},
    wasRepaired: true,
    mode: "none",
    why: "the workflows that were repaired are gone; set workflows: template to get those of the templates",
  },
  {
    present: {},
    unreadable: [`${folder}/docker.yml`],
    mode: "none",
    why: "docker.yml is not plain UTF-8 text, so whether it publishes is not known",
  },
  {
    present: { [`${folder}/ci.yml`]: tests },
    asked: "repair",
    mode: "repair",
    why: "the configuration asks for it; no workflow publishes yet",
  },
])(
  "$mode: $why",
  ({ present, mode, why, asked = "auto", wasRepaired = false, unreadable = [] }) => {
    const decision = decideWorkflows({ asked, present, unreadable, templates, wasRepaired }, {});
    expect({ mode: decision.mode, why: decision.why }).toEqual({ mode, why });
  },
);

test("a repair comes with its edits", () => {
  const present = { [`${folder}/docker.yml`]: publishing };
  const { files } = decideWorkflows(
    { asked: "auto", present, unreadable: [], templates, wasRepaired: false },
    {},
  );
  expect(files.flatMap(({ edits }) => edits.map(({ after }) => after.trim()))).toEqual([
    "password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}",
  ]);
});
