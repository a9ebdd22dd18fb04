import { describe, expect, it } from "vitest";
import { createWorld, logOf } from "./world.ts";

/** A workflow with one job of these steps. */
function steps(text: string, more = ""): string {
  return `on: push\n${more}\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n${text.replaceAll(/^/gm, "      ")}`;
}

describe("actions/checkout", () => {
  const checkout = (inputs: string) =>
    steps(`- { uses: actions/checkout@v7, with: { ${inputs} } }`);

  it("fails with an invalid token, although the repository is public", async () => {
    const run = await createWorld().runWorkflow(checkout("token: ghp_none"));
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain("remote: Invalid username or token.");
  });

  it("fails with another repository and a token that does not reach it", async () => {
    const world = createWorld();
    world.settings.visibility = "private";
    world.commit({ a: "a" }, { repository: "acme/secrets" });
    const other = (token: string) => checkout(`repository: acme/secrets, token: ${token}`);
    const failed = await world.runWorkflow(other('"${{ github.token }}"'));
    expect(failed.conclusion).toBe("failure");
    expect(logOf(failed)).toContain("remote: Repository not found.");
    const served = await world.runWorkflow(other("pat-of-a-person"));
    expect(served.conclusion, logOf(served)).toBe("success");
  });

  it("of a fork's code in a run of the base branch must be asked for", async () => {
    const on = (inputs: string) => checkout(inputs).replace("on: push", "on: pull_request_target");
    const from = async (fork: string, inputs: string) => {
      const world = createWorld();
      const commit = world.commit({ ".github/workflows/a.yml": on(inputs) });
      const head = { sha: commit.sha, repo: { full_name: fork } };
      const payload = { action: "opened", pull_request: { base: { ref: "main" }, head } };
      const event = { name: "pull_request_target", payload };
      const [run] = await world.push(commit, "refs/heads/main", event);
      await world.actions.idle();
      return run && [run.conclusion, logOf(run)];
    };
    const asked = 'ref: "${{ github.event.pull_request.head.sha }}"';
    expect(await from("sam/api", asked)).toEqual([
      "failure",
      expect.stringContaining("Refusing to check out fork pull request code"),
    ]);
    const others = [`${asked}, allow-unsafe-pr-checkout: true`, "path: here"];
    for (const inputs of others) expect((await from("sam/api", inputs))?.[0]).toBe("success");
    expect((await from("acme/api", asked))?.[0]).toBe("success");
  });

  it("fails if submodules or large files are requested and exist", async () => {
    const world = createWorld();
    const asked = checkout("lfs: true, submodules: recursive");
    expect((await world.runWorkflow(asked)).conclusion).toBe("success");
    const modules = await world.runWorkflow(asked, { ".gitmodules": '[submodule "a"]\n' });
    expect(logOf(modules)).toContain("the simulator checks out no submodules");
    const large = await world.runWorkflow(asked, { ".gitattributes": "*.bin filter=lfs\n" });
    expect(logOf(large)).toContain("the simulator keeps no files of Git LFS");
  });
});

describe("the input of an action", () => {
  it("has a name in any case", async () => {
    const run = await createWorld().runWorkflow(
      steps("- { uses: actions/checkout@v7, with: { Path: here } }\n- run: test -e here/.github"),
    );
    expect([run.conclusion, run.jobs[0]?.annotations]).toEqual(["success", []]);
  });

  it.each([
    ["actions/cache@v5", "path: a", "Input required and not supplied: key"],
    ["actions/cache/restore@v5", "key: a", "Input required and not supplied: path"],
    ["actions/cache@v5", "path: a, key: 'b,c'", "Key Validation Error: b,c cannot contain commas."],
    [
      "actions/cache@v5",
      `path: a, key: ${"k".repeat(513)}`,
      "cannot be larger than 512 characters.",
    ],
    ["actions/upload-artifact@v7", "name: a", "Input required and not supplied: path"],
    ["actions/upload-artifact@v7", "path: a, name: b/c", "The artifact name is not valid: b/c."],
    ["actions/upload-artifact@v7", "path: a, archive: false", "does not know archive: false"],
    [
      "actions/upload-artifact@v7",
      "path: a, if-no-files-found: x",
      "Unrecognized if-no-files-found",
    ],
    ["actions/checkout@v7", "repository: api", "Invalid repository 'api'. Expected format"],
  ])("%s refuses %s", async (action, inputs, reason) => {
    const run = await createWorld().runWorkflow(
      steps(`- { uses: ${action}, with: { ${inputs} } }`),
    );
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(reason);
  });
});

describe("actions/cache", () => {
  const cached = (run: string, more = "") =>
    steps(`- { uses: actions/cache@v5, id: cache, with: { path: "~/.npm\\nmemory", key: "k-$\{{ github.run_id }}", restore-keys: k-${more} } }
- run: ${run}
- run: echo "hit '$\{{ steps.cache.outputs.cache-hit }}' $\{{ steps.cache.outputs.cache-matched-key }}"`);
  const fill =
    "mkdir -p ~/.npm memory && echo one > ~/.npm/a && echo two > memory/b && chmod +x memory/b";

  it("saves after a job that succeeded, and restores files of the home folder, too", async () => {
    const world = createWorld();
    const failed = await world.runWorkflow(cached(`${fill} && exit 3`));
    expect(failed.conclusion).toBe("failure");
    const first = await world.runWorkflow(cached(`test ! -e memory && ${fill}`));
    expect(first.conclusion, logOf(first)).toBe("success");
    expect(logOf(first)).toContain(`Cache saved with key: k-${first.id}`);
    const second = await world.runWorkflow(cached("grep one ~/.npm/a && test -x memory/b"));
    expect(second.conclusion, logOf(second)).toBe("success");
    expect(logOf(second)).toContain(`hit 'false' k-${first.id}`);
  });

  it("hides the caches of a branch from other branches, except those of the default branch", async () => {
    const world = createWorld();
    const from = async (run: string, ref: string) => {
      const commit = world.commit({ ".github/workflows/ci.yml": cached(run) }, { ref });
      const [started] = await world.push(commit, `refs/heads/${ref}`);
      await world.actions.idle();
      return started?.conclusion;
    };
    expect(await from(fill, "topic")).toBe("success");
    expect(await from("test ! -e memory", "other")).toBe("success");
    expect(await from(`test ! -e memory && ${fill}`, "main")).toBe("success");
    expect(await from("test -e memory", "third")).toBe("success");
  });

  it("supports fail-on-cache-miss and lookup-only", async () => {
    const world = createWorld();
    const missed = await world.runWorkflow(cached("true", ", fail-on-cache-miss: true"));
    expect(logOf(missed)).toContain("Failed to restore cache entry. Exiting as fail-on-cache-miss");
    await world.runWorkflow(cached(fill));
    const looked = await world.runWorkflow(cached("test ! -e memory", ", lookup-only: true"));
    expect(looked.conclusion, logOf(looked)).toBe("success");
  });
});

describe("a set-up action", () => {
  const annotated = async (step: string, files: Record<string, string> = {}) => {
    const run = await createWorld().runWorkflow(
      steps(`- uses: actions/checkout@v7\n- ${step}`),
      files,
    );
    return [run.conclusion, ...(run.jobs[0]?.annotations ?? []).map(({ message }) => message)];
  };
  const node = (version: string) =>
    annotated(`{ uses: actions/setup-node@v6, with: { node-version: "${version}" } }`);

  it("provides this machine's version, and warns about another one", async () => {
    const [major] = process.versions.node.split(".");
    for (const version of [major, `>=${major}`, "lts/*", "latest", process.version]) {
      expect(await node(version ?? "")).toEqual(["success"]);
    }
    expect(await node("12")).toEqual([
      "success",
      `the simulator installs no Node 12: steps run with ${process.versions.node}`,
    ]);
    expect(await node("lts/iron")).toHaveLength(2);
  });

  it("fails if the version does not exist", async () => {
    for (const version of ["999", "lts/none", "twenty", ">=100"]) {
      expect(await node(version)).toEqual([
        "failure",
        `Unable to find Node version '${version}' for platform linux and architecture x64.`,
      ]);
    }
    expect(await annotated('{ uses: actions/setup-go@v6, with: { go-version: "1.999" } }')).toEqual(
      ["failure", "Unable to find Go version '1.999' for platform linux and architecture x64."],
    );
    expect(
      await annotated('{ uses: actions/setup-python@v6, with: { python-version: "9.9" } }'),
    ).toEqual([
      "failure",
      "The version '9.9' with architecture 'x64' was not found for Ubuntu 24.04.",
    ]);
  });

  it("reads the version from a file, which must exist", async () => {
    const step = "{ uses: actions/setup-node@v6, with: { node-version-file: package.json } }";
    const [missing, why] = await annotated(step);
    expect([missing, why]).toEqual([
      "failure",
      expect.stringMatching(/^The specified node version file at: .*package\.json does not exist$/),
    ]);
    const engines = (version: string) => ({
      "package.json": JSON.stringify({ engines: { node: version } }),
    });
    expect(await annotated(step, engines("999"))).toHaveLength(2);
    expect(await annotated(step, engines(">=18"))).toEqual(["success"]);
  });
});

describe("a file of a step", () => {
  it("counts up to a wrong line, and is no summary of more than a MiB", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- { continue-on-error: true, run: 'printf "A=1\\nwrong\\nB=2\\n" >> "$GITHUB_ENV"' }
- run: echo "[$A $B]"; head -c 1048577 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"`),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("\n[1 ]\n");
    expect(logOf(run)).toContain("##[error]$GITHUB_STEP_SUMMARY upload aborted, supports content");
    expect(run.jobs[0]?.summary).toBe("");
  });
});

describe("a setting of a step", () => {
  it("fails, and says why, if a setting has another type when it starts", async () => {
    const world = createWorld();
    world.variables.push({ name: "MAY", value: "true", scope: "repository" });
    for (const [setting, value] of [
      ["continue-on-error: ${{ vars.MAY }}", "true"],
      ["continue-on-error: ${{ vars.NONE }}", ""],
      ["timeout-minutes: ${{ vars.MAY }}", "true"],
    ]) {
      const run = await world.runWorkflow(steps(`- run: exit 3\n  ${setting}`));
      expect(run.conclusion).toBe("failure");
      expect(logOf(run)).toMatch(new RegExp(`Line: 8, Col: \\d+\\): Unexpected value '${value}'`));
    }
  });
});

describe("a shell", () => {
  it.each([
    ['bash -c "echo has  run \\"$(cat {0})\\""', "success", "\nhas run hello you\n"],
    ["no-such-shell {0}", "failure", "##[error]no-such-shell: command not found"],
    ["bash -x", "failure", "##[error]Invalid shell option. Shell must be a valid built-in"],
    ["pwsh", "failure", "##[error]the simulator does not know the shell 'pwsh'"],
  ])("runs the script, or the step fails: %s", async (shell, conclusion, text) => {
    const run = await createWorld().runWorkflow(steps(`- { run: hello you, shell: '${shell}' }`));
    expect(run.conclusion).toBe(conclusion);
    expect(logOf(run)).toContain(text);
  });
});

describe("id-token: write", () => {
  const ask = `- run: |
    test -z "$ACTIONS_ID_TOKEN_REQUEST_URL" && echo none && exit 0
    curl --silent --oauth2-bearer "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=x"`;

  it("provides an address that answers that there is no token service", async () => {
    const world = createWorld();
    expect(logOf(await world.runWorkflow(steps(ask)))).toContain("\nnone\n");
    const run = await world.runWorkflow(steps("- run: env", "permissions: { id-token: write }"));
    const [, url = ""] = /ACTIONS_ID_TOKEN_REQUEST_URL=(.*)/.exec(logOf(run)) ?? [];
    const { pathname, search } = new URL(`${url}&audience=x`);
    const answer = await world.actions.api.request(pathname + search);
    expect([answer.status, await answer.json()]).toEqual([
      501,
      expect.objectContaining({ message: "the simulator issues no OpenID Connect tokens" }),
    ]);
  });
});
