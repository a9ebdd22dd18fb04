import { expect, test } from "vitest";
import { login, path, repaired, wanted, workflow } from "../workflow-text.ts";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";

/** The reports about a file that is not changed. */
function reported(before: string): string[] {
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  for (const { fix } of unresolved) expect(fix).not.toBe("");
  return unresolved.map(({ line, reason }) => `${line}: ${reason}`);
}

test("a login that serves several registries", () => {
  const steps = login.map((line) => line.replace("ghcr.io", "${{ matrix.registry }}"));
  const job = ["strategy: { matrix: { registry: [ghcr.io, docker.io] } }"];
  expect(reported(workflow({ steps, job }))).toEqual([
    "14: this login serves ghcr.io and other registries",
  ]);
});

test.each([
  "${{ matrix.x == 'a' && 'ghcr.io' || 'docker.io' }}",
  '${{ fromJSON(\'["ghcr.io", "docker.io"]\')[matrix.x] }}',
  "${{ case(matrix.x == 'a', 'ghcr.io', 'docker.io') }}",
])("a login to one of several registries, %s, with one of several passwords", (registry) => {
  const steps = login.map((line) =>
    line
      .replace("ghcr.io", registry)
      .replace("secrets.GITHUB_TOKEN", "matrix.x == 'a' && github.token || secrets.HUB"),
  );
  const { unresolved } = repaired(workflow({ steps }));
  expect(unresolved).toEqual([
    {
      line: 13,
      reason:
        "this login serves ghcr.io and other registries; the password depends on a condition, or is put together from several texts",
      fix: "password: ${{ matrix.x == 'a' && (secrets.GHCR_PAT || secrets.GITHUB_TOKEN) || secrets.HUB }}",
    },
  ]);
});

test("a registry that only the run knows, with the job's token", () => {
  const steps = login.map((line) => line.replace("ghcr.io", "${{ vars.REGISTRY }}"));
  expect(reported(workflow({ steps }))).toEqual([
    "13: the registry of this login is only known in the run",
  ]);
  const { edits } = repaired(workflow({ steps }), { variables: { REGISTRY: "ghcr.io" } });
  expect(edits).toHaveLength(1);
});

test("several logins in one text that is no list", () => {
  const steps = [
    "- uses: docker/login-action@v4",
    "  with:",
    "    registry-auth: '[{ registry: ghcr.io, password: ${{ secrets.GITHUB_TOKEN }} }]'",
  ];
  expect(reported(workflow({ steps }))).toEqual([
    "11: several logins stand in one text: registry-auth",
  ]);
});

test.each(["github.event.pull_request.head.sha", "github.head_ref"])(
  "a login in a job that has secrets and the code of a pull request, by %s",
  (ref) => {
    const checkout = ["- uses: actions/checkout@v4", `  with: { ref: "\${{ ${ref} }}" }`];
    const steps = [...checkout, ...login];
    const reason =
      "this job checks out the code of pull requests, and has the repository's secrets: that code could take GHCR_PAT";
    expect(reported(workflow({ on: "on: [push, pull_request_target]", steps }))).toEqual([
      `15: ${reason}`,
    ]);
    for (const text of [
      workflow({ on: "on: [push, pull_request]", steps }),
      workflow({ on: "on: pull_request_target", steps: login }),
    ])
      expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
  },
);

test.each(["ko-build/setup-ko@v0.9", "imjasonh/setup-ko@v0.8"])("the setup action %s", (uses) => {
  const name = uses.split("@")[0] ?? "";
  expect(reported(workflow({ steps: [`- uses: ${uses}`], push: "- run: ko build" }))).toEqual([
    `9: ${name} logs in by itself, with the job's token`,
  ]);
});

test("a setup action that is told where to push does not log in", () => {
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

test("a setup action's login that a later one replaces is not reported", () => {
  const steps = ["- uses: ko-build/setup-ko@v0.9", ...login];
  expect(repaired(workflow({ steps, push: "- run: ko build" })).unresolved).toEqual([]);
  const early = ["- uses: ko-build/setup-ko@v0.9", "- run: ko build", ...login];
  expect(repaired(workflow({ steps: early, push: "" })).unresolved).toMatchObject([{ line: 9 }]);
});

const remote =
  "a script for another machine logs in there: it gets a token that may write packages";

test("scripts for other machines, whatever they do there", () => {
  const command = "echo ${{ secrets.GITHUB_TOKEN }} | docker login ghcr.io -u x --password-stdin";
  const action = [
    "- uses: appleboy/ssh-action@v1",
    "  with:",
    "    script: |",
    `      ${command}`,
    "      docker compose pull",
  ];
  expect(reported(workflow({ steps: action, push: "" }))).toEqual([`11: ${remote}`]);
  const shell = ["- run: |", "    ssh host <<EOF", `    ${command}`, "    EOF"];
  expect(reported(workflow({ steps: shell, push: "" }))).toEqual([`9: ${remote}`]);
  // A token that may only read is what such a machine is to have.
  const top = ["permissions: { packages: read }"];
  expect(reported(workflow({ steps: action, push: "", top }))).toEqual([]);
  expect(reported(workflow({ steps: shell, push: "", top }))).toEqual([]);
});

test.each([
  [
    "a here-document",
    ["    cat <<EOF | docker login ghcr.io -u x --password-stdin", "    T", "    EOF"],
  ],
  ["a program", ["    ./token | docker login ghcr.io -u x --password-stdin"]],
])("a password from %s is not in the file", (_name, lines) => {
  expect(reported(workflow({ steps: ["- run: |", ...lines] }))).toEqual([
    "10: the password of this login comes from a file or a program",
  ]);
});

test("scripts inside scripts, and the file of logins", () => {
  const nested = ["- run: bash -c 'docker login ghcr.io -u x -p ${{ github.token }}'"];
  expect(reported(workflow({ steps: nested }))).toEqual(["9: a script inside this script logs in"]);
  const written = [
    "- run: |",
    "    cat <<EOF > config.json",
    '    {"auths": {"ghcr.io": {"auth": "x"}}}',
    "    EOF",
  ];
  expect(reported(workflow({ steps: written }))).toEqual([
    "9: this script writes the file in which clients keep their logins",
  ]);
});

test("an unknown action with a password for the registry", () => {
  const steps = [
    "- uses: acme/publish@v1",
    "  with:",
    "    registry: ghcr.io",
    "    password: ${{ github.token }}",
  ];
  expect(reported(workflow({ steps, push: "- run: docker push ghcr.io/acme/api" }))).toEqual([
    "12: the action acme/publish gets a password for ghcr.io, and what it does with it is not known",
  ]);
});

test("an unknown action with a registry's password in a job that may push, whose image only the run knows", () => {
  const uses = ["- uses: acme/api/.github/actions/promote@main", "  with:"];
  const steps = [...uses, "    registry_token: ${{ github.token }}"];
  const job = ["permissions: { packages: write }"];
  expect(reported(workflow({ top: [], job, steps, push: "" }))).toEqual([
    "9: the action acme/api/.github/actions/promote gets a password for a registry, and what it does with it is not known",
  ]);
  const token = [...uses, "    token: ${{ github.token }}"];
  expect(reported(workflow({ top: [], job, steps: token, push: "" }))).toEqual([]);
});

test("an action with the registry in its name gets the job's token, except one that cleans up", () => {
  const steps = (name: string) => [
    `- uses: ${name}@v1`,
    "  with: { github_token: '${{ github.token }}' }",
  ];
  expect(reported(workflow({ steps: steps("acme/push-to-ghcr"), push: "" }))).toEqual([
    "10: the action acme/push-to-ghcr gets a password for ghcr.io, and what it does with it is not known",
  ]);
  expect(reported(workflow({ steps: steps("acme/delete-ghcr-images"), push: "" }))).toEqual([]);
});

test("another secret of such an action, also through a variable", () => {
  const action = ["- uses: acme/publish@v1", "  with:", "    registry: ghcr.io"];
  const reason =
    "the action acme/publish gets another secret (BOT) for ghcr.io, and what it does with it is not known";
  const direct = [
    ...action,
    "    password: ${{ secrets.BOT }}",
    "    npm-token: ${{ secrets.NPM }}",
  ];
  expect(reported(workflow({ steps: direct }))).toEqual([`12: ${reason}`]);
  const carried = [...action, "    token: ${{ env.BOT }}", "  env: { BOT: '${{ secrets.BOT }}' }"];
  expect(reported(workflow({ steps: carried }))).toEqual([`12: ${reason}`]);
  const right = [...action, `    password: ${wanted}`];
  expect(reported(workflow({ steps: right }))).toEqual([]);
});

test("a program that gets a password and is not a known client", () => {
  const push = "./mvnw package -Dimage=ghcr.io/acme/api -Dpush.password=${{ github.token }}";
  expect(reported(workflow({ steps: [`- run: ${push}`], push: "" }))).toEqual([
    "9: ./mvnw gets a password, and what it does with it is not known",
  ]);
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

test("a variable with a name that no shell knows", () => {
  const steps = login.map((line) => line.replace("secrets.GITHUB_TOKEN", "env['a(b']"));
  expect(reported(workflow({ steps }))).toEqual([
    "13: the password is the variable A(B, which nothing in this file sets",
  ]);
});

test("a password of a program whose target is written elsewhere", () => {
  const push = "- run: ./gradlew jib -Djib.to.auth.password=${{ github.token }}";
  expect(reported(workflow({ steps: [], push }))).toEqual([
    "9: ./gradlew gets a password, and what it does with it is not known",
  ]);
});

test("a password that a script puts into the environment", () => {
  const steps = [
    "- run: echo TOKEN=$(cat token) >> $GITHUB_ENV",
    "- run: docker login ghcr.io -u x -p $TOKEN",
  ];
  expect(reported(workflow({ steps }))).toEqual([
    "10: the password is the variable TOKEN, which a script sets in the run",
  ]);
});

test.each([
  "TOKEN=$(curl https://example.com)",
  "if test -f x; then TOKEN=$A; else TOKEN=$B; fi",
  "read -r TOKEN < /run/secrets/token",
  "printf -v TOKEN %s $A",
  "export TOKEN=`cat token`",
])("a password that the script sets itself, with `%s`", (set) => {
  const job = ["env:", "  TOKEN: ${{ secrets.GITHUB_TOKEN }}"];
  const steps = [
    "- run: |",
    `    ${set}`,
    "    echo $TOKEN | docker login ghcr.io -u x --password-stdin",
  ];
  expect(reported(workflow({ steps, job }))).toEqual(["13: the password is only known in the run"]);
});

test("images of other owners, which the job's token cannot push", () => {
  const push = "- run: docker push ghcr.io/other/api && docker push ghcr.io/Acme/api";
  const text = workflow({
    steps: login.map((line) => line.replace(/\$.*TOKEN.*/, () => wanted)),
    push,
  });
  expect(reported(text)).toEqual([]);
  const { unresolved } = repaired(text, { repository: "acme/api" });
  expect(unresolved).toEqual([
    {
      line: 14,
      reason:
        "the job's token may write packages of acme only: without GHCR_PAT, the push to ghcr.io/other fails",
      fix: "push to ghcr.io/acme, or set GHCR_PAT to a token that may write packages of other",
    },
  ]);
  expect(repaired(text, { owners: ["me", "other", "acme"] }).unresolved).toEqual([]);
});

test("a workflow of another repository", () => {
  const call = (secrets: string) =>
    [
      "on: push",
      "jobs:",
      "  image:",
      "    permissions: { packages: write }",
      "    uses: acme/workflows/.github/workflows/publish.yml@v1",
      `    secrets: ${secrets}`,
      "",
    ].join("\n");
  expect(reported(call("{ token: '${{ secrets.GITHUB_TOKEN }}' }"))).toEqual([
    "6: this job calls a workflow of another repository (acme/workflows/.github/workflows/publish.yml), which may publish: what it does with its secrets is not known here",
  ]);
  expect(reported(call("{ GHCR_PAT: '${{ secrets.GHCR_PAT }}' }"))).toEqual([]);
});

test("programs that may push, in a job whose permissions do not say", () => {
  const { text, unresolved } = repaired(workflow({ top: [], push: "- run: make image" }));
  expect(text).toBe(workflow({ top: [], push: "- run: make image" }));
  expect(unresolved.map(({ reason }) => reason)).toEqual([
    "nothing says whether the programs of this job push to ghcr.io",
  ]);
});

test.each(["./hooks/push", "ci/push.sh --all"])("`%s` pushes, and nothing has to say so", (run) => {
  const { edits } = repaired(workflow({ top: [], push: `- run: ${run}` }));
  expect(edits).toHaveLength(1);
});

test("a file that does not parse, except if it is not a workflow", () => {
  expect(reported("on: push\njobs:\n  a: [\n")).toEqual([
    "4: this is not YAML that GitHub can read (Flow sequence in block collection must be sufficiently indented and end with a ])",
  ]);
  const merged = workflow().replace("    registry:", "    <<: *login\n          registry:");
  expect(reported(merged)).toEqual(["11: this is not YAML that GitHub can read (merge key <<)"]);
  expect(reported(workflow().replace("username:", "username: \0"))).toEqual([
    "12: this is not YAML that GitHub can read (NUL character)",
  ]);
  const chart = "kind: {{ .Values.kind }}\n";
  expect(repairWorkflows({ [path]: chart })).toMatchObject([{ text: chart, unresolved: [] }]);
});
