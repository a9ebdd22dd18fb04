import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "./options.ts";

const release = parse(renderWorkflows(workflowOptions())[".github/workflows/release.yml"] ?? "");

test.each(["v1.4.0", "1.4.0", "v0.0.1-rc.1", "v10.20.30+build.5"])(
  "%s is a version",
  async (tag) => {
    expect(await runStep("Check the version", { TAG: tag })).toEqual({
      code: 0,
      stdout: "",
      output: `tag=${tag}\n`,
    });
  },
);

test.each([
  "main",
  "",
  "v1.4",
  "v01.2.3",
  "v1.2.3;id",
  "v1.2.3\nother=x",
  "v1.2.3-$(id)",
  " v1.2.3",
])("%j is no version", async (tag) => {
  const { code, stdout, output } = await runStep("Check the version", { TAG: tag });
  expect(code).toBe(1);
  expect(output).toBe("");
  // Only one annotation, whatever the tag contains.
  expect(stdout).toMatch(/^::error title=Not a version::[^\n]+\n$/);
});

test("the warning about a refused secret names the secret and the fix", async () => {
  expect((await runStep("Name the refused credential", { CREDENTIAL: "GHCR_PAT" })).stdout)
    .toMatchInlineSnapshot(`
    "::warning title=ghcr.io refused GHCR_PAT::The token in the secret GHCR_PAT is expired, revoked or mistyped. This run goes on with GITHUB_TOKEN. To fix it, create a classic token at https://github.com/settings/tokens/new?scopes=write:packages and rotate GHCR_PAT with ghcr-fleet.
    "
  `);
});

test("the warning about a refused job token does not blame a secret", async () => {
  expect((await runStep("Name the refused credential", { CREDENTIAL: "GITHUB_TOKEN" })).stdout)
    .toMatchInlineSnapshot(`
    "::warning title=ghcr.io refused GITHUB_TOKEN::This run tries once more. If that fails as well, look at the status of GitHub Packages and at the organisation's package settings.
    "
  `);
});

test("the error of a push that the secret's token may not do says what it needs", async () => {
  const env = { CREDENTIAL: "GHCR_PAT", IMAGE: "ghcr.io/acme/api" };
  expect((await runStep("Explain a denied push", env)).stdout).toMatchInlineSnapshot(`
    "::error title=Not published (GHCR_PAT)::If the log above says denied, unauthorized or permission_denied, GHCR_PAT logged in but may not push to ghcr.io/acme/api: the token in the secret GHCR_PAT needs the scope write:packages, and its owner the role Write on the package. In an organisation, https://github.com/organizations/acme/settings/packages decides whether new packages may be created ("Package creation") and inherit the access of this repository. If the log says something else, the build itself failed.
    "
  `);
});

test("the error of a push that the job's token may not do says where to allow it", async () => {
  const env = { CREDENTIAL: "GITHUB_TOKEN", IMAGE: "ghcr.io/acme/api" };
  expect((await runStep("Explain a denied push", env)).stdout).toMatchInlineSnapshot(`
    "::error title=Not published (GITHUB_TOKEN)::If the log above says denied, unauthorized or permission_denied, GITHUB_TOKEN logged in but may not push to ghcr.io/acme/api: give this repository the role Write under "Manage Actions access" in the settings of the package. In an organisation, https://github.com/organizations/acme/settings/packages decides whether new packages may be created ("Package creation") and inherit the access of this repository. If the log says something else, the build itself failed.
    "
  `);
});

/** Runs a step's script as a runner does: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
async function runStep(name: string, env: Record<string, string>) {
  const { run } = release.jobs.image.steps.find((step: { name: string }) => step.name === name);
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-step-"));
  try {
    const [script, output] = [join(folder, "script.sh"), join(folder, "output")];
    await Promise.all([writeFile(script, run), writeFile(output, "")]);
    const runner = {
      PATH: process.env["PATH"],
      GITHUB_OUTPUT: output,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY_OWNER: "acme",
    };
    const options = { env: { ...runner, ...env } };
    const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
      execFile("bash", ["-e", script], options, (error, out) =>
        resolve({ code: error ? Number(error.code) : 0, stdout: out }),
      );
    });
    return { code, stdout, output: await readFile(output, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
