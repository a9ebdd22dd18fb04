import { expect, test } from "vitest";
import { readPublications } from "../../../src/publishing/read-publications.ts";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";
import { login, wanted, workflow } from "../workflow-text.ts";
import { build, caller, ci, declared, password, repaired } from "./call-text.ts";

test("what only other repositories call declares the secret, unless it runs by itself with others", () => {
  const steps = [...login, "- run: ./notify", "  env: { HOOK: '${{ secrets.HOOK }}' }"];
  const files = { [build]: workflow({ on: "on:\n  workflow_call:", steps }) };
  expect(repaired(files)[build]).toEqual([...password.slice(0, 1), ...declared, password[1]]);
  const alone = { [build]: workflow({ on: "on:\n  workflow_call:\n  push:", steps }) };
  expect(repaired(alone)[build]).toEqual(password);
  const remote = [
    "on:\n  workflow_call:\njobs:\n  image:",
    "    permissions: { packages: write }",
    "    uses: other/build/.github/workflows/push.yml@v1",
    "    secrets: { GHCR_PAT: '${{ secrets.GHCR_PAT }}' }\n",
  ].join("\n");
  expect(repaired({ [build]: remote })[build]).toEqual(declared);
});

test("a secret that two calls pass on is repaired where the first one passes it", () => {
  const middle = ".github/workflows/middle.yml";
  const on = "on:\n  workflow_call:\n    secrets:\n      GHCR_PAT:\n        required: false";
  const passing = (secret: string) => caller("secrets:", `  GHCR_PAT: \${{ secrets.${secret} }}`);
  const files = {
    [build]: workflow({ on }),
    [middle]: passing("GHCR_PAT").replace("on: push", on),
    [ci]: passing("CR_PAT").replace("build.yml", "middle.yml"),
  };
  const options = { replaceSecrets: ["CR_PAT"] };
  expect(repaired(files, options)).toEqual({
    [build]: password,
    [middle]: [],
    [ci]: ["- GHCR_PAT: ${{ secrets.CR_PAT }}", "+ GHCR_PAT: ${{ secrets.GHCR_PAT }}"],
  });
  const shared = files[middle].replace(
    "  call:",
    "  use:\n    env: { A: '${{ secrets.GHCR_PAT }}' }\n  call:",
  );
  expect(repaired({ ...files, [middle]: shared }, options)[ci]).toEqual([
    `7: the secret GHCR_PAT of ${middle} serves more than a login`,
  ]);
});

test("a list of logins for Docker's workflow that builds is repaired in the entry of the registry", () => {
  const before = [
    "on: push",
    "jobs:",
    "  image:",
    "    permissions: { contents: read, packages: write, id-token: write }",
    "    uses: docker/github-builder/.github/workflows/build.yml@v1",
    "    with: { output: image, push: true, meta-images: ghcr.io/acme/api }",
    "    secrets:",
    "      registry-auths: |",
    "        - registry: quay.io",
    "          password: ${{ secrets.QUAY_TOKEN }}",
    "        - registry: ghcr.io",
    "          password: ${{ github.token }}",
    "",
  ].join("\n");
  expect(repaired({ [ci]: before })[ci]).toEqual([
    "- password: ${{ github.token }}",
    `+ password: ${wanted}`,
  ]);
  for (const push of [" push: false,", ""])
    expect(repaired({ [ci]: before.replace(" push: true,", push) })[ci]).toEqual([]);
});

const slsa =
  "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@v2";

test.each([
  ["acme/api", "${{ secrets.HUB }}", []],
  ["ghcr.io/acme/api", "${{ secrets.CR_PAT }}", ["the password is another secret (CR_PAT)"]],
  [
    "${{ needs.build.outputs.image }}",
    "${{ github.token }}",
    ["the registry of this login is only known in the run"],
  ],
])("a workflow whose login is known, for %s with %s", (image, password, reasons) => {
  const before = [
    "on: push",
    "jobs:",
    "  image:",
    "    permissions: { packages: write }",
    `    uses: ${slsa}`,
    `    with: { image: "${image}" }`,
    "    secrets:",
    `      registry-password: ${password}`,
    "",
  ].join("\n");
  const [file] = repairWorkflows({ [ci]: before });
  expect(file?.text).toBe(before);
  expect(file?.unresolved.map(({ reason }) => reason)).toEqual(reasons);
  for (const { fix } of file?.unresolved ?? [])
    expect(fix.split("\n")[0]).toBe(`registry-password: ${wanted}`);
});

test.each([
  [
    "docker/github-builder/.github/workflows/build.yml@v1",
    "{ push: true, meta-images: ghcr.io/acme/api }",
    "registry-auths",
    [
      "  registry-auths: |",
      "    - registry: ghcr.io",
      "      username: ${{ github.actor }}",
      `      password: ${wanted}`,
    ],
  ],
  [
    slsa,
    "{ image: ghcr.io/acme/api, registry-username: x }",
    "registry-password",
    [`  registry-password: ${wanted}`],
  ],
])("a workflow whose login is known gets no password: %s", (uses, inputs, secret, entry) => {
  const call = (permission: string) =>
    [
      "on: push",
      "jobs:",
      "  image:",
      `    permissions: { packages: ${permission} }`,
      `    uses: ${uses}`,
      `    with: ${inputs}`,
      "",
    ].join("\n");
  const files = { [ci]: call("write") };
  expect(repairWorkflows(files)).toMatchObject([
    {
      text: files[ci],
      unresolved: [
        {
          line: 5,
          reason: `the called workflow logs in with ${secret}, which this job does not pass`,
          fix: ["secrets:", ...entry].join("\n"),
        },
      ],
    },
  ]);
  expect(readPublications(files)).toMatchObject([
    { job: "image", call: { isPassed: false }, images: [{ name: "ghcr.io/acme/api" }] },
  ]);
  expect(repaired({ [ci]: call("read") })[ci]).toEqual([]);
});

test("a workflow for images gets all secrets, and its job says no permission to push", () => {
  const call = (name: string) =>
    [
      "on: push",
      "permissions: { contents: read }",
      "jobs:",
      "  image:",
      `    uses: acme/ci/.github/workflows/${name}@main`,
      "    with: { registry: ghcr.io, image: acme/api }",
      "    secrets: inherit",
      "",
    ].join("\n");
  expect(repaired({ [ci]: call("docker-build-push.yml") })[ci]).toEqual([
    "5: this job calls a workflow of another repository (acme/ci/.github/workflows/docker-build-push.yml), which may publish: what it does with its secrets is not known here",
  ]);
  expect(repaired({ [ci]: call("deploy.yml") })[ci]).toEqual([]);
});
