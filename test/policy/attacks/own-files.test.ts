import { describe, expect, test } from "vitest";
import { job, linesOf, login, own, push, wanted } from "./lines-of.ts";

const build = (tags: string) =>
  `- uses: docker/build-push-action@v6\n        with: { push: true, ${tags} }`;

describe("workflow-login-fallback in files that people write, whatever their name", () => {
  const findings = (text: string) => linesOf("workflow-login-fallback", text, "docker-publish.yml");

  test.each([
    ["docker/login-action", [login(own), push], [7]],
    ["the wanted credential", [login(wanted), push], []],
    ["the same with github.token", [login("${{ secrets.GHCR_PAT || github.token }}"), push], []],
    ["a registry of the run", [login(own).replace("ghcr.io", "'${{ vars.R }}'"), push], [7]],
    ["build-push-action", [login(own), build("pull: true")], [7]],
    ["the same with a tag", [login(own), build("tags: 'ghcr.io/a/b:${{ matrix.r }}'")], [7]],
    ["a cache", [login(own), build("tags: a, cache-to: 'type=registry,ref=ghcr.io/a/b'")], [7]],
    ["an output", [login(own), build(`tags: a, outputs: '"name=a,ghcr.io/a",push=true'`)], [7]],
    ["a matrix that does not say", [login(own), build("tags: '${{ matrix.x }}'")], [7]],
    ["a matrix of the run", [login(own), build("tags: 'a/${{ matrix.computed }}'")], [7]],
    [
      "the first version",
      [login(own), build("tags: v1, registry: ghcr.io, repository: a/b").replace("@v6", "@v1")],
      [7],
    ],
    [
      "an action whose tags are no references",
      [
        login(own),
        "- { uses: redhat-actions/push-to-registry@v2, with: { image: api, tags: latest, registry: ghcr.io/acme } }",
      ],
      [7],
    ],
    [
      "a pipe in a script",
      [
        `- run: echo "${own}" | docker login ghcr.io -u me --password-stdin && docker push ghcr.io/a/b`,
      ],
      [6],
    ],
    [
      "a pipe after a command for another machine",
      [
        `- run: |\n          ssh host "make deploy"; echo "${own}" | docker login ghcr.io -u me --password-stdin`,
        push,
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
      "registry-auth",
      [
        `- uses: docker/login-action@v4\n        with: { registry-auth: '[{ registry: ghcr.io, password: "${own}" }]' }`,
        push,
      ],
      [6],
    ],
    ["skopeo copy", [`- run: skopeo copy --dest-creds u:${own} dir:a docker://ghcr.io/a/b`], [6]],
    [
      "a copy from ghcr.io",
      [
        `- run: skopeo copy --dest-creds u:${own} docker://ghcr.io/a/b docker://quay.io/a/b 2>/tmp/log`,
      ],
      [],
    ],
    ["oras push", [`- run: oras push -u u -p ${own} $REF\n        env: { REF: ghcr.io/a/b }`], [6]],
    ["flux push", [`- run: flux push artifact oci://ghcr.io/a/b --creds=flux:${own}`], [6]],
    [
      "the wanted one in jib",
      [`- run: mvn jib:build -Djib.to.image=ghcr.io/a/b -Djib.to.auth.password="${wanted}"`],
      [],
    ],
    ["regctl", [`- run: regctl registry set ghcr.io --user u --pass ${own}`, push], [6]],
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
    const matrix =
      "    strategy: { matrix: { r: [ghcr.io, docker.io], computed: '${{ fromJSON(vars.R) }}' } }\n    steps:";
    const text = job(...steps);
    expect(await findings(text.replace("    steps:", matrix))).toEqual(
      lines.map((line) => line + 1),
    );
  });

  test.each([
    "run: crane tag ghcr.io/acme/api:1 latest",
    "run: gcrane cp quay.io/a/b ghcr.io/a/b",
    "run: /kaniko/executor -d ghcr.io/acme/api",
    "run: ./gradlew pushImage",
    "run: make docker_push",
    "uses: ./.github/actions/publish",
    "uses: acme/docker-publish-action@v1",
    "{ uses: devcontainers/ci@v0.3, with: { imageName: ghcr.io/acme/api } }",
  ])("%s is a push, or may be one", async (step) => {
    expect(await findings(job(login(own), `- ${step}`))).toEqual([7]);
  });

  test.each([
    ["helm install", ["- run: helm install api oci://ghcr.io/acme/api"]],
    ["a login to pull with", [login(own), "- run: docker pull ghcr.io/acme/api"]],
    ["docker run", ["- run: docker run ghcr.io/acme/api"]],
    [
      "logins on other machines, of jobs that deploy",
      [
        `- run: ssh host "docker login ghcr.io -p ${own} && docker pull ghcr.io/a/b" && ./deploy`,
        `- run: |\n          ssh host <<'EOF'\n          docker login ghcr.io -p ${own}\n          EOF`,
      ],
    ],
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
      "an action with such a name that is not to push",
      [login(own), "- { uses: acme/docker-publish-action@v1, with: { push: false } }"],
    ],
    [
      "a development container that only runs tests",
      [login(own), "- { uses: devcontainers/ci@v0.3, with: { imageName: a, push: never } }"],
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

test("a called workflow may take the registry from an input that is ghcr.io by default", async () => {
  const found = (preset: string) =>
    linesOf(
      "workflow-login-fallback",
      job(
        login("${{ secrets.OTHER }}").replace("ghcr.io", "'${{ inputs.registry }}'"),
        build("pull: true"),
      ).replace(
        /^on: .*/,
        `on: { workflow_call: { inputs: { registry: { default: ${preset} } } } }`,
      ),
    );
  expect(await found("ghcr.io")).toEqual([7]);
  expect(await found("quay.io")).toEqual([]);
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
