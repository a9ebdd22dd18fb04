import { execFile } from "node:child_process";
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSeed, startSimulator, type Simulator } from "github-simulator";
import { parseDocument, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineEnvironment } from "../../tools/engine.ts";
import { handWrittenRepositories } from "./support/hand-written.ts";
import { packPackage, withoutCheckout } from "./support/pack-package.ts";
import { isWrite } from "./support/start-fleet.ts";
import { lacksPreviousRelease, previousPackage } from "./support/previous-package.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The compiler of this checkout, with strict settings. The SDK's own types have errors. */
const compile = [
  join(root, "node_modules/typescript/lib/tsc.js"),
  ...["--module", "nodenext", "--target", "es2023", "--noEmit", "--strict", "--skipLibCheck"],
  ...["--types", "node", "--typeRoots", join(root, "node_modules/@types")],
];

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("a stack repository that has the package installed", () => {
  let folder: string;
  let repository: string;
  let platform: Simulator;
  let env: NodeJS.ProcessEnv;

  /** Runs a program to its end; the input is closed, so that nothing can ask. */
  function run(command: string, args: readonly string[], input = "", cwd = repository) {
    return new Promise<Ended>((resolve) => {
      const child = execFile(command, args, { cwd, env }, (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? 1, stdout, stderr });
      });
      child.stdin?.on("error", () => {}).end(input);
    });
  }

  async function must(command: string, args: readonly string[], input?: string, cwd?: string) {
    const ended = await run(command, args, input, cwd);
    expect(ended.exitCode, `${command} ${args.join(" ")}\n${ended.stdout}${ended.stderr}`).toBe(0);
    return ended;
  }

  const fleet = (...args: string[]) => run("npx", ["ghcr-fleet", ...args]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-installed-"));
    repository = join(folder, "fleet");
    platform = await startSimulator({ actions: false, seed: parseSeed(organisation) });
    const { PATH, PULUMI_HOME } = await engineEnvironment();
    // Without the commands of this checkout, too.
    const path = [dirname(process.execPath), ...PATH.split(delimiter)]
      .filter((each) => !each.endsWith(join("node_modules", ".bin")))
      .join(delimiter);
    env = {
      ...withoutCheckout(path),
      ...(PULUMI_HOME && { PULUMI_HOME }),
      // An engine in the cache would be one that this checkout has built.
      GHCR_FLEET_CACHE: join(folder, "cache"),
      PULUMI_CONFIG_PASSPHRASE: "installed",
    };
    const init = ["init", repository, ...answers];
    const tarball = await packPackage(folder, env, (dist) =>
      must(process.execPath, [join(dist, "bin/ghcr-fleet.mjs"), ...init], "", folder),
    );
    await must("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball]);
  }, 300_000);
  afterAll(async () => {
    await platform.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("the package contains what runs, and neither sources nor tests", async () => {
    const installed = join(repository, "node_modules/ghcr-fleet");
    expect((await readdir(installed)).sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "docs",
      "package.json",
      "policy",
      "provider",
      "schema",
      "src",
      "templates",
      "tools",
    ]);
    const files = await readdir(installed, { recursive: true });
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file))).toEqual([]);
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as object;
    expect(manifest).not.toHaveProperty("scripts");
  });

  /** The example of a program of one's own. */
  const example = () => join(folder, "own-program");

  test("programs of one's own, as the example, have the types of what the package exports", async () => {
    await writeFile(
      join(repository, "program.ts"),
      `import { declareFleet } from "ghcr-fleet";
import { RegistryAccess, FleetRepository, GhcrProvider } from "ghcr-fleet/components";
import { fleetPolicies } from "ghcr-fleet/policy";
import { PolicyPack } from "@pulumi/policy";

export const { token } = await declareFleet();
export const components = [RegistryAccess, FleetRepository];
const baseUrl = "https://api.github.com/";
new GhcrProvider("ghcr", { owner: "acme", baseUrl, repositories: { api: "main" } });
new PolicyPack("acme", { policies: fleetPolicies() });
// @ts-expect-error the owner is missing
new GhcrProvider("ghcr", { baseUrl, repositories: {} });
`,
    );
    await cp(join(root, "examples/own-program"), example(), { recursive: true });
    await symlink(join(repository, "node_modules"), join(example(), "node_modules"));
    await writeFile(join(example(), "package.json"), '{ "type": "module" }');
    await must(process.execPath, [...compile, "program.ts", join(example(), "index.ts")]);
  });

  test("check judges the fleet and the workflows offline", async () => {
    const { exitCode, stdout, stderr } = await fleet("check", "--stack", "acme", ".github");
    expect({ exitCode, result: stdout.trim().split("\n").at(-1), stderr }).toEqual({
      exitCode: 0,
      result: "5 files: 0 mandatory, 1 advisory",
      stderr: "",
    });
  });

  test("the commands of the README make the first update", async () => {
    const pulumi = (args: string[], input?: string) =>
      must("npx", ["ghcr-fleet", "pulumi", ...args, "--non-interactive"], input);
    await configure(pulumi, platform);
    // The configuration that init wrote names this variable.
    env["GHCR_FLEET_PAT"] = token("publisher");

    const preview = await fleet("preview", "acme");
    expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
    expect(preview.stdout).toContain("api");

    const pack = ["--policy-pack", "node_modules/ghcr-fleet/policy"];
    const { stdout } = await pulumi(["up", "--yes", "--skip-preview", ...pack]);
    expect(stdout).toContain("Policies:");
    const { world } = platform;
    const place = { scope: "organisation", organisation: "acme" } as const;
    expect(world.secretValue(place, "GHCR_PAT")).toBe(token("publisher"));
    const ci = world.readFile(world.repository("acme/web"), "main", ".github/workflows/ci.yml");
    expect(ci?.toString()).toContain("secrets.GHCR_PAT || secrets.GITHUB_TOKEN");
  });

  test("a second preview shows no change, also with the fleet in a file of its own", async () => {
    const file = join(repository, "Pulumi.acme.yaml");
    const document = parseDocument(await readFile(file, "utf8"));
    const settings: unknown = document.getIn(["config", "ghcr-fleet:fleet"]);
    await writeFile(join(repository, "fleet.yaml"), stringify(settings));
    document.deleteIn(["config", "ghcr-fleet:fleet"]);
    document.setIn(["config", "ghcr-fleet:fleetFile"], "fleet.yaml");
    await writeFile(file, document.toString());
    const { exitCode, stdout } = await fleet("preview", "acme", "--json");
    expect(exitCode, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      stacks: [{ stack: "acme", outcome: "ready", changes: [], failures: [] }],
    });
  });

  test("the example of a program of one's own runs", async () => {
    const project = example();
    const command = join(repository, "node_modules/.bin/ghcr-fleet");
    const pulumi = (args: string[], input?: string) =>
      must(command, ["pulumi", ...args, "--non-interactive"], input, project);
    await appendFile(join(project, "Pulumi.yaml"), "backend:\n  url: file://.\n");
    await pulumi(["stack", "init", "own"]);
    const plain = ["github:owner=acme", `github:baseUrl=${platform.url}/`];
    const all = [...plain, `registryUrl=${platform.registryUrl}`];
    await pulumi(["config", "set-all", ...all.flatMap((each) => ["--plaintext", each])]);
    await pulumi(["config", "set", "--secret", "github:token"], token("admin"));
    await pulumi(["config", "set", "--secret", "pat"], token("publisher"));
    const { stdout } = await pulumi(["preview"]);
    expect(stdout).toMatch(/ghcr:index:RepositoryPublishing +api +create/);
  });

  test("pulumi new makes a stack repository from the template", async () => {
    const template = join(root, "templates/stack");
    const made = join(folder, "made");
    const flags = ["--dir", made, "--name", "publishing", "--generate-only", "--yes"];
    await must("npx", ["ghcr-fleet", "pulumi", "new", template, ...flags]);
    const read = (of: string, path: string) => readFile(join(of, path), "utf8");
    expect(await read(made, "Pulumi.yaml")).toMatch(/^name: publishing\n/);
    expect(await read(made, "Pulumi.yaml")).toContain("path: node_modules/ghcr-fleet/provider");
    for (const path of ["index.ts", "package.json", ".github/workflows/apply.yml"]) {
      expect(await read(made, path)).toBe(await read(template, path));
    }
  });

  test("repair changes the login of a checkout", async () => {
    const checkout = join(folder, "shop");
    await cp(join(root, "demo/repositories/shop"), checkout, { recursive: true });
    const { exitCode, stdout } = await fleet("repair", "--write", checkout);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain("secrets.GHCR_PAT || secrets.GITHUB_TOKEN");
  });

  test("simulate says in words what is missing", async () => {
    expect(await fleet("simulate")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "the simulator is not installed: docs/guide.md, step 0, says how; before its first release, do not install it from npm by its name\n",
    });
  });

  test("rotate judges the PAT in another place", async () => {
    env["GHCR_FLEET_PAT_B"] = token("admin");
    const { exitCode, stderr } = await fleet(
      ...["rotate", "acme", "--from-env", "GHCR_FLEET_PAT_B", "--yes"],
    );
    expect(stderr).toContain("the token is too wide");
    expect(exitCode).toBe(2);
  });

  test.skipIf(lacksPreviousRelease())(
    "an upgrade from the release before replaces nothing, and commits only what changed in the templates",
    async () => {
      // One repository gets the templates, the workflow of the other one is repaired.
      const [api] = organisation.repositories;
      const web = { ...handWrittenRepositories[0], name: "web" };
      const seed = parseSeed({ ...organisation, repositories: [api, web] });
      const before = await startSimulator({ actions: false, seed });
      env["GHCR_FLEET_PAT"] = before.world.tokenValue("publisher");
      const stack = join(folder, "upgraded");
      // The dependencies that are installed here, and the package alone from before.
      const modules = join(folder, "modules/node_modules");
      await mkdir(modules, { recursive: true });
      const installed = join(repository, "node_modules");
      for (const name of await readdir(installed)) {
        if (name !== "ghcr-fleet") await symlink(join(installed, name), join(modules, name));
      }
      await cp(await previousPackage(), join(modules, "ghcr-fleet"), { recursive: true });
      const command = "ghcr-fleet/bin/ghcr-fleet.mjs";
      await must(process.execPath, [join(modules, command), "init", stack, ...answers], "", folder);
      await rename(modules, join(stack, "node_modules"));
      const pulumi = (args: string[], input?: string) => {
        const own = [join(stack, "node_modules", command), "pulumi", ...args, "--non-interactive"];
        return must(process.execPath, own, input, stack);
      };
      await configure(pulumi, before);
      const up = ["up", "--yes", "--skip-preview"];
      const { stdout: made } = await pulumi(up);
      expect(made).toMatch(/Resources:\n {4}\+ \d+ created/);

      await rm(join(stack, "node_modules/ghcr-fleet"), { recursive: true });
      const present = join(installed, "ghcr-fleet");
      await cp(present, join(stack, "node_modules/ghcr-fleet"), { recursive: true });
      const seen = before.requests.length;
      const { stdout: moved } = await pulumi(up);
      const lines = moved.split("\n").filter((line) => /^ ?[~+-] /.test(line));
      const changes = lines.map((line) =>
        line.replace(/^ (~) +(\S+) .*(\[diff: .*?\]).*$/, "$1 $2 $3"),
      );
      expect([...new Set(changes)].sort()).toEqual([
        // Since then, the templates say more about a denied push.
        "~ ghcr:index:RepositoryPublishing [diff: ~files]",
        // And what is left to a person names the key of each line to type.
        "~ ghcr:index:RepositoryPublishing [diff: ~unresolved]",
        // The version before wrote the address of a simulator on this machine as that of an Enterprise Server.
        "~ pulumi:providers:ghcr [diff: ~baseUrl]",
      ]);
      expect(moved).toMatch(/Resources:\n {4}~ 3 updated\n {4}\d+ unchanged\n/);
      const { stdout: again } = await pulumi([...up, "--refresh"]);
      expect(again).toMatch(/Resources:\n {4}\d+ unchanged\n/);
      // The commit.
      const written = before.requests.slice(seen).filter(isWrite);
      expect(written).toMatchObject([{ operation: "mutation", status: 200 }]);
      await before.close();
    },
  );

  /** What the README and the guide of a rehearsal set. */
  async function configure(
    pulumi: (args: string[], input?: string) => Promise<unknown>,
    { url, registryUrl, world }: Simulator,
  ): Promise<void> {
    await pulumi(["stack", "init", "acme"]);
    const plain = [`github:baseUrl=${url}/`, "github:writeDelayMs=0"];
    const all = [...plain, `ghcr-fleet:registryUrl=${registryUrl}`];
    await pulumi(["config", "set-all", ...all.flatMap((each) => ["--plaintext", each])]);
    await pulumi(["config", "set", "--secret", "github:token"], world.tokenValue("admin"));
  }

  const token = (name: string) => platform.world.tokenValue(name);
});

const answers = [
  ...["--owner", "acme", "--select", "api", "web"],
  ...["--secret-scope", "organization", "--state", "folder"],
];

const organisation = {
  organisation: { login: "acme", basePermission: "write" as const },
  users: [
    { login: "acme-admin", role: "admin" as const },
    { login: "acme-publisher", role: "member" as const },
  ],
  tokens: [
    {
      name: "admin",
      owner: "acme-admin",
      scopes: ["repo", "workflow", "admin:org", "read:packages"],
      expiresInDays: 90,
    },
    ...["publisher", "next-publisher"].map((name) => ({
      name,
      owner: "acme-publisher",
      scopes: ["write:packages", "read:packages"],
      expiresInDays: 60,
    })),
  ],
  repositories: ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })),
};
