import { describe, expect, test } from "vitest";
import { checkWorkflows } from "../../../policy/check.ts";
import { now } from "../run-policy.ts";
import { job, linesOf } from "./lines-of.ts";

const wanted = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const own = "${{ secrets.GITHUB_TOKEN }}";
const login = (password: string) =>
  `- uses: docker/login-action@v3\n        with: { registry: ghcr.io, username: me, password: "${password}" }`;
const push = "- run: docker push ghcr.io/acme/api";
const build = (tags: string) =>
  `- uses: docker/build-push-action@v6\n        with: { push: true, ${tags} }`;

describe("workflow-login-fallback in files that people write, whatever their name", () => {
  const findings = (text: string) => linesOf("workflow-login-fallback", text, "docker-publish.yml");

  test.each([
    ["docker/login-action", [login(own), push], [7]],
    ["the wanted credential", [login(wanted), push], []],
    ["the same with github.token", [login("${{ secrets.GHCR_PAT || github.token }}"), push], []],
    ["build-push-action", [login(own), build("pull: true")], [7]],
    ["the same with a tag", [login(own), build("tags: 'ghcr.io/a/b:${{ matrix.r }}'")], [7]],
    ["a cache", [login(own), build("tags: a, cache-to: 'type=registry,ref=ghcr.io/a/b'")], [7]],
    [
      "a pipe in a script",
      [
        `- run: echo "${own}" | docker login ghcr.io -u me --password-stdin && docker push ghcr.io/a/b`,
      ],
      [6],
    ],
    ["the wanted one in a pipe", [`- run: echo "${wanted}" | docker login ghcr.io`, push], []],
    [
      "a variable of the step",
      [`- run: echo "$T" | helm registry login ghcr.io\n        env: { T: "${own}" }`, push],
      [6],
    ],
    [
      "the wanted one in a variable",
      [`- run: echo "$T" | helm registry login ghcr.io\n        env: { T: "${wanted}" }`, push],
      [],
    ],
    [
      "podman-login",
      [
        `- uses: redhat-actions/podman-login@v1\n        with: { registry: ghcr.io, password: "${own}" }`,
        "- run: podman push ghcr.io/acme/api",
      ],
      [6],
    ],
    [
      "an action for ghcr.io",
      [
        `- uses: macbre/push-to-ghcr@v18\n        with: { image_name: a/b, github_token: "${own}" }`,
      ],
      [6],
    ],
    [
      "another one with the wanted credential",
      [`- uses: blue-build/github-action@v1\n        with: { registry_token: "${wanted}" }`],
      [],
    ],
    [
      "one that is to push elsewhere",
      [
        `- uses: blue-build/github-action@v1\n        with: { registry: quay.io, registry_token: "${own}" }`,
      ],
      [],
    ],
    [
      "one login for several registries that chooses",
      [
        '- uses: docker/login-action@v3\n        with: { registry: "${{ matrix.r }}", username: me, password: "${{ matrix.r == \'ghcr.io\' && (secrets.GHCR_PAT || secrets.GITHUB_TOKEN) || secrets.HUB }}" }',
        push,
      ],
      [],
    ],
  ])("%s", async (_what, steps, lines) => {
    const matrix = "    strategy: { matrix: { r: [ghcr.io, docker.io] } }\n    steps:";
    const text = job(...steps);
    expect(await findings(text.replace("    steps:", matrix))).toEqual(
      lines.map((line) => line + 1),
    );
  });

  test.each([
    ["helm install", ["- run: helm install api oci://ghcr.io/acme/api"]],
    ["a login to pull with", [login(own), "- run: docker pull ghcr.io/acme/api"]],
    ["docker run", ["- run: docker run ghcr.io/acme/api"]],
    [
      "a push of images in other registries",
      [
        login(own),
        "- { uses: docker/metadata-action@v5, id: meta, with: { images: acme/api } }",
        build('tags: "acme/api\\n${{ steps.meta.outputs.tags }}"'),
      ],
    ],
    [
      "an action that is not to push",
      [
        login(own),
        "- { uses: whoan/docker-build-with-cache-action@v8, with: { image_name: api, push_image_and_stages: false } }",
      ],
    ],
    [
      "an action that tests itself",
      ["- uses: ./\n        with: { registry: ghcr.io, password: x }"],
    ],
    [
      "another registry",
      [
        "- uses: docker/login-action@v3\n        with: { username: me, password: '${{ secrets.HUB }}' }",
        "- run: docker push acme/api",
      ],
    ],
  ])("%s is not a publication", async (_what, steps) => {
    expect(await findings(job(...steps))).toEqual([]);
    expect(await linesOf("workflow-permissions", job(...steps))).toEqual([]);
    expect(await linesOf("workflow-source-label", job(...steps))).toEqual([]);
  });
});

test("a job whose token may only read packages pushes with another credential only", async () => {
  const found = (password: string, level: string, command = "./scripts/push-commits") =>
    linesOf(
      "workflow-login-fallback",
      job(login(password), `- run: ${command}`).replace(
        "    steps:",
        `    permissions: { packages: ${level} }\n    steps:`,
      ),
      "ci.yml",
    );
  expect(await found(own, "read")).toEqual([]);
  expect(await found("${{ secrets.OTHER }}", "read")).toEqual([8]);
  expect(await found(own, "write")).toEqual([8]);
  expect(await found(own, "read", "pack build ghcr.io/acme/api --publish")).toEqual([8]);
  expect(await found(own, "read", "docker run --publish 80:80 ghcr.io/acme/api")).toEqual([]);
  expect(await found(own, "read", "cosign sign ghcr.io/acme/api")).toEqual([8]);
  expect(await found(own, "read", "cosign sign-blob -y api.iso")).toEqual([]);
});

describe("callers of reusable workflows", () => {
  const callee = (secrets: string) =>
    job(login(wanted), push).replace(/^on: .*/, `on: { workflow_call: { ${secrets} } }`);
  const declares = callee("secrets: { GHCR_PAT: { required: false } }");
  const caller = (uses: string, handed = "") =>
    `on: push\njobs:\n  test: { uses: ./.github/workflows/test.yml }\n  publish:\n    uses: ${uses}\n${handed}`;
  const findings = async (text: string, publish = declares, more: Record<string, string> = {}) => {
    const files = {
      "workflows/ci.yml": text,
      "workflows/publish.yml": publish,
      "workflows/test.yml": job("- run: make test"),
      ...more,
    };
    const found = await checkWorkflows(
      Object.entries(files).map(([name, content]) => ({
        path: `checkout/.github/${name}`,
        text: content,
      })),
      { now, repository: "acme/api" },
    );
    return found
      .filter(({ rule }) => rule.id === "workflow-login-fallback")
      .map(({ line, message }) => `${line}: ${message}`);
  };

  const local = "./.github/workflows/publish.yml";
  test("one of the same repository gets the secret, and a job that tests does not", async () => {
    expect(await findings(caller(local))).toEqual([
      "4: must pass GHCR_PAT to the workflow that it calls.",
    ]);
    const passed = "    secrets: { GHCR_PAT: '${{ secrets.GHCR_PAT }}' }\n";
    expect(await findings(caller(local, passed))).toEqual([]);
    expect(await findings(caller(local, "    secrets: inherit\n"))).toEqual([]);
  });

  test.each([
    ["inputs.push", "{ type: boolean, default: false }", "", "true"],
    [
      "${{ inputs.push == true && github.ref_name == 'main' }}",
      "{ type: boolean }",
      "false",
      "true",
    ],
    ["inputs.push == 'true'", "{ default: 'true' }", "false", "${{ github.ref_protected }}"],
  ])("one whose logins are off for it, if: %s, needs none", async (condition, input, off, on) => {
    const publish = callee(`inputs: { push: ${input} }, secrets: { GHCR_PAT: {} }`).replace(
      "- uses",
      `- if: ${condition}\n        uses`,
    );
    const call = (push: string) =>
      caller(local, push === "" ? "" : `    with: { push: "${push}" }\n`);
    expect(await findings(call(off), publish)).toEqual([]);
    expect(await findings(call(on), publish)).toEqual([
      "4: must pass GHCR_PAT to the workflow that it calls.",
    ]);
  });

  test("one that declares no secret has to", async () => {
    expect(await findings(caller(local), callee("inputs: {}"))).toEqual([
      "4: must call a workflow that declares GHCR_PAT, because this one publishes.",
    ]);
  });

  const secrets = (given: string) => `    secrets: { token: "${given}" }\n`;
  const takes = (name: string, on: string) =>
    job(login(`\${{ secrets.${name} }}`), push).replace(/^on: .*/, `on: ${on}`);
  const renamed = takes("TOKEN", "{ workflow_call: { secrets: { token: { required: true } } } }");
  const wrong =
    "must give exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as token, the password of the file that it calls.";

  test("one that has another name for its password is given the credential", async () => {
    expect(await findings(caller(local, secrets(wanted)), renamed)).toEqual([]);
    expect(await findings(caller(local, secrets(own)), renamed)).toEqual([`6: ${wrong}`]);
    expect(await findings(caller(local, "    secrets: inherit\n"), renamed)).toEqual([
      `4: ${wrong}`,
    ]);
    // Without a password, it cannot log in.
    expect(await findings(caller(local), renamed)).toEqual([]);
  });

  const itself =
    "7: must log in to ghcr.io with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as the password.";

  test("one that something else starts, too, or that nothing here calls, is judged by itself", async () => {
    expect(await findings(caller("./.github/workflows/test.yml"), renamed)).toEqual([itself]);
    const pushed = takes("token", "[push, workflow_call]");
    expect(await findings(caller(local, secrets(wanted)), pushed)).toEqual([
      "4: must call a workflow that declares GHCR_PAT, because this one publishes.",
      itself,
    ]);
  });

  test("what a caller hands on is judged where it comes from", async () => {
    const middle = `on: { workflow_call: { secrets: { given: { required: true } } } }\njobs:\n  a:\n    uses: ${local}\n${secrets("${{ secrets.given }}")}`;
    const outer = (given: string) =>
      caller("./.github/workflows/middle.yml", `    secrets: { given: "${given}" }\n`);
    const more = { "workflows/middle.yml": middle };
    expect(await findings(outer(wanted), renamed, more)).toEqual([]);
    expect(await findings(outer(own), renamed, more)).toEqual([
      `6: ${wrong.replace("token,", "given,")}`,
    ]);
  });

  test("an action that logs in and pushes is given the credential by its steps", async () => {
    const action = (more: string) =>
      `inputs: { token: { required: true${more} } }\nruns:\n  using: composite\n  steps:\n      ${login("${{ inputs.token }}")}\n      ${push}\n`;
    const step = (given: string) =>
      job(`- uses: ./.github/actions/publish\n        with: { token: "${given}" }`);
    const found = (given: string, more = "") =>
      findings(step(given), declares, { "actions/publish/action.yml": action(more) });
    expect(await found(wanted)).toEqual([]);
    expect(await found(own)).toEqual([`7: ${wrong}`]);
    const preset = ", default: '${{ github.token }}'";
    expect(await found(wanted, preset)).toEqual([]);
    const without = job("- uses: ./.github/actions/publish");
    const files = { "actions/publish/action.yml": action(preset) };
    expect(await findings(without, declares, files)).toEqual([`6: ${wrong}`]);
    expect(await found(wanted, ", default: 'pasted'")).toEqual([
      "6: must log in to ghcr.io with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as the password.",
    ]);
  });

  test("an action whose script logs in is given the credential by its steps", async () => {
    const script = [
      "inputs: { token: { required: true }, user: { default: me } }",
      "runs:",
      "  using: composite",
      "  steps:",
      "    - run: echo $TOKEN | docker login ghcr.io -u ${{ inputs.user }} --password-stdin && docker push x",
      "      env: { TOKEN: '${{ inputs.token }}' }",
      "",
    ].join("\n");
    const found = (given: string) =>
      findings(
        job(`- uses: ./.github/actions/publish\n        with: { token: "${given}" }`),
        declares,
        { "actions/publish/action.yml": script },
      );
    expect(await found(wanted)).toEqual([]);
    expect(await found(own)).toEqual([`7: ${wrong}`]);
  });

  test("one in another repository is unknown", async () => {
    expect(await findings(caller("acme/shared/.github/workflows/publish.yml@v1"))).toEqual([]);
  });
});

describe("workflow-permissions in files that people write", () => {
  test.each([
    ["{ contents: write, packages: write, id-token: write }", []],
    ["{ contents: read }", [3]],
    ["{ packages: read }", [3]],
    ["read-all", [3]],
    ["write-all", [5]],
  ])("permissions: %s", async (permissions, lines) => {
    const text = job(login(wanted), push).replace(
      "    steps:",
      `    permissions: ${permissions}\n    steps:`,
    );
    expect(await linesOf("workflow-permissions", text, "publish.yml")).toEqual(lines);
  });

  test("without a block the repository's setting decides", async () => {
    expect(await linesOf("workflow-permissions", job(login(wanted), push))).toEqual([]);
  });
});

test("a file for releases and tags only neither reads nor writes a cache", async () => {
  const cached = job(
    login(wanted),
    "- uses: docker/build-push-action@v6\n        with: { push: true, cache-from: type=gha }",
  );
  const on = (events: string) => cached.replace(/^on: .*/, `on: ${events}`);
  const findings = (text: string) => linesOf("workflow-release-no-cache", text, "publish.yml");
  expect(await findings(on("{ push: { tags: ['v*'] } }"))).not.toEqual([]);
  expect(await findings(on("{ release: { types: [published] } }"))).not.toEqual([]);
  expect(await findings(on("{ push: { branches: [main], tags: ['v*'] } }"))).toEqual([]);
});
