import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { fleetConfigSchema } from "../../../src/fleet/fleet-config.ts";
import { answers, emptyFolder, init, read } from "./run-init.ts";

test("a checkout with a remote on GitHub names the owner and the repository", async () => {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, ".git"));
  const remote = '[remote "origin"]\n\turl = git@github.com:acme/publishing.git\n';
  await writeFile(join(cwd, ".git/config"), remote);
  expect((await init(cwd, ...answers, "--state", "cloud")).code).toBe(0);
  expect(await read(cwd, "Pulumi.acme.yaml")).toContain("github:owner: acme\n");
  expect(await read(cwd, "Pulumi.yaml")).toContain("url: https://api.pulumi.com\n");
  const readme = await read(cwd, "README.md");
  expect(readme).toContain("https://github.com/acme/publishing/settings/environments");
  expect(readme).not.toContain("PASSPHRASE");
});

test("a checkout of another host gives the stack its base URL and links", async () => {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, ".git"));
  const remote = '[remote "origin"]\n\turl = https://git.example.com/acme/publishing.git\n';
  await writeFile(join(cwd, ".git/config"), remote);
  const options = [...answers, "--state", "folder"];
  expect(await init(cwd, ".", ...options)).toMatchObject({ code: 0 });
  expect(await read(cwd, "Pulumi.acme.yaml")).toContain(
    "github:owner: acme\n  github:baseUrl: https://git.example.com/\n",
  );
  const readme = await read(cwd, "README.md");
  expect(readme).toContain("https://git.example.com/settings/tokens/new?scopes=write:packages");
  expect(readme).toContain("https://git.example.com/acme/publishing/settings/environments");
});

/** A checkout of a repository that publishes, on its branch's first day. */
async function projectAt(url: string): Promise<string> {
  const root = await emptyFolder();
  await mkdir(join(root, ".git"));
  await mkdir(join(root, "src"));
  await writeFile(
    join(root, ".git/config"),
    `[submodule "lib"]
\turl = https://github.com/elsewhere/lib.git
[remote "upstream"]
\turl = https://github.com/elsewhere/shop.git
[remote "origin"]
\turl = ${url}
`,
  );
  for (const name of ["README.md", ".gitignore", "package.json", "Dockerfile"])
    await writeFile(join(root, name), `${name} of the project\n`);
  return root;
}

test.each([
  ["https://github.com/Ada/shop.git", ""],
  ["https://github.com/Ada/shop", ""],
  ["git@github.com:Ada/shop.git", ""],
  ["ssh://git@ssh.github.com:443/Ada/shop.git", ""],
  ["git@ada.ghe.com:Ada/shop.git", "https://ada.ghe.com/"],
  ["https://git.example.com:8443/Ada/shop.git", "https://git.example.com:8443/"],
  ["ssh://git@git.example.com:2222/Ada/shop.git", "https://git.example.com/"],
])("in the checkout of a project at %s, its repository is selected", async (url, baseUrl) => {
  const root = await projectAt(url);
  const given = ["--state", "folder"];
  expect(await init(join(root, "src"), ...given)).toEqual({
    code: 0,
    stdout: `../fleet/package.json
../fleet/Pulumi.yaml
../fleet/Pulumi.ada.yaml
../fleet/index.ts
../fleet/.gitignore
../fleet/README.md

Written. ../fleet/README.md says what to do next.
`,
    stderr: `${root} is Ada/shop on ${new URL(baseUrl || "https://github.com").host}, by its remote\n`,
  });
  const stack = await read(root, "fleet/Pulumi.ada.yaml");
  const { config } = parse(stack) as { config: Record<string, unknown> };
  expect(config).toMatchObject({ "github:owner": "Ada" });
  expect(config["github:baseUrl"] ?? "").toBe(baseUrl);
  expect(fleetConfigSchema.parse(config["ghcr-fleet:fleet"])).toMatchObject({
    secret: { scope: "repository" },
    repositories: [{ name: "shop" }],
  });
  // Whether Ada is a person is not known without a token.
  expect(stack).toContain("# username: Ada-publisher # or Ada, where that is your own account\n");
  expect(await read(root, "fleet/README.md")).toMatch(
    /# admin: scopes repo, workflow, read:packages\n[^]*docs\/guide\.md#one-person\)/,
  );
  // GitHub runs no workflow of a sub-folder.
  expect(await read(root, "fleet/README.md")).not.toContain("preview.yml");
  // Nothing of the project is touched, and a second time nothing of the stack.
  expect((await readdir(root)).sort()).toEqual(
    [".git", ".gitignore", "Dockerfile", "README.md", "fleet", "package.json", "src"].sort(),
  );
  expect(await read(root, "README.md")).toBe("README.md of the project\n");
  expect(await init(root, ...given)).toMatchObject({ code: 2, stdout: "" });
});

test("answers that are given have precedence over the checkout of a project", async () => {
  const root = await projectAt("git@github.com:acme/shop.git");
  const given = ["--select", "service-*", "--state", "folder"];
  const { code, stderr } = await init(root, "stack", ...given);
  expect({ code, asks: stderr.includes("--secret-scope") }).toEqual({ code: 2, asks: true });
  const scope = ["--secret-scope", "organization"];
  expect(await init(root, "stack", ...given, ...scope)).toMatchObject({ code: 0 });
  expect(await read(root, "stack/Pulumi.acme.yaml")).toContain("- match: service-*\n");
  // Another owner has no repository of this name.
  const other = await init(root, "other", "--owner", "globex", "--state", "folder", ...scope);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("--select") });
});

test("a checkout that has documents only is the stack's own", async () => {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, ".git"));
  await mkdir(join(cwd, "docs"));
  await writeFile(
    join(cwd, ".git/config"),
    '[remote "origin"]\n\turl = git@github.com:acme/fleet\n',
  );
  await writeFile(join(cwd, "LICENSE"), "MIT\n");
  const { code, stdout } = await init(cwd, ...answers, "--state", "folder");
  expect({ code, workflows: stdout.includes("\n.github/workflows/apply.yml\n") }).toEqual({
    code: 0,
    workflows: true,
  });
});

test.runIf(process.platform === "linux")(
  "a folder that cannot be created ends with an error",
  async () => {
    const options = [...answers, "--owner", "acme", "--state", "folder"];
    const { code, stdout, stderr } = await init(await emptyFolder(), "/proc/fleet", ...options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("/proc/fleet");
  },
);
