import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeFleet } from "../../src/preview/take-fleet.ts";

let folder: string;
let head: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-head-"));
  head = join(folder, ".head");
  await mkdir(head);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const base = `# The fleet of acme.
encryptionsalt: v1:base
config:
  github:owner: acme # never another one
  ghcr-fleet:pat:
    secure: v1:box
  ghcr-fleet:fleet:
    repositories:
      - name: api
`;

async function take(wanted: string): Promise<{ untried: string[]; text: string }> {
  await writeFile(join(folder, "Pulumi.acme.yaml"), base);
  await writeFile(join(head, "Pulumi.acme.yaml"), wanted);
  const untried = await takeFleet(folder, head, "acme");
  return { untried, text: await readFile(join(folder, "Pulumi.acme.yaml"), "utf8") };
}

test("the fleet is taken, and the rest of the file stays", async () => {
  const { untried, text } = await take(base.replace("name: api", "name: web"));
  expect(untried).toEqual([]);
  expect(text).toBe(base.replace("name: api", "name: web"));
});

test("nothing that could send a token elsewhere is taken, and that is said", async () => {
  const { untried, text } = await take(
    base
      .replace("v1:base", "v1:theirs")
      .replace("github:owner: acme", "github:owner: acme\n  github:baseUrl: https://evil.example")
      .replace("v1:box", "v1:other"),
  );
  expect(text).toBe(base);
  expect(untried).toEqual(
    ["encryptionsalt", "ghcr-fleet:pat", "github:baseUrl"].map(
      (key) =>
        `Pulumi.acme.yaml: the change of ${key} is not tried, for it could send tokens elsewhere`,
    ),
  );
});

test("a fleet that is gone is gone", async () => {
  const { text } = await take("config:\n  github:owner: acme\n");
  expect(text).not.toContain("repositories");
});

test("a file that is no configuration, and one that is missing, are named", async () => {
  await expect(take("config: [")).rejects.toThrow("is no stack configuration");
  await expect(take("- a list")).rejects.toThrow("is no stack configuration: not a map");
  await rm(join(head, "Pulumi.acme.yaml"));
  await expect(takeFleet(folder, head, "acme")).rejects.toThrow(
    "is missing: a stack can be previewed once its file is merged",
  );
});
