import { expect, test } from "vitest";
import { changes, login, repaired, reported, wanted, workflow } from "../workflow-text.ts";

const ofMatrix = login.map((line) => line.replace("ghcr.io", "${{ matrix.registry }}"));
const docker = ofMatrix.map((line) => line.replace("secrets.GITHUB_TOKEN", "secrets.HUB_TOKEN"));

test.each([
  ["by its registry", "{ registry: [docker.io, ghcr.io] }", "matrix.registry == 'ghcr.io'"],
  [
    "by the other's",
    "{ registry: [docker.io, ghcr.io] }",
    "${{ !(matrix.registry == 'docker.io') }}",
  ],
  [
    "by its name",
    "{ include: [{ at: hub, registry: docker.io }, { at: github, registry: ghcr.io }] }",
    "${{ matrix.at == 'github' && github.event_name == 'push' }}",
  ],
])(
  "the login of one value of the matrix, %s, is repaired and the other's is not",
  (_, matrix, own) => {
    const steps = [...docker, `  if: ${own.replace("==", "!=")}`, ...ofMatrix, `  if: ${own}`];
    const before = workflow({
      steps,
      job: [`strategy: { matrix: ${matrix} }`],
      push: "- run: docker push ${{ matrix.registry }}/acme/api",
    });
    expect(repaired(before)).toMatchObject({
      text: before.replace("secrets.GITHUB_TOKEN", "secrets.GHCR_PAT || secrets.GITHUB_TOKEN"),
      unresolved: [],
    });
  },
);

test("the list of a matrix may be computed from a text", () => {
  const after = (list: string) => {
    const job = [`strategy: { matrix: { registry: "\${{ fromJSON('${list}') }}" } }`];
    return repaired(workflow({ job, steps: ofMatrix })).edits.length;
  };
  expect(after(String.raw`[\"ghcr.io\"]`)).toBe(1);
  expect(after(String.raw`[\"ghcr.io\", \"quay.io\"]`)).toBe(0);
});

test("a program that packs or uploads to a reference in the registry pushes there", () => {
  const after = (run: string) => repaired(workflow({ push: `- run: ${run}` })).edits.length;
  expect(after("gooci upload dist/ ghcr.io/acme/api:1")).toBe(1);
  expect(after("kubecfg pack --alpha oci://ghcr.io/acme/api:1 main.jsonnet")).toBe(1);
  expect(after("gooci upload dist/ quay.io/acme/api:1")).toBe(0);
  expect(after("codecov upload dist/report.xml")).toBe(0);
});

test.each([
  "skopeo copy --src-creds u:${{ secrets.QUAY }} --dest-creds u:TOKEN docker://quay.io/a/b docker://ghcr.io/a/b",
  "docker run quay.io/skopeo/stable copy --dest-creds u:TOKEN docker://docker.io/a/b docker://ghcr.io/a/b",
  "docker run --entrypoint skopeo quay.io/skopeo/stable copy --dest-creds u:TOKEN docker://a/b docker://ghcr.io/a/b",
  "oras push -u u -p TOKEN ghcr.io/acme/api:1 file",
  "oras cp --from-password x --to-password TOKEN quay.io/acme/api:1 ghcr.io/acme/api:1",
  "./gradlew jib -Djib.to.image=ghcr.io/acme/api -Djib.to.auth.password=TOKEN",
])("the password that a program pushes with is replaced in `%s`", (command) => {
  const before = workflow({
    steps: [],
    push: `- run: ${command.replace("TOKEN", "${{ github.token }}")}`,
  });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before.replace("${{ github.token }}", () => wanted));
  expect(unresolved).toEqual([]);
});

test.each([
  ["  with: { package: api }", `, token: "${wanted}" }`],
  ["  with:\n          package: api", `\n          token: ${wanted}`],
])(
  "an action that takes the job's token by itself is given the credential: %j",
  (inputs, added) => {
    const steps = [...login, "- uses: bcgov/action-builder-ghcr@v4", inputs];
    const before = workflow({ steps, push: "" });
    const { text, unresolved } = repaired(before);
    expect(text).toContain(`${inputs.replace(/ }$/, "")}${added}`);
    expect(unresolved).toEqual([]);
    expect(repaired(text).edits).toEqual([]);
  },
);

test("an expression may choose where a build goes", () => {
  const push = (otherwise: string) =>
    [
      "- uses: docker/build-push-action@v6",
      "        env: { REGISTRY: ghcr.io }",
      "        with:",
      `          outputs: \${{ inputs.push && ${otherwise} || 'type=cacheonly' }}`,
    ].join("\n");
  const image = "format('type=image,name={0}/acme/{1},push=true', env.REGISTRY, inputs.name)";
  expect(repaired(workflow({ push: push(image) })).edits).toHaveLength(1);
  expect(repaired(workflow({ push: push("'type=oci'") })).edits).toHaveLength(0);
});

test("an action is known by its own name, whatever the name of its repository", () => {
  const uses = "- uses: acme/test-infra/.github/actions/docker-push@v1";
  const before = workflow({ push: `${uses}\n        with: { tags: ghcr.io/acme/api }` });
  expect(repaired(before).edits).toHaveLength(1);
  const tested = before.replace("infra/.github/actions/docker-push", "image");
  expect(repaired(tested).edits).toHaveLength(0);
});

test("a program's password in a variable of its step is replaced there", () => {
  const push = [
    "- run: mvn jib:build -Djib.to.image=ghcr.io/acme/api -Djib.to.auth.password=$TOKEN",
    "        env: { TOKEN: '${{ github.token }}' }",
  ];
  const before = workflow({ steps: [], push: push.join("\n") });
  expect(repaired(before).text).toBe(before.replace("${{ github.token }}", () => wanted));
});

test.each([
  [
    "an expression that may be an option",
    "",
    "skopeo sync ${{ inputs.dry && '--dry-run' || '' }} --src yaml --dest docker images.yml ghcr.io/acme",
  ],
  [
    "a switch that is off unless somebody starts the run by hand",
    "on:\n  workflow_dispatch:\n    inputs:\n      push: { type: boolean, default: false }",
    "",
  ],
])("a push behind %s is one", (_name, on, command) => {
  const before = workflow({
    on: on || "on: push",
    push: command
      ? `- run: ${command}`
      : "- { uses: docker/build-push-action@v6, with: { push: '${{ inputs.push }}', tags: ghcr.io/acme/api } }",
  });
  expect(repaired(before).edits).toHaveLength(1);
});

test("of several logins in one text, the password for the registry is replaced", () => {
  const steps = [
    "- uses: docker/login-action@v4",
    "  with:",
    "    registry-auth: |",
    "      - registry: docker.io",
    "        password: ${{ secrets.HUB_TOKEN }}",
    "      - registry: ghcr.io",
    "        username: ${{ github.actor }}",
    "        password: ${{ github.token }}",
  ];
  const before = workflow({ steps });
  const { text, unresolved } = repaired(before);
  expect(changes(before, text)).toEqual([
    "- password: ${{ github.token }}",
    `+ password: ${wanted}`,
  ]);
  expect(unresolved).toEqual([]);
});

test.each([
  ["docker/build-push-action@v1", "registry: ghcr.io, repository: acme/api", "password"],
  ["elgohr/Publish-Docker-Github-Action@v5", "registry: ghcr.io, name: acme/api", "password"],
  ["aevea/action-kaniko@master", "registry: ghcr.io, image: acme/api", "password"],
  ["macbre/push-to-ghcr@v18", "image_name: acme/api", "github_token"],
  ["mr-smithers-excellent/docker-build-push@v6", "registry: ghcr.io, push: true", "password"],
  ["whoan/docker-build-with-cache-action@v8", "registry: ghcr.io, image_name: api", "password"],
  [
    "appany/helm-oci-chart-releaser@v0.4.2",
    "registry: ghcr.io, repository: acme/charts",
    "registry_password",
  ],
  [
    "cloudposse/github-action-docker-build-push@2",
    "registry: ghcr.io, organization: acme",
    "password",
  ],
  ["blue-build/github-action@v1", "recipe: recipe.yml", "registry_token"],
])("%s logs in and pushes with %s and its input %s", (uses, inputs, key) => {
  const step = `- { uses: ${uses}, with: { ${inputs}, ${key}: '\${{ github.token }}' } }`;
  const before = workflow({ steps: [], push: step });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before.replace("${{ github.token }}", () => wanted));
  expect(unresolved).toEqual([]);
  const elsewhere = step.replace("ghcr.io", "quay.io");
  if (elsewhere !== step)
    expect(repaired(workflow({ steps: [], push: elsewhere })).edits).toEqual([]);
});

test("an action that pushes as an earlier login allows needs no password", () => {
  const push = "- { uses: redhat-actions/push-to-registry@v2, with: { registry: ghcr.io/acme } }";
  expect(repaired(workflow({ push }))).toMatchObject({
    edits: [{ kind: "credential" }],
    unresolved: [],
  });
  expect(reported(workflow({ push, steps: [] }))).toEqual([
    "9: this step gives the login no password",
  ]);
});

test.each([
  "docker compose -f a.yml -f b.yml --profile all push",
  "pack build ghcr.io/acme/api --publish",
  "./mvnw spring-boot:build-image -Dspring-boot.build-image.publish=true",
  "buildctl build --output type=image,name=ghcr.io/acme/api,push=true",
  "./gradlew bootBuildImage --publishImage",
  "dotnet publish -t:PublishContainer -p:ContainerRegistry=ghcr.io",
  "docker run gcr.io/kaniko-project/executor --destination=ghcr.io/acme/api",
  "docker run -d gcr.io/kaniko-project/executor:v1 -d ghcr.io/acme/api",
  "docker run --name crane alpine/crane push api.tar ghcr.io/acme/api",
  "docker run --entrypoint skopeo acme/tools copy docker://a/b docker://ghcr.io/acme/api",
  "werf build --repo ghcr.io/acme/api",
])("`%s` pushes, and the login before it is repaired", (command) => {
  const top = ["permissions: { contents: read }"];
  const before = workflow({ push: `- run: ${command}`, top });
  expect(repaired(before).edits.map(({ kind }) => kind)).toEqual(["permissions", "credential"]);
});

test("the variable of the registry makes a publishing of .NET a push", () => {
  const push = "- run: dotnet publish -t:PublishContainer";
  const top = ["permissions: { contents: read }"];
  const { unresolved } = repaired(workflow({ push, top }));
  expect(unresolved.map(({ reason }) => reason)).toEqual([
    "nothing says whether the programs of this job push to ghcr.io",
  ]);
  const job = ["env: { ContainerRegistry: ghcr.io }"];
  const { edits } = repaired(workflow({ push, top, job }));
  expect(edits.map(({ kind }) => kind)).toEqual(["permissions", "credential"]);
});

test("of a list of images in one output, one is in the registry", () => {
  const outputs = 'type=image,"name=acme/api,ghcr.io/acme/api",push-by-digest=true,push=true';
  const push = `- { uses: docker/build-push-action@v6, with: { outputs: '${outputs}' } }`;
  expect(repaired(workflow({ push })).edits).toHaveLength(1);
  const elsewhere = push.replace("ghcr.io/acme", "quay.io/acme");
  expect(repaired(workflow({ push: elsewhere })).edits).toEqual([]);
});

test("a login that an action tries several times is a script's", () => {
  const steps = [
    "- uses: nick-fields/retry@v3",
    "  with:",
    "    max_attempts: 3",
    "    command: echo $TOKEN | docker login ghcr.io -u x --password-stdin",
    "  env:",
    "    TOKEN: ${{ github.token }}",
  ];
  const before = workflow({ steps });
  const { text, unresolved } = repaired(before);
  expect(changes(before, text)).toEqual(["- TOKEN: ${{ github.token }}", `+ TOKEN: ${wanted}`]);
  expect(unresolved).toEqual([]);
});

test.each([
  ["a program", "    deploy --server https://acme.example --password $TOKEN"],
  ["another registry", "    echo $TOKEN | docker login acme.example -u x --password-stdin"],
])("a variable that also goes to %s stays, and its login gets the credential", (_what, line) => {
  const own = (password: string) =>
    `    echo ${password} | docker login ghcr.io -u x --password-stdin`;
  const steps = ["- run: |", own("$TOKEN"), line, "  env: { TOKEN: '${{ github.token }}' }"];
  const before = workflow({ steps });
  expect(repaired(before).text).toBe(before.replace(own("$TOKEN"), () => own(wanted)));
});

test("a variable that also goes to the script for retries stays", () => {
  const own = (password: string) =>
    `    command: echo ${password} | docker login ghcr.io -u x --password-stdin`;
  const steps = [
    "- uses: nick-fields/retry@v3",
    "  with:",
    own("$TOKEN"),
    "    on_retry_command: ./tell $TOKEN",
    "  env: { TOKEN: '${{ github.token }}' }",
  ];
  const before = workflow({ steps });
  expect(repaired(before).text).toBe(before.replace(own("$TOKEN"), () => own(wanted)));
});
