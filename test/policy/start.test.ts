import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const pack = fileURLToPath(new URL("../../policy", import.meta.url));

test("the pack's process loads none of npm's own code", async () => {
  const start = `
    require("./index.cjs").then(() => {
      console.log(JSON.stringify(Object.keys(require.cache)));
      process.exit();
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", start], { cwd: pack });
  // Next to it is the port on which the pack waits for the engine.
  const list = stdout.split("\n").find((line) => line.startsWith("[")) ?? "[]";
  const loaded = (JSON.parse(list) as string[]).map((path) => path.replaceAll("\\", "/"));
  const from = (name: string) => loaded.filter((path) => path.includes(`/node_modules/${name}/`));
  expect(from("@pulumi/policy")).not.toEqual([]);
  expect(from("pacote")).toEqual([]);
});

test("a Node that cannot run TypeScript is named, with the required version", async () => {
  const old = ["--no-experimental-strip-types", "index.cjs"];
  const started = promisify(execFile)(process.execPath, old, { cwd: pack });
  const { stderr } = await started.catch((error: unknown) => error as { stderr: string });
  expect(stderr).toContain(
    `need Node 22.18 or newer; this is ${process.version}, from the \`node\` on PATH.`,
  );
});
