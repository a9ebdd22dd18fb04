import { execFile } from "node:child_process";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { runBin } from "../../cli/run-bin.ts";
import { packPackage, withoutCheckout } from "./pack-package.ts";
import type { TestFleet } from "./start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

const run = promisify(execFile);
const configuration = "Pulumi.test.yaml";

/** The stack's own repository `acme/fleet`, as its people work with it. */
export interface StackRepository {
  /** Replaces the fleet on a new branch, and opens a pull request. Returns its number. */
  proposeFleet(branch: string, fleet: Record<string, unknown>): Promise<number>;
  merge(number: number): Promise<void>;
  dispatch(workflow: string, inputs?: Readonly<Record<string, string>>): Promise<void>;
  comments(): { readonly author: string; readonly body: string }[];
}

/**
 * Fills `acme/fleet` with what `ghcr-fleet init` writes and `npm install` adds, the stack's configuration, and
 * what the workflows need: variables, and one environment for each with its secrets.
 *
 * @param secrets environment to secret to the name of the token that it holds
 */
export async function plantStackRepository(
  { platform, stack }: TestFleet,
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<StackRepository> {
  const { world } = platform;
  const github = gitHubAs(platform, "admin");
  const call = async (method: string, path: string, body: object = {}) => {
    const { body: answer } = await github(`${method} /repos/acme/fleet${path}`, body);
    return (answer ?? {}) as { sha: string; number: number };
  };
  const head = () => world.repository("acme/fleet").refs.get("refs/heads/main");

  const backend = stack.shellVariables["PULUMI_BACKEND_URL"];
  await call("POST", "/actions/variables", { name: "PULUMI_BACKEND_URL", value: backend });
  for (const [environment, values] of Object.entries(secrets)) {
    await call("PUT", `/environments/${environment}`);
    for (const [name, token] of Object.entries(values)) {
      const place = { scope: "environment", repository: "acme/fleet", environment } as const;
      platform.byHand("acme-admin").setSecret(place, name, world.tokenValue(token));
    }
  }
  const tree = await call("POST", "/git/trees", { tree: await projectTree(stack.folder) });
  const message = "Begin";
  const commit = await call("POST", "/git/commits", { message, tree: tree.sha, parents: [head()] });
  await call("PATCH", "/git/refs/heads/main", { sha: commit.sha });
  // Without it, the workflows do nothing.
  await call("POST", "/actions/variables", { name: "GHCR_FLEET_STACKS", value: '["test"]' });

  return {
    async proposeFleet(branch, fleet) {
      await call("POST", "/git/refs", { ref: `refs/heads/${branch}`, sha: head() });
      const text = await readFile(join(stack.folder, configuration), "utf8");
      const line = `  ghcr-fleet:fleet: ${JSON.stringify(fleet)}\n`;
      const changed = text.replace(/^ {2}ghcr-fleet:fleet:\n(?: {4}.*\n)*/m, line);
      expect(changed).toContain(line);
      platform.byHand("acme-dev").editFiles("acme/fleet", { [configuration]: changed }, { branch });
      const title = "Change the fleet";
      return (await call("POST", "/pulls", { title, head: branch, base: "main" })).number;
    },
    async merge(number) {
      await call("PUT", `/pulls/${number}/merge`);
    },
    async dispatch(workflow, inputs = {}) {
      await call("POST", `/actions/workflows/${workflow}/dispatches`, { ref: "main", inputs });
    },
    comments: () => world.repository("acme/fleet").comments,
  };
}

/** The package is a link to its tarball, which is too large for a copy in each workspace. */
async function projectTree(folder: string) {
  const repository = join(folder, "repository");
  const answers = ["--owner", "acme", "--select", "api", "--secret-scope", "organization"];
  const made = await runBin(["init", repository, ...answers, "--state", "folder"], { cwd: folder });
  expect(made.code, made.stderr).toBe(0);
  await copyFile(join(folder, configuration), join(repository, configuration));
  const env = withoutCheckout(process.env["PATH"] ?? "");
  const tarball = await packPackage(repository, env);
  const install = ["install", "--package-lock-only", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", [...install, tarball], { cwd: repository, env });
  const entries = await readdir(repository, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (file) => ({
      path: file.slice(repository.length + 1),
      mode: file === tarball ? "120000" : "100644",
      type: "blob",
      content: file === tarball ? tarball : await readFile(file, "utf8"),
    })),
  );
}
