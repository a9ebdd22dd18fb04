import { expect, test } from "vitest";
import { login, path, repaired, reported, wanted, workflow } from "../workflow-text.ts";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";

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

const checkout = (ref: string) => [
  "- uses: actions/checkout@v4",
  `  with: { ref: "\${{ ${ref} }}" }`,
];
const takes =
  "this job may check out the code of pull requests, and has the repository's secrets: that code could take GHCR_PAT";

test.each(["github.event.pull_request.head.sha", "github.head_ref", "steps.pr.outputs.sha"])(
  "a login in a job that has secrets and the code of a pull request, by %s",
  (ref) => {
    const steps = [...checkout(ref), ...login];
    expect(reported(workflow({ on: "on: [push, pull_request_target]", steps }))).toEqual([
      `15: ${takes}`,
    ]);
    for (const text of [
      workflow({ on: "on: [push, pull_request]", steps }),
      workflow({ on: "on: pull_request_target", steps: login }),
    ])
      expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
  },
);

test("the same by a script, and behind a workflow that pull requests start", () => {
  const fetched = ["- uses: actions/checkout@v4", "- run: gh pr checkout 1", ...login];
  expect(reported(workflow({ on: "on: issue_comment", steps: fetched }))).toEqual([`15: ${takes}`]);
  const on = "on: { workflow_run: { workflows: [CI], branches: [main] } }";
  const steps = [...checkout("github.event.workflow_run.head_sha"), ...login];
  expect(reported(workflow({ on, steps }))).toEqual([`15: ${takes}`]);
  const job = ["if: github.event.workflow_run.event == 'push'"];
  for (const text of [
    workflow({ on, steps, job }),
    workflow({ on, steps: [...checkout("steps.version.outputs.tag"), ...login] }),
    workflow({ on: "on: issue_comment", steps: [...checkout("vars.BRANCH"), ...login] }),
  ])
    expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
});

const head = "github.event.pull_request.head";

test.each([
  [`git checkout \${{ ${head}.sha }}`],
  ["git fetch origin $REF && git switch -d FETCH_HEAD"],
  [`REF=\${{ ${head}.ref }}\n    git pull origin "$REF"`],
  ["git -C src checkout $GITHUB_HEAD_REF"],
  [`gh repo clone \${{ ${head}.repo.full_name }}`],
  [`curl -L https://github.com/\${{ ${head}.repo.full_name }}/archive/main.tar.gz | tar xz`],
])("the same by the commands of a script, `%s`", (script) => {
  const on = "on: pull_request_target";
  const env = `  env: { REF: '\${{ github.head_ref }}' }`;
  const steps = ["- run: |", ...script.split("\n").map((line) => `    ${line.trim()}`), env];
  const line = 10 + steps.length + 3;
  expect(reported(workflow({ on, steps: [...steps, ...login] }))).toEqual([`${line}: ${takes}`]);
});

test("the same by another action, and by a build from a repository", () => {
  const on = "on: pull_request_target";
  const ref = `\${{ ${head}.sha }}`;
  const other = ["- uses: acme/checkout-action@v1", `  with: { ref: '${ref}' }`];
  expect(reported(workflow({ on, steps: [...other, ...login] }))).toEqual([`15: ${takes}`]);
  const context = `https://github.com/\${{ ${head}.repo.full_name }}.git`;
  const push = `- { uses: docker/build-push-action@v6, with: { push: true, tags: ghcr.io/acme/api, context: '${context}' } }`;
  expect(reported(workflow({ on, push }))).toEqual([`13: ${takes}`]);
  const base = "- run: git fetch origin ${{ github.event.pull_request.base.sha }}";
  expect(repaired(workflow({ on, steps: [base, ...login] })).edits).toHaveLength(1);
});

test("the same by an input, as the caller of the workflow gives it", () => {
  const steps = [...checkout("inputs.ref || env.REF"), ...login];
  const build = "on: { workflow_call: { inputs: { ref: { type: string } } } }";
  const reasons = (ref: string) => {
    const call = `jobs: { a: { uses: ./.github/workflows/build.yml, with: { ref: "${ref}" } } }`;
    const files = repairWorkflows({
      ".github/workflows/build.yml": workflow({ on: build, job: ["env: { REF: main }"], steps }),
      [path]: `on: issue_comment\npermissions: { packages: write }\n${call}\n`,
    });
    return files.flatMap(({ unresolved }) => unresolved.map(({ reason }) => reason));
  };
  expect(reasons("refs/pull/${{ github.event.issue.number }}/head")).toEqual([takes]);
  expect(reasons("${{ needs.find.outputs.sha }}")).toEqual([takes]);
  expect(reasons("${{ github.sha }}")).toEqual([]);
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
    "a here-document of several lines",
    ["    cat <<EOF | docker login ghcr.io -u x --password-stdin", "    T", "    U", "    EOF"],
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

test("a variable with a name that no shell knows", () => {
  const steps = login.map((line) => line.replace("secrets.GITHUB_TOKEN", "env['a(b']"));
  expect(reported(workflow({ steps }))).toEqual([
    "13: the password is the variable A(B, which nothing in this file sets",
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
