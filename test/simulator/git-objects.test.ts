import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { byHand, loadSeed, startSimulator, type Simulator } from "../../simulator/index.ts";
import { walkTree, readCommit } from "../../simulator/world/repository-git.ts";
import { createClient } from "./client.ts";

const acme = new URL("../../simulator/seeds/acme.yaml", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "git-objects-"));
const git = (args: string[], input?: Uint8Array) =>
  execFileSync("git", args, { cwd: folder, ...(input ? { input } : {}), encoding: "utf8" }).trim();

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ seed: await loadSeed(acme) });
  git(["init", "--quiet", "--bare", "--initial-branch=main"]);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

test("git itself gives every object the same id, and finds nothing wrong", async () => {
  const admin = createClient(simulator, "admin");
  const repository = simulator.world.repository("acme/api");
  const hand = byHand(simulator.world, "acme-dev");
  hand.editFiles("acme/api", { "a/b/c.txt": "deep\n", "a.txt": "ä€\n", "a-b": "sorted\n" });
  hand.editFiles("acme/api", { "a/b/c.txt": null });
  const head = repository.refs.get("refs/heads/main") ?? "";
  const { sha } = (
    await admin("POST /repos/acme/api/git/tags", {
      tag: "v1",
      message: "One\n",
      object: head,
      type: "commit",
    })
  ).body;
  for (const [oid, { type, body }] of repository.objects) {
    expect(git(["hash-object", "-t", type, "-w", "--stdin"], body)).toBe(oid);
  }
  git(["update-ref", "refs/heads/main", head]);
  git(["update-ref", "refs/tags/v1", sha]);
  expect(git(["fsck", "--strict", "--full", "--no-dangling"])).toBe("");
  const files = walkTree(repository, readCommit(repository, head).tree).map(({ path }) => path);
  expect(git(["ls-tree", "-r", "--name-only", "-z", "main"]).split("\0").filter(Boolean)).toEqual(
    files,
  );
  expect(git(["log", "--format=%an: %s", "main"]).split("\n")).toEqual([
    "Dee Developer: Edit by hand",
    "Dee Developer: Edit by hand",
    "acme-admin: Initial commit",
  ]);
});
