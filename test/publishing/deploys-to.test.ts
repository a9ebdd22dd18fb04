import { expect, test } from "vitest";
import { deploysTo, describeUndeployed } from "../../src/publishing/deploys-to.ts";
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

test("a workflow of another repository that gets the secret may deploy there; one of the same is read", () => {
  const call = (uses: string, secrets: string) =>
    `on: push\njobs: { image: { uses: ${uses}, secrets: ${secrets} } }`;
  const elsewhere = "acme/.github/.github/workflows/publish.yml@v1";
  const passed = '{ GHCR_PAT: "${{ secrets.GHCR_PAT }}" }';
  const deploys = (text: string) => deploysTo({ ".github/workflows/ci.yml": text }, secret);
  expect(deploys(call(elsewhere, "inherit"))).toBe(true);
  expect(deploys(call(elsewhere, passed))).toBe(true);
  expect(deploys(call(elsewhere, '{ NPM: "${{ secrets.NPM }}" }'))).toBe(false);
  expect(deploys(call("./.github/workflows/publish.yml", "inherit"))).toBe(false);
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

test("until a job deploys there, the next step is that of this repository", () => {
  const told = (more: Partial<Parameters<typeof describeUndeployed>[1]>) =>
    describeUndeployed(secret, { branch: "main", kept: undefined, mode: "repair", ...more });
  const url = "https://github.com/acme/api/pull/1";
  expect([
    told({}),
    told({ kept: "organization" }),
    told({ kept: "repository", mode: "template" }),
    told({ kept: "repository", mode: "template", pullRequestUrl: url }),
    told({ kept: "organization", mode: "template", declinedUrl: url }),
  ]).toMatchInlineSnapshot(`
    [
      "no job on main that reads GHCR_PAT deploys to the environment release, so no run gets this secret: write \`environment: release\` into the job that publishes",
      "keeps the organisation's secret GHCR_PAT until a job on main that reads it deploys to the environment release: write \`environment: release\` into the job that publishes, and run again",
      "keeps the repository's own secret GHCR_PAT until a job on main that reads it deploys to the environment release: this update brings it, and the next one moves the secret",
      "keeps the repository's own secret GHCR_PAT until a job on main that reads it deploys to the environment release: merge https://github.com/acme/api/pull/1, which brings it, and run again",
      "keeps the organisation's secret GHCR_PAT until a job on main that reads it deploys to the environment release: https://github.com/acme/api/pull/1 was to bring it, and was declined",
    ]
  `);
});
