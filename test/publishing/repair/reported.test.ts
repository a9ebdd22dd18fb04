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
  expect(reported(workflow({ steps: shell, push: "" }))).toEqual([`10: ${remote}`]);
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
  const named = [
    ...written.map((line) => line.replace("ghcr.io", "$REGISTRY")),
    "  env: { REGISTRY: ghcr.io }",
  ];
  for (const steps of [written, named])
    expect(reported(workflow({ steps }))).toEqual([
      "10: this script writes the file in which clients keep their logins",
    ]);
});

test("a password that a script passes on, and scripts written over several folded lines", () => {
  const passed = [
    "- id: login",
    "  run: |",
    '    echo "registry=ghcr.io" >> "$GITHUB_OUTPUT"',
    '    echo "password=${{ secrets.GITHUB_TOKEN }}" >> "$GITHUB_OUTPUT"',
    "- uses: docker/login-action@v3",
    "  with:",
    "    registry: ${{ steps.login.outputs.registry }}",
    "    password: ${{ steps.login.outputs.password }}",
  ];
  expect(reported(workflow({ steps: passed }))).toEqual([
    "12: this script passes a password on, and what gets it is not known",
  ]);
  const folded = [
    "- run: >-",
    "    docker pull acme/base &&",
    "    docker login ghcr.io",
    "    -u x --password ${{ secrets.CR_PAT }}",
  ];
  expect(reported(workflow({ steps: folded }))).toEqual([
    "12: the password is another secret (CR_PAT)",
  ]);
});

test("a variable that a script sets for its login is no password of another program", () => {
  const steps = [
    "- run: |",
    "    PASSWORD=${{ github.ref_name == 'main' && secrets.GITHUB_TOKEN || inputs.password }}",
    '    echo "$PASSWORD" | docker login ghcr.io -u x --password-stdin',
  ];
  expect(reported(workflow({ steps }))).toEqual([
    "11: the password depends on a condition, or is put together from several texts",
  ]);
});

test("a login whose registry is an output, which its password compares with the registry", () => {
  const chosen = (host: string) => [
    "- uses: docker/login-action@v3",
    "  with:",
    "    registry: ${{ steps.names.outputs.registry }}",
    `    password: \${{ steps.names.outputs.registry == '${host}' && secrets.A || secrets.B }}`,
  ];
  expect(reported(workflow({ steps: chosen("ghcr.io") }))).toEqual([
    "12: the registry of this login is only known in the run; the password depends on a condition, or is put together from several texts",
  ]);
  expect(reported(workflow({ steps: chosen("quay.io"), push: "" }))).toEqual([]);
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

test("an unknown action with a registry and a password, where the token of all jobs may push", () => {
  const uses = ["- uses: acme/ship-it@v1", "  with:", "    docker-registry: ghcr.io"];
  const steps = [...uses, "    docker-password: ${{ github.token }}"];
  expect(reported(workflow({ steps, push: "" }))).toEqual([
    "12: the action acme/ship-it gets a password for ghcr.io, and what it does with it is not known",
  ]);
  expect(reported(workflow({ steps, push: "", top: ["permissions: {}"] }))).toEqual([]);
});

test("an action with the registry in its name gets the job's token, except one that cleans up", () => {
  const steps = (name: string) => [
    `- uses: ${name}@v1`,
    "  with: { github_token: '${{ github.token }}' }",
  ];
  for (const name of ["acme/push-to-ghcr", "acme/api/.github/actions/ghcr-login"])
    expect(reported(workflow({ steps: steps(name) }))).toEqual([
      `10: the action ${name} gets a password for ghcr.io, and what it does with it is not known`,
    ]);
  for (const name of ["acme/delete-ghcr-images", "acme/action-ghcr-prune"])
    expect(reported(workflow({ steps: steps(name), push: "" }))).toEqual([]);
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
  const base = "- { uses: acme/cosign/verify@v1, with: { registry: ghcr.io/other, image: base } }";
  const verified = workflow({ steps: [base, ...login] });
  expect(repaired(verified, { repository: "acme/api" }).unresolved).toEqual([]);
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
  expect(unresolved).toEqual([
    {
      line: 10,
      reason: "nothing says whether the programs of this job push to ghcr.io",
      fix: `where they do:\npassword: ${wanted}`,
    },
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
