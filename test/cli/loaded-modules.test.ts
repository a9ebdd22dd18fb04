import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The CommonJS modules of a process that imports this file of ours, by their paths below node_modules. */
async function modulesOf(file: string): Promise<string[]> {
  const script = `
    import Module from "node:module";
    await import(process.argv[1]);
    process.stdout.write(JSON.stringify(Object.keys(Module._cache)));`;
  const args = ["--input-type=module", "--eval", script, `${root}${file}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: Infinity });
  return (JSON.parse(stdout) as string[]).map((path) => path.split("/node_modules/").at(-1) ?? "");
}

// The SDK's index brings a TypeScript compiler, with which the start of a process takes twice as long.
test("a command that does not run the engine loads neither the whole SDK nor a compiler", async () => {
  const modules = await modulesOf("src/cli/status/status.ts");
  expect(modules).toContain("bottleneck/lib/index.js");
  expect(modules).not.toContain("@pulumi/pulumi/index.js");
  expect(modules.filter((each) => each.startsWith("typescript/"))).toEqual([]);
});
