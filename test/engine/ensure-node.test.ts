import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertNode, ensureNode } from "../../engine/steps/ensure-node.mjs";
import { createFakeMachine, type FakeMachine } from "./fake-machine.ts";

/** The npm package `node`, with a program that prints this version. */
async function addPackagedNode({ settings: { root } }: FakeMachine, script: string) {
  const bin = join(root, "node_modules", ".bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "node"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "node"), 0o755);
  return join(bin, "node");
}

const own = { program: process.execPath, version: process.versions.node, installed: false };
const oldNode = { program: "/usr/bin/node", version: "20.11.1" };

test("the packaged Node comes first", async () => {
  const machine = await createFakeMachine();
  const program = await addPackagedNode(machine, "echo v24.1.0");
  const expected = { program, version: "24.1.0", installed: false };
  expect(await ensureNode(machine.settings)).toEqual(expected);
  expect(await ensureNode(machine.settings, oldNode)).toEqual(expected);
});

test.each([
  { name: "is missing", script: undefined },
  { name: "does not start", script: "exit 127" },
  { name: "is too old", script: "echo v22.17.1" },
])("this Node will do where the packaged one $name", async ({ script }) => {
  const machine = await createFakeMachine();
  if (script !== undefined) await addPackagedNode(machine, script);
  expect(await ensureNode(machine.settings)).toEqual(own);
});

test("a package that npm did not set up (ignore-scripts) is set up now", async () => {
  const machine = await createFakeMachine();
  await machine.write("node_modules/node/package.json", "{}");
  await machine.addProgram(
    "npm",
    `mkdir -p node_modules/.bin && cd node_modules/.bin
     printf '#!/bin/sh\\necho v24.1.0\\n' > node && chmod +x node`,
  );
  expect(await ensureNode(machine.settings, oldNode)).toEqual({
    program: join(machine.settings.root, "node_modules", ".bin", "node"),
    version: "24.1.0",
    installed: true,
  });
  expect(await machine.calls()).toEqual(["npm rebuild node --ignore-scripts=false"]);
});

test("no Node that is new enough is named with how to get one", async () => {
  const machine = await createFakeMachine();
  await expect(ensureNode(machine.settings, oldNode)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [SetupError: Node 20.11.1 cannot run TypeScript, and the npm package \`node\` brought no newer one.
    Get Node 22.18 or newer from https://nodejs.org/en/download, then run the command again.]
  `);
});

test("a Node that cannot run the set-up is named with how to get another", () => {
  expect(() => assertNode("20.0.0")).not.toThrow();
  expect(() => assertNode("18.20.4")).toThrowErrorMatchingInlineSnapshot(`
    [SetupError: Node 18.20.4 is too old: 20 or newer is needed.
    Get it from https://nodejs.org/en/download, then run the command again.]
  `);
});
