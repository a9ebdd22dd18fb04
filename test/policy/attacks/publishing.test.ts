import { describe, expect, test } from "vitest";
import { change, ci, release } from "../cases/workflow-programs.ts";
import { job, linesOf, linesOfManaged, login as goodLogin, own, push, wanted } from "./lines-of.ts";

const login = "docker/login-action@dbcb813823bdd20940b903addbd779551569679f # v4.6.0";
const password = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const condition = "steps.login.outcome == 'failure'";

describe("workflow-login-fallback", () => {
  const findings = (text: string) => linesOfManaged("workflow-login-fallback", text, "ci.yml");
  const isFine = async (text: string) => (await findings(text)).length === 0;

  test.each([
    "${{secrets.GHCR_PAT||secrets.GITHUB_TOKEN}}",
    "${{  secrets.GHCR_PAT  ||  secrets.GITHUB_TOKEN  }}",
    `"${password}"`,
  ])("the password is the same, however it is spaced: %s", async (as) => {
    expect(await isFine(change(ci, password, as))).toBe(true);
  });

  test.each([
    "${{ secrets.GITHUB_TOKEN || secrets.GHCR_PAT }}",
    "${{ (secrets.GHCR_PAT || secrets.GITHUB_TOKEN) }}",
    "${{ secrets['GHCR_PAT'] || secrets.GITHUB_TOKEN }}",
    "${{ secrets.GHCR_PAT || github.token }}",
    "${{ secrets.GHCR_PAT && secrets.GITHUB_TOKEN }}",
    "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}x",
    "secrets.GHCR_PAT || secrets.GITHUB_TOKEN",
  ])("the password is another: %s", async (as) => {
    expect(await isFine(change(ci, password, as))).toBe(false);
  });

  test.each([
    "${{ steps.login.outcome=='failure' }}",
    "always() && steps.login.outcome == 'failure'",
    "github.event_name == 'push' && ('failure' == steps.login.outcome)",
  ])("the second login follows a failure: %s", async (as) => {
    expect(await isFine(secondIf(as))).toBe(true);
  });

  test.each([
    "always()",
    "steps.login.outcome != 'success'",
    "steps.login.conclusion == 'failure'",
    "steps.other.outcome == 'failure'",
    "steps.login.outcome == 'failure' || always()",
    "!(steps.login.outcome == 'failure')",
  ])("the second login does not: %s", async (as) => {
    expect(await isFine(secondIf(as))).toBe(false);
  });

  test("a job that logs in and runs a script publishes where the workflow's token may", async () => {
    const lines = (run: string, packages = "write") =>
      linesOf(
        "workflow-login-fallback",
        `permissions: { packages: ${packages} }\n${job(goodLogin(own), `- run: ${run}`)}`,
      );
    expect(await lines("bash scripts/mirror/sync.sh")).toEqual([8]);
    expect(await lines("make images")).toEqual([8]);
    expect(await lines("./scripts/test.sh")).toEqual([]);
    expect(await lines("./trivy image ghcr.io/acme/api")).toEqual([]);
    expect(await lines("bash scripts/mirror/sync.sh", "read")).toEqual([]);
    expect(await lines("docker run ghcr.io/acme/api")).toEqual([]);
  });

  test("any program may log in to a registry", async () => {
    const found = (run: string) =>
      linesOf("workflow-login-fallback", job(`- run: ${run} -p "${own}"`, push));
    expect(await found("gooci login ghcr.io -u x")).toEqual([6]);
    expect(await found("npm login --registry https://npm.pkg.github.com")).toEqual([]);
    const uploads = (to: string) =>
      linesOf(
        "workflow-login-fallback",
        job(goodLogin(own), `- run: gooci upload dist/ ${to}/a/b`),
      );
    expect(await uploads("ghcr.io")).toEqual([7]);
    expect(await uploads("quay.io")).toEqual([]);
    const retried = (password: string) =>
      `- uses: nick-fields/retry@v3\n        with: { command: "docker login ghcr.io -u x -p ${password}" }`;
    const lines = (password: string) =>
      linesOf("workflow-login-fallback", job(retried(password), push));
    expect(await lines(own)).toEqual([6]);
    expect(await lines(wanted)).toEqual([]);
  });

  test.each([
    ["the first login ends the job", change(ci, "continue-on-error: true", "timeout-minutes: 1")],
    ["no username", change(ci, /username: .*/, "username: ${{ '' }}")],
    ["inputs in capitals", change(ci, "password:", "PASSWORD: x\n          other:")],
    [
      "another name for the registry",
      change(ci, "registry: ghcr.io", "registry: https://GHCR.io/a"),
    ],
  ])("%s", async (what, text) => {
    expect(await isFine(text)).toBe(what === "another name for the registry");
  });

  test.each([
    ["- run: docker login -u me --password-stdin ghcr.io", 6],
    ["- run: |\n          docker login \\\n            -u me ghcr.io", 6],
    ["- run: podman login $HOST\n        env: { HOST: ghcr.io }", 6],
    [`- uses: ${login}\n        with: { registry-auth: '[{ registry: ghcr.io }]' }`, 6],
    ["- run: |\n          R=ghcr.io\n          docker login $R", 6],
    ["- run: echo $T | docker login -u me --password-stdin ghcr.io", 6],
    ["- run: echo 'docker login ghcr.io' | sh", 6],
    ['- run: echo "$(docker login ghcr.io)"', 6],
    [`- uses: redhat-actions/podman-login@v1\n        with: { registry: ghcr.io, password: x }`, 6],
    [
      `- uses: azure/docker-login@v2\n        with: { login-server: "\${{ env.R }}", password: x }\n        env: { R: ghcr.io }`,
      6,
    ],
    ["- run: ./ko login --password-stdin ghcr.io", 6],
    ["- run: werf cr login ghcr.io", 6],
    [`- run: |\n          echo '{"auths":{"ghcr.io":{"auth":"a"}}}' > ~/.docker/config.json`, 6],
    [
      "- uses: acme/build@v1\n        with: { image: ghcr.io/a/b, container-registry-password: x }",
      6,
    ],
    [
      "- uses: acme/build@v1\n        with: { image: quay.io/a/b, container-registry-password: x }",
      undefined,
    ],
    ["- uses: acme/notify@v1\n        with: { registry: quay.io, password: x }", undefined],
    ["- uses: acme/list@v1\n        with: { registry: ghcr.io }", undefined],
    ["- run: |\n          # docker login ghcr.io is done above\n          make", undefined],
    ['- run: echo "::notice::docker login ghcr.io as $USER"', undefined],
    ["- run: echo 'For a login, see ghcr.io'", undefined],
    ["- run: echo you have to login to ghcr.io as $USER", undefined],
    ["- run: echo please && docker login ghcr.io", 6],
    ["- run: docker login $HOST\n        env: { HOST: quay.io }", undefined],
  ])("a login that goes around the action is found: %j", async (step, line) => {
    const found = await findings(job(step));
    expect(found.filter((each) => each !== 1)).toEqual(line === undefined ? [] : [line]);
  });

  test("a login that goes around the action is a login", async () => {
    const around = job("- run: docker login ghcr.io", "- run: docker push ghcr.io/acme/api");
    expect(await findings(around)).toEqual([6]);
  });

  const calling = (...jobs: string[]) =>
    `on: push\nenv: { IMAGE: ghcr.io/a/b }\njobs:\n${jobs.map((each) => `  ${each}\n`).join("")}`;
  const call = (name: string, permissions: string) =>
    `${name}: { uses: ./.github/workflows/${name}.yml, permissions: ${permissions} }`;

  test.each([
    ["one that may write packages", [call("a", "{ packages: write }")], [4]],
    ["one that may write anything", [call("a", "write-all")], [4]],
    ["a test beside it", [call("a", "{ packages: write }"), call("b", "{ contents: read }")], [4]],
    ["one that may not", [`${call("a", "{}")}\n  # \${{ secrets.OTHER }}`], [4]],
    [
      "a file in which nothing may",
      [call("a", "{ packages: read }"), call("b", "read-all")],
      [4, 5],
    ],
  ])("a call must pass the secret: %s", async (_what, jobs, lines) => {
    expect(await findings(calling(...jobs))).toEqual(lines);
  });

  test.each([
    ["${{ env.REGISTRY }}", "env: { REGISTRY: ghcr.io }", true],
    ["${{ env.REGISTRY || 'docker.io' }}", "env: { REGISTRY: ghcr.io }", true],
    ["${{ env.REGISTRY }}", "env: { REGISTRY: '${{ vars.REGISTRY }}' }", true],
    ["${{ env.REGISTRY }}", "env: { REGISTRY: '${{ env.REGISTRY }}' }", true],
    ["${{ matrix.registry }}", "strategy: { matrix: { registry: [docker.io, ghcr.io] } }", true],
    ["${{ matrix.r }}", "strategy: { matrix: { include: [{ r: ghcr.io }] } }", true],
    ["${{ format('{0}.io', vars.REGISTRY) }}", "env: {}", true],
    ["${{ env.REGISTRY }}", "env: { REGISTRY: quay.io }", false],
    ["${{ matrix.registry }}", "strategy: { matrix: { registry: [docker.io] } }", false],
    ["docker.io", "env: {}", false],
  ])("a registry that the run decides may be ghcr.io: %s, %s", async (registry, setting, may) => {
    const step = `- uses: ${login}
        with: { registry: "${registry}", username: me, password: "${password}" }`;
    const set = (text: string) => text.replace("    steps:", `    ${setting}\n    steps:`);
    const text = set(job(step, "- run: docker push ghcr.io/acme/api"));
    expect(await findings(text)).toEqual(may ? [] : [1]);
    const wrong = change(text, password, "${{ secrets.OTHER }}");
    expect(await findings(wrong)).toEqual(may ? [8] : [1]);
  });

  test.each([
    ["matrix.registry == 'docker.io'", [1]],
    ["github.event_name == 'push' && matrix.registry == 'docker.io'", [1]],
    ["matrix.registry == 'ghcr.io'", [9]],
    ["matrix.registry != 'docker.io'", [9]],
    ["${{ matrix.registry != 'ghcr.io' }}", [1]],
    ["matrix.registry == 'docker.io' || always()", [9]],
    ["contains(matrix.registry, 'ghcr.io') == true", [9]],
  ])("a login of the matrix that runs if %s", async (condition, lines) => {
    const step = `- uses: ${login}
        if: ${condition}
        with: { registry: "\${{ matrix.registry }}", username: me, password: "\${{ secrets.OTHER }}" }`;
    const matrix = "strategy: { matrix: { registry: [docker.io, ghcr.io] } }";
    const text = job(step, "- run: docker push ghcr.io/acme/api");
    expect(await findings(text.replace("    steps:", `    ${matrix}\n    steps:`))).toEqual(lines);
  });

  test("a login to another registry does not matter", async () => {
    const elsewhere = `      - uses: ${login}\n        with: { registry: "\${{ vars.R }}", password: x }\n`;
    expect(await isFine(change(ci, "    steps:\n", `    steps:\n${elsewhere}`))).toBe(true);
  });

  function secondIf(as: string): string {
    const [head = "", tail = ""] = ci.split("Log in to ghcr.io with the job's own token");
    return `${head}Log in again${change(tail, condition, as)}`;
  }
});

describe("workflow-triggers", () => {
  const findings = (text: string, path: string) => linesOfManaged("workflow-triggers", text, path);
  const push = "  push:\n    branches:\n      - main\n";

  test.each([
    ["one branch without a list", "  push: { branches: main }\n", true],
    ["tags as well", "  push: { branches: main, tags: ['*'] }\n", false],
    ["no branch but one", "  push: { branches-ignore: [wip] }\n", false],
    ["a pattern", "  push: { branches: ['**'] }\n", false],
  ])("ci.yml: %s", async (_what, as, passes) => {
    expect((await findings(change(ci, push, as), "ci.yml")).length === 0).toBe(passes);
  });

  test.each([
    ["one type without a list", "  release: { types: published }\n", true],
    ["every type", "  release:\n", false],
    ["another type", "  release: { types: [created] }\n", false],
    ["pushes as well", "  release: { types: published }\n  push:\n", false],
  ])("release.yml: %s", async (_what, as, passes) => {
    const text = change(release, "  release:\n    types:\n      - published\n", as);
    expect((await findings(text, "release.yml")).length === 0).toBe(passes);
  });
});

describe("logins of files that people write", () => {
  const lines = (...steps: string[]) => linesOf("workflow-login-fallback", job(...steps));

  test.each([
    ["- uses: ko-build/setup-ko@v0.9", "- run: ko build ./cmd/api"],
    ["- uses: ko-build/setup-ko@v0.9", "- run: ko build ./cmd/api && curl -L example.org"],
    ["- uses: ko-build/setup-ko@v0.9", "- run: make images"],
    ["- uses: imjasonh/setup-crane@v0.4", push],
    ["- uses: devcontainers/action@v1\n        with: { publish-features: 'true' }"],
    ["- uses: bcgov/action-builder-ghcr@v4\n        with: { package: api }"],
    ["- uses: benfrisbie/docker-tag-build-push-action@v1"],
  ])("an action that logs in itself: %s", async (...steps) => {
    expect(await lines(...steps)).toEqual([6]);
  });

  test.each([
    ["- uses: ko-build/setup-ko@v0.9", "- run: ko build --local ./cmd/api"],
    ["- uses: ko-build/setup-ko@v0.9\n        env: { KO_DOCKER_REPO: quay.io/acme }"],
    ["- uses: imjasonh/setup-crane@v0.4", goodLogin(wanted), push],
    ["- uses: devcontainers/action@v1\n        with: { publish-features: 'false' }"],
    [`- uses: bcgov/action-builder-ghcr@v4\n        with: { token: "${wanted}" }`],
    [
      "- uses: benfrisbie/docker-tag-build-push-action@v1\n        with: { registry: docker.io, password: x }",
    ],
  ])("one that does not, or whose login is replaced: %s", async (...steps) => {
    expect(await lines(...steps)).toEqual([]);
  });

  test("the registry may stand in a variable, with more behind it", async () => {
    const env = "env: { REGISTRY: 'ghcr.io/${{ github.repository_owner }}' }";
    const login = goodLogin(own).replace("registry: ghcr.io", "registry: '${{ env.REGISTRY }}'");
    const text = job(`${login}\n        ${env}`, push);
    expect(await linesOf("workflow-login-fallback", text)).toEqual([7]);
  });

  test("what a script only prints is no push", async () => {
    const steps = [goodLogin(own), '- run: echo "no release yet" && docker pull ghcr.io/acme/api'];
    expect(await lines(...steps)).toEqual([]);
  });
});
