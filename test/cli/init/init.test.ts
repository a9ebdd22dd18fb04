import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { parseSeed, startSimulator } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { fleetConfigSchema } from "../../../src/fleet/fleet-config.ts";
import { runBin } from "../run-bin.ts";
import { answers, emptyFolder, env, init, read } from "./run-init.ts";

test("a stack repository is written from the answers", async () => {
  const cwd = await emptyFolder();
  const options = [...answers, "--owner", "Acme", "--state", "s3://acme-state?region=eu-north-1"];
  expect(await init(cwd, "fleet", ...options)).toEqual({
    code: 0,
    stdout: `fleet/package.json
fleet/Pulumi.yaml
fleet/Pulumi.acme.yaml
fleet/index.ts
fleet/.gitignore
fleet/README.md
fleet/.github/workflows/preview.yml
fleet/.github/workflows/apply.yml
fleet/.github/workflows/watch.yml
fleet/.github/actions/ghcr-fleet/action.yml

Written. fleet/README.md says what to do next.
`,
    stderr: "",
  });
  const project = parse(await read(cwd, "fleet/Pulumi.yaml")) as object;
  expect(project).toMatchObject({
    name: "ghcr-fleet",
    backend: { url: "s3://acme-state?region=eu-north-1" },
    plugins: { providers: [{ name: "ghcr", path: "node_modules/ghcr-fleet/provider" }] },
  });
  const { config } = parse(await read(cwd, "fleet/Pulumi.acme.yaml")) as {
    config: Record<string, unknown>;
  };
  expect(config["github:owner"]).toBe("Acme");
  expect(fleetConfigSchema.parse(config["ghcr-fleet:fleet"])).toMatchObject({
    secret: { scope: "repository" },
    repositories: [{ topic: "container" }, { match: "service-*" }, { name: "web" }],
  });
  expect((await read(cwd, "fleet/index.ts")).trim().split("\n")).toHaveLength(3);
});

test("many names go into a file of their own, which the engine need not pass on", async () => {
  const cwd = await emptyFolder();
  const names = Array.from({ length: 1200 }, (_, index) => `service-${index}`);
  const options = ["--owner", "acme", "--secret-scope", "organization", "--state", "folder"];
  const { code, stdout } = await init(cwd, "--select", ...names, ...options);
  expect({ code, listed: stdout.includes("\nfleet.yaml\n") }).toEqual({ code: 0, listed: true });
  const { config } = parse(await read(cwd, "Pulumi.acme.yaml")) as { config: object };
  expect(config).toMatchObject({ "ghcr-fleet:fleetFile": "fleet.yaml" });
  expect(config).not.toHaveProperty("ghcr-fleet:fleet");
  const fleet = fleetConfigSchema.parse(parse(await read(cwd, "fleet.yaml")));
  expect(fleet.repositories).toEqual(names.map((name) => ({ name })));
});

test("without a terminal, all missing answers are one error", async () => {
  const cwd = await emptyFolder();
  expect(await init(cwd, "--select", "web")).toEqual({
    code: 2,
    stdout: "",
    stderr: `There is no terminal to ask on, so these options are needed:
  --owner  Organisation or user on GitHub
  --secret-scope  Actions secret with the PAT
      organization  one for all repositories; user accounts have none
      repository    one in each repository
      environment   one in each repository, for releases
  --state  Where the state is kept
      folder  in the stack repository
      cloud   in Pulumi Cloud
      a URL   s3://, azblob://, gs:// or postgres://
`,
  });
  expect(await readdir(cwd)).toEqual([]);
});

test("nothing is overwritten, and nothing is written next to what exists", async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, "README.md"), "ours\n");
  await writeFile(join(cwd, "index.ts"), "ours\n");
  const { code, stderr } = await init(cwd, ...answers, "--owner", "acme", "--state", "folder");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `${cwd} contains index.ts, README.md, and init overwrites nothing: move what is there, or name another folder, as in ghcr-fleet init fleet\n`,
  });
  expect(await readdir(cwd)).toEqual(["README.md", "index.ts"]);
});

test.each([
  ["--owner", "acme/web", "Give the organisation or user as in github.com/<owner>"],
  ["--select", "acme/web", "give a name, a pattern such as service-*"],
  ["--secret-scope", "everywhere", "allowed choices are organization, repository, environment"],
  ["--state", "ftp://state", "give folder, cloud, or a URL that begins with"],
  ["--state", "postgres://fleet:secret@db/fleet", "leave the password out"],
])("%s %s is refused", async (flag, value, reason) => {
  const { code, stderr } = await init(await emptyFolder(), flag, value);
  expect(code).toBe(2);
  expect(stderr.toLowerCase()).toContain(reason.toLowerCase());
});

test("each hint can be taken, also after the engine wrote the file again", async () => {
  const cwd = await emptyFolder();
  const options = [...answers, "--owner", "acme", "--state", "folder"];
  expect(await init(cwd, ".", ...options)).toMatchObject({ code: 0 });
  const rewritten = parseDocument(await read(cwd, "Pulumi.acme.yaml")).toString();
  const taken = rewritten.replaceAll(/^( +)# (?=(?:username|defaults|exclude): )/gm, "$1");
  const { config } = parse(taken) as { config: Record<string, unknown> };
  expect(fleetConfigSchema.parse(config["ghcr-fleet:fleet"])).toMatchObject({
    username: "acme-publisher",
    defaults: { actions: { tokenPermissions: "read" } },
    repositories: [{ topic: "container" }, { match: "service-*" }, { name: "web" }],
    exclude: ["sandbox-*"],
  });
});

test("the README lets npm install a tarball that the workflows find, too", async () => {
  const cwd = await emptyFolder();
  const options = [...answers, "--owner", "acme", "--state", "folder"];
  expect(await init(cwd, ".", ...options)).toMatchObject({ code: 0 });
  const readme = await read(cwd, "README.md");
  expect(readme).toContain("npm install ./vendor/ghcr-fleet-");
  expect(readme).toContain("Commit `vendor`, `package.json` and `package-lock.json`");
});

const accounts = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "none" }],
  tokens: [{ name: "admin", owner: "ada", scopes: ["repo"] }],
});

test("a user account has no organisation secret to choose, and its scope needs no answer", async () => {
  const simulator = await startSimulator({ seed: accounts, actions: false });
  onTestFinished(() => simulator.close());
  const tokenEnv = {
    ...env,
    GITHUB_TOKEN: simulator.world.tokenValue("admin"),
    GITHUB_BASE_URL: simulator.url,
  };
  const cwd = await emptyFolder();
  const given = ["--select", "shop", "--state", "folder"];
  const of = (...args: string[]) => runBin(["init", ...args, ...given], { cwd, env: tokenEnv });

  expect(await of("ada", "--owner", "ada")).toMatchObject({ code: 0, stderr: "" });
  const stack = await read(cwd, "ada/Pulumi.ada.yaml");
  const readme = await read(cwd, "ada/README.md");
  expect(stack).toContain("scope: repository\n");
  expect(stack).toContain("username: ada\n");
  expect(`${stack}${readme}`).not.toMatch(/ada-publisher|machine user|admin:org|organization:/);
  expect(readme).toContain("docs/guide.md#one-person)");
  expect(await of("org", "--owner", "ada", "--secret-scope", "organization")).toMatchObject({
    code: 2,
    stderr:
      "ada is a user account, which has no organisation secret: --secret-scope repository or environment\n",
  });
  // An organisation has to choose.
  const undecided = await of("acme", "--owner", "acme");
  expect(undecided).toMatchObject({ code: 2 });
  expect(undecided.stderr).toContain("--secret-scope");
  const scope = ["--secret-scope", "repository"];
  expect(await of("acme", "--owner", "acme", ...scope)).toMatchObject({ code: 0, stderr: "" });
  const ofOrganisation = await read(cwd, "acme/README.md");
  expect(ofOrganisation).toContain("scopes repo, workflow, admin:org, read:packages");
  expect(ofOrganisation).not.toContain("#one-person");
  expect(await of("gone", "--owner", "nobody", "--secret-scope", "repository")).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^whether nobody is a user account is not known: nobody does not exist/,
    ),
  });
});

test("the guide's seed for one person is one of the simulator", async () => {
  const guide = await readFile(new URL("../../../docs/guide.md", import.meta.url), "utf8");
  const seed = /^# seed\.yaml\n[^`]*/m.exec(guide)?.[0] ?? "";
  expect(parseSeed(parse(seed))).toMatchObject({ repositories: [{ owner: "ada", name: "shop" }] });
});

test("the token stays on its host, whatever host a checkout names", async () => {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, ".git"));
  const remote = '[remote "origin"]\n\turl = https://git.example.com/acme/publishing.git\n';
  await writeFile(join(cwd, ".git/config"), remote);
  const simulator = await startSimulator({ seed: accounts, actions: false });
  onTestFinished(() => simulator.close());
  const token = { GITHUB_TOKEN: simulator.world.tokenValue("admin") };
  const { code } = await runBin(["init", ...answers, "--state", "folder"], {
    cwd,
    env: { ...env, ...token, GITHUB_BASE_URL: simulator.url },
  });
  expect({ code, requests: simulator.requests }).toEqual({ code: 0, requests: [] });
});
