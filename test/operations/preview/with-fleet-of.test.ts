import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFleetOf } from "../../../src/operations/preview/with-fleet-of.ts";

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

const read = (file: string) => readFile(join(folder, file), "utf8");

interface Taken {
  readonly untried: string[];
  /** The stack's file, meanwhile. */
  readonly text: string;
}

async function take(wanted: string): Promise<Taken> {
  await writeFile(join(folder, "Pulumi.acme.yaml"), base);
  await writeFile(join(head, "Pulumi.acme.yaml"), wanted);
  return takeNow();
}

const takeNow = (stack = "acme") =>
  withFleetOf(head, { folder, stack }, async (untried): Promise<Taken> => ({
    untried,
    text: await read("Pulumi.acme.yaml"),
  }));

test("the fleet is taken, and the rest of the file stays", async () => {
  const { untried, text } = await take(base.replace("name: api", "name: web"));
  expect(untried).toEqual([]);
  expect(text).toBe(base.replace("name: api", "name: web"));
});

test("settings that could send a token elsewhere are not taken, and this is reported", async () => {
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
        `Pulumi.acme.yaml: the change of ${key} is not tried, because it could send tokens elsewhere`,
    ),
  );
});

test("a stack that is named with its organisation has the same file", async () => {
  await take(base);
  await writeFile(join(head, "Pulumi.acme.yaml"), base.replace("name: api", "name: web"));
  const { untried, text } = await takeNow("acme-inc/acme");
  expect(untried).toEqual([]);
  expect(text).toContain("name: web");
});

test("afterwards, the files have their own bytes again, also where the work failed", async () => {
  const text = `${base.trimEnd()}   # a fleet\r\n`;
  const named = base.replace(/fleet:\n[^]*$/, "fleetFile: fleet.yaml\n");
  for (const wanted of [base.replace("name: api", "name: web"), named]) {
    await writeFile(join(folder, "Pulumi.acme.yaml"), text);
    await writeFile(join(head, "Pulumi.acme.yaml"), wanted);
    await writeFile(join(head, "fleet.yaml"), "repositories: []\n");
    expect((await takeNow()).text).not.toBe(text);
    expect(await read("Pulumi.acme.yaml")).toBe(text);
    const failing = withFleetOf(head, { folder, stack: "acme" }, () =>
      Promise.reject(new Error("the engine failed")),
    );
    await expect(failing).rejects.toThrow("the engine failed");
    expect(await read("Pulumi.acme.yaml")).toBe(text);
    await expect(read("fleet.yaml")).rejects.toThrow("ENOENT");
  }
});

test("a removed fleet stays removed", async () => {
  const { text } = await take("config:\n  github:owner: acme\n");
  expect(text).not.toContain("repositories");
});

test("a fleet in a file of its own is taken with it, and only such a file", async () => {
  const named = (file: string) => base.replace(/fleet:\n[^]*$/, `fleetFile: ${file}\n`);
  await writeFile(join(head, "fleet.yaml"), "repositories: [{ name: web }]\n");
  await writeFile(join(folder, "fleet.yaml"), "repositories: [{ name: api }]\n");
  const { untried, text } = await take(named("fleet.yaml"));
  expect({ untried, text }).toEqual({ untried: [], text: named("fleet.yaml") });
  const taken = await withFleetOf(head, { folder, stack: "acme" }, () => read("fleet.yaml"));
  expect(taken).toContain("web");

  await expect(take(named("package.json"))).rejects.toThrow("is not the name of a file beside");
  await expect(take(named("fleet-other.yaml"))).rejects.toThrow(/fleet-other\.yaml is missing/);
  await expect(take(`${base}  ghcr-fleet:fleetFile: fleet.yaml\n`)).rejects.toThrow("has both");
  await rm(join(head, "fleet.yaml"));
  await symlink("/etc/passwd", join(head, "fleet.yaml"));
  await expect(take(named("fleet.yaml"))).rejects.toThrow("is not a regular file");
});

test("a file that is no configuration, and one that is missing, are named", async () => {
  await expect(take("config: [")).rejects.toThrow("is not a stack configuration");
  await expect(take("- a list")).rejects.toThrow("is not a stack configuration: not a map");
  for (const config of ["none", "[{ ghcr-fleet:fleet: {} }]", "1"]) {
    await expect(take(`config: ${config}\n`)).rejects.toThrow("config is not a map");
  }
  const large = `config: {}\n${"# a large file\n".repeat(80_000)}`;
  await expect(take(large)).rejects.toThrow("is larger than 1 MiB, so it is not read");
  expect(await read("Pulumi.acme.yaml")).toBe(base);
  await rm(join(head, "Pulumi.acme.yaml"));
  await expect(takeNow()).rejects.toThrow(
    "is missing: a stack can be previewed once its file is merged",
  );
});

test("a link is not followed: its target could appear in the comment", async () => {
  await writeFile(join(folder, "Pulumi.acme.yaml"), base);
  await writeFile(join(folder, "environ"), "PASSPHRASE=canary [");
  await symlink(join(folder, "environ"), join(head, "Pulumi.acme.yaml"));
  const taken = takeNow();
  await expect(taken).rejects.toThrow(
    /Pulumi\.acme\.yaml is not a regular file, so it is not read$/,
  );
});

test("an encrypted value in the fleet is refused: the engine would decrypt it for the comment", async () => {
  const copied = base.replace(
    "name: api",
    "name: api\n        buildArgs: { A: { secure: v1:box } }",
  );
  await expect(take(copied)).rejects.toThrow(
    "Pulumi.acme.yaml: ghcr-fleet:fleet.repositories.0.buildArgs.A is an encrypted value",
  );
  const whole = "config:\n  ghcr-fleet:fleet:\n    secure: v1:box\n";
  await expect(take(whole)).rejects.toThrow("ghcr-fleet:fleet is an encrypted value");
  expect(await read("Pulumi.acme.yaml")).toBe(base);
});

test("anchors from elsewhere in the file are written out, and a bomb of them is named", async () => {
  const { text } = await take(
    "x: &all [{ name: web }]\nconfig:\n  ghcr-fleet:fleet:\n    repositories: *all\n",
  );
  expect(text).toContain("- name: web");
  const levels = Array.from(
    { length: 9 },
    (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`,
  );
  await expect(take(`a0: &a0 [x]\n${levels.join("\n")}\n`)).rejects.toThrow(
    "is not a stack configuration: Excessive alias count",
  );
});

test("a key of the base that repeats a part of the old fleet is named", async () => {
  await take(base);
  const anchored = "config:\n  ghcr-fleet:fleet: &all\n    repositories: []\n  x:y: *all\n";
  await writeFile(join(folder, "Pulumi.acme.yaml"), anchored);
  await expect(takeNow()).rejects.toThrow(
    "another key refers to a part of ghcr-fleet:fleet by an anchor; write it out",
  );
});
