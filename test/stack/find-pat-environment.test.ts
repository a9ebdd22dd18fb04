import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  assertNoPatEnvironment,
  findPatEnvironment,
} from "../../src/stack/find-pat-environment.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-environment-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function find(text: string, pat: string | undefined = "a PAT") {
  await writeFile(join(folder, "Pulumi.prod.yaml"), text);
  return findPatEnvironment({ folder }, { name: "acme/fleet/prod", pat });
}

test.each([
  ["environment:\n  - acme/prod\n  - shared\n", ["acme/prod", "shared"]],
  [
    "environment:\n  imports:\n    - acme/prod\n    - shared: { merge: false }\n",
    ["acme/prod", "shared"],
  ],
  ["environment:\n  values:\n    pulumiConfig: {}\n", []],
  ["environment: [acme/prod]\nconfig:\n  github:owner: acme\n", ["acme/prod"]],
])("a PAT that the stack's file does not hold is in its environment: %j", async (text, names) => {
  expect(await find(text)).toEqual(names);
});

test.each([
  ["a file without environment", "config:\n  github:owner: acme\n"],
  [
    "an environment for other values",
    "environment: [acme/prod]\nconfig:\n  ghcr-fleet:pat:\n    secure: v1:box\n",
  ],
  ["an empty file", ""],
])("%s holds no PAT", async (_, text) => {
  expect(await find(text)).toBeUndefined();
});

test("a stack that reads its PAT elsewhere needs no environment", async () => {
  await writeFile(join(folder, "Pulumi.prod.yaml"), "environment: [acme/prod]\n");
  expect(await findPatEnvironment({ folder }, { name: "prod", pat: undefined })).toBeUndefined();
});

test.each([
  [
    "environment: [acme/prod]\n",
    "from the ESC environment acme/prod (`environment` in Pulumi.prod.yaml)",
  ],
  [
    "environment:\n  values: {}\n",
    "from `environment` in Pulumi.prod.yaml, which `rotate` does not change",
  ],
])(
  "rotate says where to change a PAT of an environment, and writes no file: %j",
  async (text, where) => {
    const file = join(folder, "Pulumi.prod.yaml");
    await writeFile(file, text);
    const rotating = assertNoPatEnvironment({ folder }, { name: "prod", pat: "a PAT" });
    await expect(rotating).rejects.toThrow(where);
    expect(await readFile(file, "utf8")).toBe(text);
  },
);
