import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { walkTree, readCommit } from "../../src/world/objects/repository-git.ts";
import { createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

const folder = mkdtempSync(join(tmpdir(), "git-objects-"));
const git = (args: string[], input?: Uint8Array) =>
  execFileSync("git", args, { cwd: folder, ...(input ? { input } : {}), encoding: "utf8" }).trim();

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAcme();
  git(["init", "--quiet", "--bare", "--initial-branch=main"]);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

test("git itself computes the same id for every object, and finds no errors", async () => {
  const admin = createClient(simulator, "admin");
  const repository = simulator.world.repository("acme/api");
  const hand = simulator.byHand("acme-dev");
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

test("links and submodules have their own types, and refs only names that git allows", async () => {
  const admin = createClient(simulator, "admin");
  const repo = "/repos/acme/web";
  const { sha: head } = (await admin(`GET ${repo}/git/ref/heads/main`)).body.object;
  const module = `[submodule "lib"]\n\tpath = lib\n\turl = https://github.com/acme/lib.git\n`;
  const entry = (path: string, mode: string, content: string) => ({ path, mode, content });
  const { sha: tree } = (
    await admin(`POST ${repo}/git/trees`, {
      base_tree: head,
      tree: [
        entry(".gitmodules", "100644", module),
        entry("docs/link", "120000", "../README.md"),
        entry("dangling", "120000", "nowhere"),
        { path: "lib", mode: "160000", type: "commit", sha: head },
      ],
    })
  ).body;
  const listed = (await admin(`GET ${repo}/git/trees/${tree}`)).body.tree;
  expect(listed.find(({ path }: { path: string }) => path === "lib")).toEqual({
    path: "lib",
    mode: "160000",
    type: "commit",
    sha: head,
  });
  const message = "Link";
  const commit = await admin(`POST ${repo}/git/commits`, { message, tree, parents: [head] });
  const { sha } = commit.body;
  await admin(`POST ${repo}/git/refs`, { ref: "refs/heads/links", sha });
  const at = async (path: string) => (await admin(`GET ${repo}/contents/${path}?ref=links`)).body;
  const readme = await admin(`GET ${repo}/contents/README.md?ref=links`);
  expect(await at("docs/link")).toMatchObject({ type: "file", content: readme.body.content });
  expect(await at("dangling")).toMatchObject({ type: "symlink", target: "nowhere" });
  expect(await at("lib")).toMatchObject({
    type: "submodule",
    submodule_git_url: "https://github.com/acme/lib.git",
    size: 0,
  });
  const typeOfLib = async (version: string) => {
    const headers = { "x-github-api-version": version };
    const { body } = await admin(`GET ${repo}/contents?ref=links`, undefined, headers);
    return body.find(({ path }: { path: string }) => path === "lib").type;
  };
  expect(await typeOfLib("2022-11-28")).toBe("file");
  expect(await typeOfLib("2026-03-10")).toBe("submodule");
  const onLinks = { message, content: "", branch: "links" };
  for (const path of ["lib", "docs"]) {
    await admin.expecting(422, `PUT ${repo}/contents/${path}`, { ...onLinks, sha: head });
  }
  expect((await admin(`GET ${repo}/compare/main...links`)).body.files).toHaveLength(4);

  const asDiff = { accept: "application/vnd.github.diff" };
  const diff = await admin(`GET ${repo}/compare/main...links`, undefined, asDiff);
  const remote = `${simulator.url}/acme/web.git`;
  const fetched = ["fetch", "--quiet", remote, "+refs/heads/*:refs/remotes/web/*"];
  // Asynchronously: the simulator that answers is in this process.
  await promisify(execFile)("git", fetched, { cwd: folder });
  expect(diff.text.trim()).toBe(git(["diff", "--no-color", "web/main", "web/links"]));
  expect(diff.headers.get("content-type")).toBe("application/vnd.github.diff; charset=utf-8");

  const refused = async (ref: string, oid: string) => {
    const { status, body } = await admin.attempt(`POST ${repo}/git/refs`, { ref, sha: oid });
    return [status, body.message];
  };
  const failed = [422, "Reference update failed"];
  expect(await refused("refs/heads/tree", tree)).toEqual(failed);
  expect(await refused("refs/heads/links/below", sha)).toEqual(failed);
  expect(await refused("refs/heads/a..b", sha)).toEqual([
    422,
    "refs/heads/a..b is not a valid ref name.",
  ]);
  await admin.expecting(501, `GET ${repo}/commits/links/comments`);
});

test("an entry of a tree has an object or contents, and not both", async () => {
  const admin = createClient(simulator, "admin");
  const { sha } = (await admin("POST /repos/acme/web/git/blobs", { content: "x" })).body;
  for (const given of [{}, { sha, content: "x" }]) {
    const tree = [{ path: "x", mode: "100644", ...given }];
    const { body } = await admin.expecting(422, "POST /repos/acme/web/git/trees", { tree });
    expect(body.message).toBe("Must supply either tree.sha or tree.content");
  }
});

test("commits are found by time in any notation, and compared in one answer or in pages", async () => {
  const admin = createClient(simulator, "admin");
  const repo = "/repos/acme/mailer";
  const developer = simulator.byHand("acme-dev");
  const { sha } = (await admin(`GET ${repo}/commits/main`)).body;
  await admin(`POST ${repo}/git/refs`, { ref: "refs/heads/topic", sha });
  for (let n = 0; n < 31; n++) {
    developer.editFiles("acme/mailer", { [n]: "" }, { branch: "topic" });
  }
  const { body: all } = await admin(`GET ${repo}/compare/main...topic`);
  expect(all).toMatchObject({ total_commits: 31, commits: { length: 31 }, files: { length: 31 } });
  const { body: page } = await admin(`GET ${repo}/compare/acme:main...topic?per_page=30&page=2`);
  expect(page.commits).toHaveLength(1);
  expect(page).not.toHaveProperty("files");
  await admin.expecting(404, `GET ${repo}/compare/other:main...topic`);

  const { date } = all.commits.at(-1).commit.committer;
  const found = async (query: string) =>
    (await admin(`GET ${repo}/commits?sha=topic&per_page=100&${query}`)).body.length;
  const total = await found("");
  expect(await found(`until=${date.replace("Z", ".000Z")}`)).toBe(total);
  expect(await found(`since=${new Date(Date.parse(date) + 60_000).toISOString()}`)).toBe(0);
  await admin.expecting(404, `GET ${repo}/commits?sha=nowhere`);
});

test("a README has GitHub's media types, except those that are refused", async () => {
  const admin = createClient(simulator, "admin");
  const read = (type: string, status = 200) =>
    admin.expecting(status, "GET /repos/acme/web/readme", undefined, {
      accept: `application/vnd.github.${type}+json`,
    });
  const { content } = (await read("object")).body;
  expect((await read("raw")).text).toBe(Buffer.from(content, "base64").toString());
  await read("html", 501);
});

test("invalid base64 becomes neither a blob nor a file", async () => {
  const admin = createClient(simulator, "admin");
  const commit = `mutation($contents: Base64String!, $head: GitObjectID!) {
    createCommitOnBranch(input: {
      branch: { repositoryNameWithOwner: "acme/web", branchName: "main" }
      expectedHeadOid: $head
      message: { headline: "Add x" }
      fileChanges: { additions: [{ path: "x", contents: $contents }] }
    }) { clientMutationId }
  }`;
  for (const content of ["@@@@", "YWJ", "YW=j", "====", "YWJj_w=="]) {
    const blob = await admin.expecting(422, "POST /repos/acme/web/git/blobs", {
      content,
      encoding: "base64",
    });
    expect(blob.body.message).toBe("content is not valid Base64");
    const file = await admin.expecting(422, "PUT /repos/acme/web/contents/x", {
      message: "Add x",
      content,
    });
    expect(file.body.message).toBe("content is not valid Base64");
    const head = simulator.world.repository("acme/web").refs.get("refs/heads/main");
    const { body } = await admin.expecting(200, "POST /graphql", {
      query: commit,
      variables: { contents: content, head },
    });
    expect(body.errors, content).toHaveLength(1);
  }
  await admin.expecting(201, "POST /repos/acme/web/git/blobs", {
    content: "YWJj\nZGVm\n",
    encoding: "base64",
  });
});
