import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { pushPayload } from "../../src/webhooks/push-payload.ts";
import { createClient } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await startAcme();
  folder = await mkdtemp(join(tmpdir(), "git-over-http-"));
  for (const [name, scopes] of [
    ["plain", ["repo"]],
    ["packages", ["write:packages"]],
  ] as const) {
    mintClassic(simulator, name, "acme-dev", scopes);
  }
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs git with a token; the token is in the environment, as in a CI. */
async function git(args: string[], token?: string): Promise<string> {
  const identity = { name: "Dee Developer", email: "acme-dev@users.noreply.github.com" };
  const { stdout, stderr } = await promisify(execFile)("git", args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
      ...(token === undefined ? {} : credentials(simulator.world.tokenValue(token))),
    },
  });
  return stdout + stderr;
}

function credentials(value: string): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${value}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

const failureOf = (attempt: Promise<string>) =>
  attempt.then(
    () => "",
    (error: unknown) => (error as { stderr: string }).stderr,
  );

test("a public repository is cloned, fetched, and cloned shallowly", async () => {
  await git(["clone", "--quiet", `${simulator.url}/acme/web.git`, "web"]);
  const head = simulator.world.repository("acme/web").refs.get("refs/heads/main");
  expect((await git(["-C", "web", "rev-parse", "HEAD"])).trim()).toBe(head);
  simulator.byHand("acme-dev").editFiles("acme/web", { "README.md": "# Web\n" });
  await git(["-C", "web", "pull", "--quiet"]);
  expect(await git(["-C", "web", "log", "--format=%s", "-1"])).toBe("Edit by hand\n");
  await git(["clone", "--quiet", "--depth=1", `${simulator.url}/acme/web`, "shallow"]);
  expect(await git(["-C", "shallow", "log", "--format=%s"])).toBe("Edit by hand\n");
});

test("an empty repository accepts its first push, and others later ones, with tags and deletions", async () => {
  const pushed: string[] = [];
  const end = simulator.world.events.on("push", ({ ref }) => pushed.push(ref));
  await git(["clone", "--quiet", `${simulator.url}/acme/playground.git`, "playground"]);
  const inside = (...args: string[]) => git(["-C", "playground", ...args], "plain");
  await writeFile(join(folder, "playground/a.txt"), "a\n".repeat(2000));
  await inside("checkout", "--quiet", "-B", "main");
  await inside("add", ".");
  await inside("commit", "--quiet", "-m", "Begin");
  await inside("push", "--quiet", "origin", "main");
  await writeFile(join(folder, "playground/a.txt"), `${"a\n".repeat(2000)}b\n`);
  await inside("commit", "--quiet", "-am", "Go on");
  await inside("tag", "-a", "v1", "-m", "First");
  await inside("push", "--quiet", "origin", "main", "v1", "main:topic");
  await inside("push", "--quiet", "origin", ":topic");
  end();
  expect(pushed.sort()).toEqual([
    "refs/heads/main",
    "refs/heads/main",
    "refs/heads/topic",
    "refs/heads/topic",
    "refs/tags/v1",
  ]);
  const { world } = simulator;
  const text = world.readFile(world.repository("acme/playground"), "main", "a.txt")?.toString();
  expect(text).toBe(`${"a\n".repeat(2000)}b\n`);
});

test("a push is refused like on GitHub", async () => {
  const url = `${simulator.url}/acme/mailer.git`;
  await git(["clone", "--quiet", url, "mailer"]);
  await writeFile(join(folder, "mailer/x.txt"), "x\n");
  await git(["-C", "mailer", "add", "."]);
  await git(["-C", "mailer", "commit", "--quiet", "-m", "Add x"]);
  const push = (token?: string) =>
    failureOf(git(["-C", "mailer", "push", "origin", "HEAD"], token));
  expect(await push()).toContain("could not read Username");
  expect(await push("packages")).toContain("Permission to acme/mailer.git denied to acme-dev.");
  expect(await push("plain")).not.toContain("rejected");
  await git(["-C", "mailer", "checkout", "--quiet", "-b", "ci"]);
  const workflows = join(folder, "mailer/.github/workflows");
  await mkdir(workflows, { recursive: true });
  await writeFile(join(workflows, "new.yml"), "on: push\n");
  await git(["-C", "mailer", "add", "."]);
  await git(["-C", "mailer", "commit", "--quiet", "-m", "Add a workflow"]);
  expect(await push("plain")).toContain(
    "(refusing to allow a Personal Access Token to create or update workflow `.github/workflows/new.yml` without `workflow` scope)",
  );
  expect(await push("admin")).not.toContain("rejected");
});

test("a private repository does not exist for those who may not see it", async () => {
  const { world } = simulator;
  const hidden = [...world.state.repositories.values()].find((it) => it.visibility === "private");
  const url = `${simulator.url}/acme/${hidden?.name}.git`;
  expect(await failureOf(git(["ls-remote", url]))).toContain("could not read Username");
  expect(await failureOf(git(["ls-remote", url], "packages"))).toContain("Repository not found.");
  expect(await git(["ls-remote", url, "HEAD"], "plain")).toContain("HEAD");
});

test("a message is returned without git's line feed at its end", async () => {
  const payloads: unknown[] = [];
  const end = simulator.world.events.on("push", (event) => {
    const sent = pushPayload(simulator.world, event, event.after);
    payloads.push((sent.head_commit as { message?: string } | null)?.message);
  });
  await git(["clone", "--quiet", `${simulator.url}/acme/mailer.git`, "messages"]);
  await git(["-C", "messages", "commit", "--quiet", "--allow-empty", "-m", "Release 1.2"], "admin");
  await git(["-C", "messages", "push", "--quiet", "origin", "HEAD"], "admin");
  end();
  expect(payloads).toEqual(["Release 1.2"]);
  const { body } = await createClient(simulator, "admin")("GET /repos/acme/mailer/commits/main");
  expect(body.commit.message).toBe("Release 1.2");
});

test("more than three tags in one push are stored, but not reported", async () => {
  const pushed: string[] = [];
  const end = simulator.world.events.on("push", ({ ref }) => pushed.push(ref));
  await git(["clone", "--quiet", `${simulator.url}/acme/mailer.git`, "tags"]);
  const inside = (...args: string[]) => git(["-C", "tags", ...args], "plain");
  const tag = async (names: readonly string[]) => {
    for (const name of names) await inside("tag", name);
    await inside("push", "--quiet", "origin", ...names);
  };
  await tag(["a1", "a2", "a3"]);
  expect(pushed).toEqual(["refs/tags/a1", "refs/tags/a2", "refs/tags/a3"]);
  pushed.length = 0;
  const four = ["b1", "b2", "b3", "b4"];
  await tag(four);
  await inside("push", "--quiet", "origin", ...four.map((name) => `:${name}`));
  await inside("push", "--quiet", "origin", ":a1");
  end();
  expect(pushed).toEqual(["refs/tags/a1"]);
  const { refs } = simulator.world.repository("acme/mailer");
  expect([...refs.keys()].filter((ref) => ref.startsWith("refs/tags/"))).toEqual([
    "refs/tags/a2",
    "refs/tags/a3",
  ]);
});

test("a pull request's head can be fetched by its number, but not written", async () => {
  const admin = createClient(simulator, "admin");
  const sha = simulator.byHand("acme-dev").editFiles("acme/web", { "new.txt": "new\n" });
  const main = simulator.world.repository("acme/web").refs.get("refs/heads/main");
  expect(main).toBe(sha);
  await admin("POST /repos/acme/web/git/refs", { ref: "refs/heads/topic", sha });
  const head = simulator
    .byHand("acme-dev")
    .editFiles("acme/web", { "topic.txt": "topic\n" }, { branch: "topic" });
  const { body } = await admin("POST /repos/acme/web/pulls", {
    title: "Topic",
    head: "topic",
    base: "main",
  });
  const ref = `refs/pull/${body.number}/head`;
  await admin("DELETE /repos/acme/web/git/refs/heads/topic");
  await git(["clone", "--quiet", `${simulator.url}/acme/web.git`, "pulls"]);
  await git(["-C", "pulls", "fetch", "--quiet", "origin", `${ref}:review`]);
  expect((await git(["-C", "pulls", "rev-parse", "review"])).trim()).toBe(head);
  expect(
    (await admin(`GET /repos/acme/web/git/${ref.replace("refs/", "ref/")}`)).body,
  ).toMatchObject({
    ref,
    object: { sha: head },
  });
  const push = git(["-C", "pulls", "push", "origin", `+main:${ref}`], "admin");
  expect(await failureOf(push)).toContain("(deny updating a hidden ref)");
  await admin.expecting(422, `PATCH /repos/acme/web/git/${ref}`, {
    sha,
    force: true,
  });
  const created = { ref: "refs/pull/99/head", sha };
  await admin.expecting(422, "POST /repos/acme/web/git/refs", created);
});

test("an invalid token gives no access, not even to a public repository", async () => {
  const config = (value: string) => ["-c", `http.extraHeader=Authorization: ${value}`];
  const bad = Buffer.from("x-access-token:ghp_none").toString("base64");
  for (const value of [`Basic ${bad}`, "Bearer ghp_none", "token ghp_none"]) {
    const asked = git([...config(value), "ls-remote", `${simulator.url}/acme/web.git`]);
    expect(await failureOf(asked), value).toMatch(/could not read Username|Authentication failed/);
  }
});
