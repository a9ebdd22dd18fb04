import { afterEach, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";

const workflow = (steps: string, more = "") => `on: push
jobs:
  job:
    runs-on: ubuntu-24.04
    permissions: { contents: write }
    ${more}
    steps:
${steps.replaceAll(/^/gm, "      ")}
`;

let platform: Simulator;
afterEach(() => platform.close());

/** Two commits, a tag between them, and a push of the workflow; returns its run's log. */
async function runOn(text: string, ref = "refs/heads/main") {
  platform = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      repositories: [{ name: "api", visibility: "private", files: { "bin/a.sh": "#!/bin/sh\n" } }],
    }),
  });
  const ada = platform.byHand("ada");
  const repository = platform.world.repository("acme/api");
  const first = repository.refs.get("refs/heads/main") ?? "";
  repository.refs.set("refs/tags/v1.0.0", first);
  ada.editFiles("acme/api", { "MORE.md": "more\n" });
  ada.editFiles("acme/api", { ".github/workflows/ci.yml": text });
  await platform.actions.idle();
  const run = platform.actions.runs().find((each) => each.event.ref === ref);
  const log = (run?.jobs[0]?.log.text() ?? "").replaceAll(/^\S+Z /gm, "");
  return { run, log, repository, first };
}

test("a checkout is a working copy of only the commit, on its branch", async () => {
  const { run, log, repository } = await runOn(
    workflow(`- uses: actions/checkout@v7
- run: |
    echo "head $(git rev-parse HEAD) on $(git branch --show-current)"
    echo "commits $(git rev-list --count HEAD), tags $(git tag | wc -l)"
    git status --porcelain --branch
    git remote get-url origin
    git ls-files --stage bin/a.sh`),
  );
  expect(run?.conclusion, log).toBe("success");
  expect(log).toContain(`\nhead ${repository.refs.get("refs/heads/main")} on main\n`);
  expect(log).toContain("\ncommits 1, tags 0\n");
  expect(log).toContain("\n## main...origin/main\n");
  expect(log).toContain(`\n${platform.url}/acme/api\n`);
  expect(log).toMatch(/\n100(644|755) [0-9a-f]{40} 0\tbin\/a\.sh\n/);
});

test("a checkout includes the whole history if requested", async () => {
  const { run, log, first } = await runOn(
    workflow(`- { uses: actions/checkout@v7, with: { fetch-depth: 0 } }
- run: |
    git fsck --strict
    echo "described as $(git describe --tags) of $(git rev-list --count HEAD)"
    git log -1 --format='author %an' v1.0.0
- { uses: actions/checkout@v7, with: { ref: v1.0.0, clean: true } }
- run: |
    echo "then $(git rev-parse HEAD) [$(git branch --show-current)]"
    test ! -e MORE.md`),
  );
  expect(run?.conclusion, log).toBe("success");
  expect(log).toMatch(/\ndescribed as v1\.0\.0-2-g[0-9a-f]{7,} of \d\n/);
  expect(log).toContain(`\nthen ${first} []\n`);
});

test("a job can push its commits if the checkout stores the token", async () => {
  const push = (persist: string) =>
    workflow(`- { uses: actions/checkout@v7, with: { persist-credentials: ${persist} } }
- run: |
    git config user.name bot
    git config user.email bot@example.com
    echo 1.2.3 > VERSION
    git add VERSION
    git commit --quiet -m "Release 1.2.3"
    GIT_TERMINAL_PROMPT=0 git push origin HEAD:released`);
  const { run, log, repository } = await runOn(push("true"));
  expect(run?.conclusion, log).toBe("success");
  const released = repository.refs.get("refs/heads/released");
  expect(platform.world.readFile(repository, released ?? "", "VERSION")?.toString()).toBe(
    "1.2.3\n",
  );
  await platform.close();
  const refused = await runOn(push("false"));
  expect(refused.run?.conclusion).toBe("failure");
  expect(refused.log).toContain("could not read Username");
  expect(refused.repository.refs.has("refs/heads/released")).toBe(false);
});

test("files outside a sparse checkout count as unchanged", async () => {
  const { run, log } = await runOn(
    workflow(`- { uses: actions/checkout@v7, with: { sparse-checkout: .github } }
- run: test ! -e bin && test -z "$(git status --porcelain)"`),
  );
  expect(run?.conclusion, log).toBe("success");
});
