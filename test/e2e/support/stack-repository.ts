import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { TestFleet } from "./start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const workflows = ".github/workflows";
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
 * Fills `acme/fleet` with a checkout of this project (code as links to the real one), the stack's
 * configuration, and what the workflows need: variables, and one environment for each with its
 * secrets.
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

  await call("POST", "/actions/variables", { name: "GHCR_FLEET_STACKS", value: '["test"]' });
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

/** Code as links; files that people change as copies. */
async function projectTree(folder: string) {
  const linked = ["index.ts", "package.json", "src", "provider", "policy", "tools", "bin"];
  const files = await readdir(join(root, workflows));
  const texts = [
    ...["Pulumi.yaml", configuration].map((path) => ({ path, file: join(folder, path) })),
    ...files.map((name) => ({ path: `${workflows}/${name}`, file: join(root, workflows, name) })),
  ];
  return [
    ...[...linked, "node_modules"].map((path) => ({
      path,
      mode: "120000",
      type: "blob",
      content: join(root, path),
    })),
    ...(await Promise.all(
      texts.map(async ({ path, file }) => ({
        path,
        mode: "100644",
        type: "blob",
        content: await readFile(file, "utf8"),
      })),
    )),
  ];
}
