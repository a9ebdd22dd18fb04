import { expect, test } from "vitest";
import { deploysTo } from "../../src/publishing/deploys-to.ts";
import { renderWorkflows } from "../../src/publishing/templates/render.ts";
import { imageOptions, workflowOptions } from "./templates/options.ts";

const secret = { environment: "release", name: "GHCR_PAT" };

function workflow(environment: string, password = "secrets.GHCR_PAT || secrets.GITHUB_TOKEN") {
  return {
    ".github/workflows/publish.yml": `on: release
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{ run: make }]
  image:
    runs-on: ubuntu-latest
    environment: ${environment}
    steps:
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, password: "\${{ ${password} }}" }
`,
  };
}

test.each(["release", "Release", "{ name: release, url: 'https://example.org' }"])(
  "a job that deploys to it and reads the secret: %s",
  (environment) => expect(deploysTo(workflow(environment), secret)).toBe(true),
);

test("what an expression may name counts", () => {
  const chosen = (name: string) => `\${{ github.ref_type == 'tag' && '${name}' || 'none' }}`;
  expect(deploysTo(workflow(chosen("release")), secret)).toBe(true);
  expect(deploysTo(workflow(chosen("production")), secret)).toBe(false);
  const compared = "${{ github.event_name == 'release' && 'production' || 'staging' }}";
  expect(deploysTo(workflow(compared), secret)).toBe(false);
});

test.each(["inputs.environment", "matrix.env", "vars.ENV", "needs.plan.outputs.environment"])(
  "what only the run knows may name it: %s",
  (read) => {
    expect(deploysTo(workflow(`\${{ ${read} }}`), secret)).toBe(true);
    expect(deploysTo(workflow(`eu-\${{ ${read} }}`), secret)).toBe(false);
  },
);

test("a job reads what the env of its workflow has, and not what another workflow's job reads", () => {
  const other = workflow("release", "env.PAT")[".github/workflows/publish.yml"];
  const withEnv = `env: { PAT: "\${{ secrets.GHCR_PAT }}" }\n${other}`;
  expect(deploysTo({ ".github/workflows/publish.yml": withEnv }, secret)).toBe(true);
  expect(deploysTo({ ...workflow("none"), ".github/workflows/a.yml": other }, secret)).toBe(false);
});

test("another environment, or a job that reads another secret, does not", () => {
  expect(deploysTo(workflow("production"), secret)).toBe(false);
  expect(deploysTo(workflow("release", "secrets.OTHER"), secret)).toBe(false);
  expect(deploysTo({ ".github/workflows/broken.yml": "jobs: [GHCR_PAT" }, secret)).toBe(false);
  expect(deploysTo({}, secret)).toBe(false);
});

test("the templates' release.yml does, and only with an environment", () => {
  const native = { platforms: ["linux/amd64", "linux/arm64"], runners: { "linux/arm64": "arm" } };
  for (const images of [undefined, [imageOptions(), imageOptions({ image: "web", ...native })]]) {
    const options = workflowOptions({ images });
    expect(deploysTo(renderWorkflows(options), secret)).toBe(false);
    const releasing = { ...options, releaseEnvironment: "release" };
    expect(deploysTo(renderWorkflows(releasing), secret)).toBe(true);
  }
});
