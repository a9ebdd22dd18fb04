import { expect, test } from "vitest";
import { changes, repaired, wanted, workflow } from "../workflow-text.ts";

test.each([
  ["docker login ghcr.io -u x -p ${{ github.token }}", `docker login ghcr.io -u x -p ${wanted}`],
  [
    'echo "${{ secrets.GITHUB_TOKEN }}" | podman login ghcr.io -u x --password-stdin',
    `echo "${wanted}" | podman login ghcr.io -u x --password-stdin`,
  ],
  [
    "printf '%s' '${{ secrets.GITHUB_TOKEN }}' | helm registry login -u x --password-stdin ghcr.io",
    `printf '%s' '${wanted}' | helm registry login -u x --password-stdin ghcr.io`,
  ],
  [
    "buildah login --password=${{ github.token }} -u x https://ghcr.io",
    `buildah login --password=${wanted} -u x https://ghcr.io`,
  ],
  [
    "oras login ghcr.io -u x --password-stdin <<< ${{ github.token }}",
    `oras login ghcr.io -u x --password-stdin <<< ${wanted}`,
  ],
  [
    "skopeo copy --dest-creds x:${{ github.token }} oci:a docker://ghcr.io/acme/api",
    `skopeo copy --dest-creds x:${wanted} oci:a docker://ghcr.io/acme/api`,
  ],
])("the script %s is repaired at the password", (script, after) => {
  const before = workflow({ steps: ["- run: |", "    set -e", `    ${script}`, "    date"] });
  expect(changes(before, repaired(before).text)).toEqual([`- ${script}`, `+ ${after}`]);
});

test.each([
  ["docker login ghcr.io -u x --password-stdin <<EOF", "PASSWORD", "EOF"],
  ["cat <<-'EOF' | docker login ghcr.io -u x --password-stdin", "\tPASSWORD", "EOF"],
  ["docker login -ux -pPASSWORD ghcr.io"],
  ['echo "PASSWORD" | # the token', "docker login ghcr.io -u x --password-stdin"],
  ["docker login ghcr.io -u x -p $(echo PASSWORD)"],
])("the password is repaired in a script that begins with `%s`", (...lines) => {
  const script = (password: string) => [
    "- run: |",
    ...lines.map((line) => `    ${line.replace("PASSWORD", () => password)}`),
  ];
  const before = workflow({ steps: script("${{ secrets.GITHUB_TOKEN }}") });
  expect(repaired(before)).toMatchObject({
    text: workflow({ steps: script(wanted) }),
    unresolved: [],
  });
});

const token = "${{ github.token }}";

test.each([
  ["of the job", [`env: { TOKEN: '${token}' }`], "date", "date"],
  ["that the script sets", [], `TOKEN=${token}`, "date"],
  ["that another program reads, too,", [`env: { TOKEN: '${token}' }`], "date", "gh release view"],
])("a variable %s gives way in a here-document, without quotes", (_name, job, first, last) => {
  const script = (password: string) => [
    "- run: |",
    `    ${first}`,
    "    docker login ghcr.io -u x --password-stdin <<EOF",
    `    ${password}`,
    "    EOF",
    `    ${last}`,
  ];
  expect(repaired(workflow({ job, steps: script("$TOKEN") }))).toMatchObject({
    text: workflow({ job, steps: script(wanted) }),
    unresolved: [],
  });
});

test.each(["$pw", '"$pw"', "$env:TOKEN", 'Write-Output "$env:TOKEN"'])(
  "a variable of PowerShell, `%s`, is a text in the login, and no command",
  (word) => {
    const steps = (password: string) => [
      "- run: |",
      '    $pw = "${{ github.token }}"',
      `    ${password} | docker login ghcr.io -u x --password-stdin`,
      "    gh release view",
      "  shell: pwsh",
      "  env: { TOKEN: '${{ github.token }}' }",
    ];
    const text = `${word.startsWith("W") ? "Write-Output " : ""}"${wanted}"`;
    const { text: after, unresolved } = repaired(workflow({ steps: steps(word) }));
    expect(after).toBe(workflow({ steps: steps(text) }));
    expect(unresolved).toEqual([]);
    expect(repaired(after).edits).toEqual([]);
  },
);

test.each(["date && PIPE", "date || PIPE", "(PIPE)", "if ($true) { PIPE }"])(
  "a variable of PowerShell that a pipe begins with, in `%s`",
  (line) => {
    const steps = (password: string) => {
      const pipe = `${password} | docker login ghcr.io -u x --password-stdin`;
      const script = ["- run: |", `    ${line.replace("PIPE", () => pipe)}`, "    gh release view"];
      return [...script, "  shell: pwsh", `  env: { TOKEN: '${token}' }`];
    };
    const before = workflow({ steps: steps("$env:TOKEN") });
    expect(repaired(before).text).toBe(workflow({ steps: steps(`"${wanted}"`) }));
  },
);

test.each(['$env:TOKEN = "PASSWORD"', '$Env:TOKEN="PASSWORD"', '$TOKEN ="PASSWORD"'])(
  "a variable that PowerShell sets with `%s`",
  (assignment) => {
    const steps = (word: string, password: string) => [
      "- run: |",
      `    ${assignment.replace("PASSWORD", () => password)}`,
      `    ${word} | docker login ghcr.io -u x --password-stdin`,
      "  shell: pwsh",
    ];
    const word = assignment.split(/[= ]/)[0] ?? "";
    const before = workflow({ steps: steps(word, token) });
    expect(repaired(before).text).toBe(workflow({ steps: steps(`"${wanted}"`, token) }));
    const made = workflow({ steps: steps(word, "$(Get-Token)") });
    expect(repaired(made).unresolved).toMatchObject([
      { reason: "the password is only known in the run" },
    ]);
  },
);

test.each([
  ["${TOKEN:?no token}", wanted],
  ['"$($env:TOKEN)"', `"${wanted}"`],
])("a variable that others read, too, is replaced in the login as a whole: %s", (word, after) => {
  const script = (password: string) => [
    "- run: |",
    `    docker login ghcr.io -u x -p ${password}`,
    "    gh release view",
    "  env: { TOKEN: '${{ github.token }}' }",
  ];
  const before = workflow({ steps: script(word) });
  expect(repaired(before).text).toBe(workflow({ steps: script(after) }));
});

test.each([
  '"${GHCR_TOKEN:-$TOKEN}"',
  '"$PREFIX$TOKEN"',
  '"$(curl -H "Authorization: Bearer $TOKEN" https://login.example)"',
  "$(curl -u x:${{ github.token }} https://login.example)",
])("a password that is not the variable alone, %s, is reported", (word) => {
  const before = workflow({
    steps: [
      "- run: |",
      `    docker login ghcr.io -u x -p ${word}`,
      "  env: { TOKEN: '${{ github.token }}', GHCR_TOKEN: '${{ secrets.GHCR_TOKEN }}' }",
    ],
  });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toMatchObject([
    { reason: "the password depends on a condition, or is put together from several texts" },
  ]);
});

test("a step's variable is repaired where the script uses it for the login only", () => {
  const steps = [
    "- env:",
    "    TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "  run: echo $TOKEN | docker login ghcr.io -u x --password-stdin",
  ];
  const before = workflow({ steps });
  expect(changes(before, repaired(before).text)).toEqual([
    "- TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    `+ TOKEN: ${wanted}`,
  ]);
});

test.each([
  "if test -f x; then date; fi",
  "TAG=$(date +%s) && echo $TAG",
  "! docker pull x",
  "TRIES=$((TRIES + 1))",
])("a step's variable is repaired next to `%s`, which starts nothing that may read it", (other) => {
  const line = "echo $TOKEN | docker login ghcr.io -u x --password-stdin";
  const env = ["- env:", "    TOKEN: ${{ github.token }}"];
  const before = workflow({ steps: [...env, "  run: |", `    ${line}`, `    ${other}`] });
  expect(changes(before, repaired(before).text)).toEqual([
    "- TOKEN: ${{ github.token }}",
    `+ TOKEN: ${wanted}`,
  ]);
});

test.each([
  "gh release create v1",
  'curl -H "Authorization: Bearer $GITHUB_TOKEN" x',
  "./notify.sh",
  "VERSION=$(gh release view --json tagName)",
  "VERSION=`gh release view`",
  "if gh release view v1; then date; fi",
  "if test -f x; then gh release upload v1 x; fi",
  "GOFLAGS=-v goreleaser release",
  "jq . <<< $(gh release view)",
])("a step's variable is not changed if `%s` may read it", (other) => {
  const line = "echo $GITHUB_TOKEN | docker login ghcr.io -u x --password-stdin";
  const before = workflow({
    steps: [
      "- env:",
      "    GITHUB_TOKEN: ${{ github.token }}",
      "  run: |",
      `    ${line}`,
      `    ${other}`,
    ],
  });
  expect(changes(before, repaired(before).text)).toEqual([
    `- ${line}`,
    `+ ${line.replace("$GITHUB_TOKEN", () => wanted)}`,
  ]);
});
