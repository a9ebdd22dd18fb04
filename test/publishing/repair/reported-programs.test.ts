import { expect, test } from "vitest";
import { login, repaired, reported, wanted, workflow } from "../workflow-text.ts";

test("a setup action whose input names a registry does not log in", () => {
  const job = ["env: { KO_DOCKER_REPO: ghcr.io/acme/api }"];
  const steps = [...login, "- uses: ko-build/setup-ko@v0.9"];
  expect(repaired(workflow({ job, steps, push: "- run: ko build" })).unresolved).toEqual([]);
});

test.each([
  ["ko-build/setup-ko", "ko login"],
  ["imjasonh/setup-crane", "crane auth login"],
])("the login to add after %s is a step to type", (name, command) => {
  const { unresolved } = repaired(
    workflow({ steps: [`- uses: ${name}@v1`], push: "- run: ko build" }),
  );
  const run = `echo "$TOKEN" | ${command} ghcr.io --username "$GITHUB_ACTOR" --password-stdin`;
  expect(unresolved.map(({ fix }) => fix)).toEqual([
    `after this step:\n- run: ${run}\n  env:\n    TOKEN: ${wanted}`,
  ]);
});

test("features of development containers, which are published with the job's token", () => {
  const push = (input: string) =>
    ["- uses: devcontainers/action@v1", "        with:", `          ${input}`].join("\n");
  const publish = workflow({ steps: [], push: push("publish-features: 'true'") });
  expect(repaired(publish).unresolved).toEqual([
    {
      line: 9,
      reason: "devcontainers/action logs in by itself, with the job's token",
      fix: `in the env of this step:\nDEVCONTAINERS_OCI_AUTH: ghcr.io|\${{ github.actor }}|${wanted}`,
    },
  ]);
  expect(reported(workflow({ steps: [], push: push("validate-only: 'true'") }))).toEqual([]);
});

test.each(["ko-build/setup-ko@v0.9", "imjasonh/setup-ko@v0.8"])("the setup action %s", (uses) => {
  const name = uses.split("@")[0] ?? "";
  expect(reported(workflow({ steps: [`- uses: ${uses}`], push: "- run: ko build" }))).toEqual([
    `9: ${name} logs in by itself, with the job's token`,
  ]);
});

test("a setup action's login that a later one replaces is not reported", () => {
  const steps = ["- uses: ko-build/setup-ko@v0.9", ...login];
  expect(repaired(workflow({ steps, push: "- run: ko build" })).unresolved).toEqual([]);
  const early = ["- uses: ko-build/setup-ko@v0.9", "- run: ko build", ...login];
  expect(repaired(workflow({ steps: early, push: "" })).unresolved).toMatchObject([{ line: 9 }]);
});

test.each([
  ["JIB_PASSWORD", "${{ github.token }}", "./gradlew jib", wanted],
  ["TOKEN", "${{ github.token }}", "mvn jib:build", wanted],
  ["DOCKER_REGISTRY_PASSWORD", "${{ secrets.GITHUB_TOKEN }}", "npx semantic-release", wanted],
  [
    "CI_REGISTRY_AUTH",
    "${{ github.actor }}:${{ secrets.GITHUB_TOKEN }}",
    "nix-shell --run ./ci.sh",
    `\${{ github.actor }}:${wanted}`,
  ],
])("a password in the variable %s of a step that runs other programs", (name, value, run, fix) => {
  const push = (text: string) => [`- run: ${run}`, "        env:", `          ${name}: ${text}`];
  const { text, unresolved } = repaired(workflow({ steps: [], push: push(value).join("\n") }));
  expect(text).toContain(value);
  expect(unresolved).toEqual([
    {
      line: 11,
      reason: `${name} is a password for what this step runs, and what that does with it is not known`,
      fix: `where it is the password of a login:\n${name}: ${fix}`,
    },
  ]);
  expect(reported(workflow({ steps: [], push: push(wanted).join("\n") }))).toEqual([]);
});

test("a variable that a script only tests is no password of it, and a path in a variable is no script", () => {
  const check = (...lines: string[]) => [
    "- env: { GHCR_PAT: '${{ secrets.GHCR_PAT }}' }",
    "  run: |",
    '    : "${GHCR_PAT:?}"',
    '    if [ -z "$GHCR_PAT" ]; then',
    ...lines.map((line) => `      ${line}`),
    "    fi",
  ];
  const steps = (...lines: string[]) => [...check(...lines), ...login];
  expect(
    repaired(workflow({ steps: steps("echo Set GHCR_PAT. >&2", "exit 1") })).unresolved,
  ).toEqual([]);
  for (const line of ['echo "P=$GHCR_PAT" >> "$GITHUB_ENV"', "./publish"])
    expect(repaired(workflow({ steps: steps(line) })).unresolved).toMatchObject([{ line: 9 }]);
  const set = [
    "- run: PRUNE=$GITHUB_WORKSPACE/scripts/prune-images.sh",
    "  env: { T: '${{ github.token }}' }",
  ];
  const job = ["permissions: { packages: write }"];
  expect(reported(workflow({ job, steps: set, push: "" }))).toEqual([]);
});

test("the variables of a step that logs in, or that only tests, are no passwords of its programs", () => {
  const env = ["        env:", "          GHCR_TOKEN: ${{ github.token }}"];
  const push = ["- run: make test", ...env].join("\n");
  expect(reported(workflow({ steps: [], push, top: ["permissions: {}"] }))).toEqual([]);
  const run = "echo $GHCR_TOKEN | docker login ghcr.io -u u --password-stdin && make push";
  const { unresolved } = repaired(
    workflow({ steps: [], push: [`- run: ${run}`, ...env].join("\n") }),
  );
  expect(unresolved).toEqual([]);
});

test("the variable with which the SDK of .NET logs in", () => {
  const step = [
    "- run: dotnet publish -t:PublishContainer -p:ContainerRegistry=ghcr.io",
    "        env: { DOTNET_CONTAINER_REGISTRY_PWORD: '${{ github.token }}' }",
  ];
  expect(reported(workflow({ steps: [], push: step.join("\n") }))).toEqual([
    "10: DOTNET_CONTAINER_REGISTRY_PWORD is a password for what this step runs, and what that does with it is not known",
  ]);
});

test("a push in a job in which nothing logs in", () => {
  const steps = ["- uses: acme/actions/log-in@v1"];
  const before = workflow({ steps });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toEqual([
    {
      line: 10,
      reason: "this step pushes to ghcr.io, and nothing that is known logs in there before it",
      fix: [
        "before this step:",
        '- run: echo "$TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin',
        "  env:",
        `    TOKEN: ${wanted}`,
      ].join("\n"),
    },
  ]);
  const local =
    "{ push: false, outputs: 'type=docker,dest=${{ runner.temp }}/a.tar', tags: ghcr.io/acme/api }";
  const push = `- { uses: docker/build-push-action@v6, with: ${local} }`;
  expect(reported(workflow({ steps, push }))).toEqual([]);
});

test("a push of what nothing names, with the job's token and a variable that names the registry", () => {
  const env = "env: { GITHUB_TOKEN: '${{ github.token }}', KO_DOCKER_REPO: 'ghcr.io/acme' }";
  const step = (run: string) => workflow({ steps: [], push: `- run: ${run}\n        ${env}` });
  const may = "9: this step may push to ghcr.io, and nothing that is known logs in there before it";
  expect(reported(step("make chart-push"))).toEqual([may]);
  expect(reported(step("goreleaser release"))).toEqual([may]);
  expect(reported(step("make test"))).toEqual([]);
});

test("a password of a program whose target is written elsewhere", () => {
  const push = "- run: ./gradlew jib -Djib.to.auth.password=${{ github.token }}";
  expect(reported(workflow({ steps: [], push }))).toEqual([
    "9: ./gradlew gets a password, and what it does with it is not known",
  ]);
  const old = `${push} -Djib.to.image=$IMAGE\n        env: { IMAGE: docker.pkg.github.com/acme/api }`;
  expect(reported(workflow({ steps: [], push: old }))).toEqual([]);
});

test("a program that gets a password and is not a known client", () => {
  const push = "./mvnw package -Dimage=ghcr.io/acme/api -Dpush.password=${{ github.token }}";
  expect(reported(workflow({ steps: [`- run: ${push}`], push: "" }))).toEqual([
    "9: ./mvnw gets a password, and what it does with it is not known",
  ]);
});

test("a program that gets the password of something else, next to the name of an image", () => {
  const push = "bun run-container.ts --image ghcr.io/acme/api --password test";
  expect(reported(workflow({ steps: [`- run: ${push}`], push: "" }))).toEqual([]);
});

test.each([
  "./hooks/push",
  "ci/push.sh --all",
  "make build-publish-image-all",
  "task docker:publish",
])("`%s` pushes, and nothing has to say so", (run) => {
  const { edits } = repaired(workflow({ top: [], push: `- run: ${run}` }));
  expect(edits).toHaveLength(1);
});

test("an action that publishes images by its name, and gets the token of a job that may write packages", () => {
  const publish = (uses: string) => [
    `- uses: ${uses}@v1`,
    "  with: { image-name: api, github-token: '${{ github.token }}' }",
  ];
  const of = (uses: string) => reported(workflow({ steps: publish(uses), push: "" }));
  const reason = "gets a password for a registry, and what it does with it is not known";
  expect(of("acme/publish-image")).toEqual([`10: the action acme/publish-image ${reason}`]);
  expect(of("acme/release")).toEqual([]);
  expect(of("docker/build-push-action")).toEqual([]);
});

test("scripts and targets that get a token in a job that asks for the permission to push", () => {
  const job = ["permissions: { packages: write }"];
  const env = "  env: { TOKEN: '${{ secrets.GITHUB_TOKEN }}' }";
  const of = (run: string, own: readonly string[] = [env], asked = job) =>
    repaired(workflow({ top: [], job: asked, steps: [`- run: ${run}`, ...own], push: "" }), {
      replaceSecrets: ["CR_PAT"],
    }).unresolved;
  const report = (runs: string, fix: string, line = 7, why = "may write packages") => [
    {
      line,
      reason: `job image ${why} and runs ${runs}, which is not read`,
      fix: `if it logs in to ghcr.io, give it:\n${fix}`,
    },
  ];
  expect(of("./scripts/publish.sh --user me")).toEqual(
    report("./scripts/publish.sh", `TOKEN: ${wanted}`),
  );
  expect(of("make push")).toEqual(report("make push", `TOKEN: ${wanted}`));
  expect(of("bash ci/release.sh ${{ github.token }}", [])).toEqual(
    report("bash ci/release.sh", wanted),
  );
  const replaced = ["  env: { CR_PAT: '${{ secrets.CR_PAT }}' }"];
  expect(of("make push", replaced, [])).toEqual(
    report("make push", `CR_PAT: ${wanted}`, 6, "gets CR_PAT"),
  );
  // Nobody logs in without a token, and what has the secret needs no change.
  expect(of("./scripts/publish.sh", [])).toEqual([]);
  expect(of("./scripts/publish.sh", [`  env: { TOKEN: "${wanted}" }`])).toEqual([]);
  expect(of("make test")).toEqual([]);
  expect(of("make push", [env], [])).toEqual([]);
});

test("scripts that get a secret, and are no tests, are named where nothing else is said", () => {
  const of = (run: string, env: string, top: readonly string[] = []) =>
    repaired(workflow({ top, steps: [`- run: ${run}`, `  env: { X: '${env}' }`], push: "" }))
      .scripts;
  const [pat, token] = ["${{ secrets.CR_PAT }}", "${{ secrets.GITHUB_TOKEN }}"];
  const runs = "./scripts/publish.sh";
  expect(of(runs, pat)).toEqual([{ line: 6, runs, secrets: ["CR_PAT"] }]);
  expect(of(runs, token)).toEqual([{ line: 6, runs, secrets: ["GITHUB_TOKEN"] }]);
  expect(of("make push", pat)).toEqual([{ line: 6, runs: "make push", secrets: ["CR_PAT"] }]);
  // This token cannot push, and this secret is the wanted one.
  expect(of(runs, token, ["permissions: { contents: read }"])).toEqual([]);
  expect(of(runs, wanted)).toEqual([]);
  expect(of(runs, "v1")).toEqual([]);
  expect(of("./scripts/test.sh", pat)).toEqual([]);
  expect(of("npm run build", pat)).toEqual([]);
  expect(of("npm ci", token)).toEqual([]);
});
