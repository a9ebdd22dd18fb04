import { expect, test } from "vitest";
import { job, linesOf } from "./lines-of.ts";

/** Values that others can choose: strangers and people with write access. */
const injections = async (text: string) =>
  (
    await Promise.all([
      linesOf("workflow-no-injection", text),
      linesOf("workflow-no-injection-by-writers", text),
    ])
  )
    .flat()
    .sort((a, b) => a - b);

test.each([
  "github['event']['issue'].title",
  "GitHub.Event.Issue['TITLE']",
  "github.event.issue[format('{0}', 'title')]",
  "fromJSON(toJSON(github)).event.issue.title",
  "join(github.event.commits.*.message)",
  "github.event.head_commit.added[0]",
  "github.event.changes.title.from",
  "github.event.workflow_run.head_branch",
  "github.event.release.tag_name",
  "github.event.client_payload.sha",
  "github.event.milestone.description",
  "github.event.deployment.payload",
  "github.base_ref",
  "github.head_ref || 'main'",
  "always() && github.head_ref",
  "inputs",
])("%s can be chosen by others", async (expression) => {
  expect(await injections(job(`- run: echo \${{ ${expression} }}`))).toEqual([6]);
});

test.each([
  "github.sha",
  "github.actor",
  "github.event.number",
  "github.event.pull_request.commits",
  "github.event.pull_request.html_url",
  "github.event.pull_request.head.sha",
  "github.event.repository.default_branch",
  "github.head_ref && 'pull request' || 'push'",
  "contains(github.head_ref, 'x')",
  "hashFiles(github.head_ref)",
  "secrets.A",
])("%s is not", async (expression) => {
  expect(await injections(job(`- run: echo \${{ ${expression} }}`))).toEqual([]);
});

test("an alias can insert text into a script, and variables into a job", async () => {
  const text = job("- name: &x echo ${{ github.head_ref }}", "  run: *x");
  expect(await injections(text)).toEqual([6]);
  const variables = [
    ...job("- run: make")
      .replace("    steps:", "    env: &e { T: '${{ github.head_ref }}' }\n    steps:")
      .split("\n"),
    "  b:",
    "    runs-on: ubuntu-24.04",
    "    env: *e",
    "    steps:",
    "      - run: echo ${{ env.t }}",
  ];
  expect(await injections(variables.join("\n"))).toEqual([13]);
});

test("a variable has the value of the nearest env", async () => {
  const text = job(
    "- env: { T: '${{ github.head_ref }}' }",
    "  run: echo ${{ env.T }}",
    "- env: { T: fixed }",
    "  run: echo ${{ env.T }}",
    "- run: echo ${{ env.T }}",
  );
  expect(await injections(text)).toEqual([7]);
  const outer = text.replace("    steps:", "    env: { T: '${{ github.head_ref }}' }\n    steps:");
  expect(await injections(outer)).toEqual([8, 11]);
  const chain = outer.replace("{ T: fixed }", "{ U: '${{ env.T }}', T: '${{ env.U }}' }");
  expect(await injections(chain)).toEqual([8, 11]);
});

test("a value is followed through the matrix, and through outputs of scripts and jobs", async () => {
  const text = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    outputs:
      title: \${{ steps.read.outputs.title }}
      commit: \${{ github.sha }}
    strategy:
      matrix:
        branch: ["\${{ github.head_ref }}"]
        from: \${{ fromJSON(github.event.issue.body) }}
        os: [linux, windows]
        include: [{ extra: "\${{ github.head_ref }}" }]
    steps:
      - id: Read
        env: { TITLE: "\${{ github.head_ref }}" }
        run: echo "title=$TITLE" >> "$GITHUB_OUTPUT"
      - id: build
        env: { TITLE: "\${{ github.head_ref }}" }
        run: echo "digest=$(make)" >> "$GITHUB_OUTPUT"
      - run: echo \${{ steps.read.outputs.title }}
      - run: echo \${{ steps.build.outputs.digest }}
      - run: echo \${{ matrix.branch }}
      - run: echo \${{ matrix.from }}
      - run: echo \${{ matrix.os }}
      - run: echo \${{ matrix.extra }}
  b:
    needs: a
    runs-on: ubuntu-24.04
    steps:
      - run: echo \${{ needs.a.outputs.title }}
      - run: echo \${{ needs.a.outputs.commit }}
`;
  expect(await injections(text)).toEqual([21, 23, 24, 26, 31]);
});

test("circular outputs of jobs do not loop forever", async () => {
  const one = (name: string, other: string) => `  ${name}:
    needs: ${other}
    runs-on: ubuntu-24.04
    outputs: { o: "\${{ needs.${other}.outputs.o }}" }
    steps: [{ run: "echo \${{ needs.${other}.outputs.o }}" }]
`;
  expect(await injections(`on: push\njobs:\n${one("a", "b")}${one("b", "a")}`)).toEqual([]);
});

test("inputs that are scripts are checked as such, in any case", async () => {
  const text = job(
    "- uses: actions/github-script@v7",
    "  with: { Script: 'log(${{ github.head_ref }})' }",
    "- uses: nick-fields/retry@v3",
    "  with: { command: 'make ${{ github.head_ref }}', name: '${{ github.head_ref }}' }",
  );
  expect(await injections(text)).toEqual([7, 9]);
});

test("the same expression is found on each of its lines", async () => {
  const text = job(
    "- run: |",
    "    a ${{ github.ref }} ${{ github.ref }}",
    "    b ${{ github.ref }}",
  );
  expect(await injections(text)).toEqual([7, 8]);
});

test("an expression over several lines is found at its first line", async () => {
  const text = job(
    "- run: |",
    "    make",
    "    echo ${{",
    "      github.ref",
    "    }}",
    "- run: a",
  );
  expect(await injections(text)).toEqual([8]);
  const quoted = job('- run: "make', "    ${{ github.ref }} ${{", '    github.head_ref }}"');
  expect(await injections(quoted)).toEqual([7, 8]);
});

test.each([
  ['echo "v=${GITHUB_REF#refs/tags/}" >> "$GITHUB_OUTPUT"', true],
  ['V=${GITHUB_HEAD_REF//\\//-}; W="$V"\n    echo "v=$W" >> $GITHUB_OUTPUT', true],
  ['export V=$GITHUB_REF_NAME && echo "v=$V" >> $GITHUB_OUTPUT', true],
  ['{ echo "v<<EOF"\n    echo "$GITHUB_REF_NAME"\n    echo EOF; } >> $GITHUB_OUTPUT', true],
  ['echo "$KEY=$GITHUB_REF_NAME" >> $GITHUB_OUTPUT', true],
  ["echo ::set-output name=v::$GITHUB_REF_NAME", true],
  ['"V=$env:GITHUB_REF_NAME" >> $env:GITHUB_OUTPUT', true],
  ['for V in $GITHUB_REF; do echo "v=$V" >> $GITHUB_OUTPUT; done', true],
  ['if make; then V=$GITHUB_REF; fi; echo "v=$V" >> $GITHUB_OUTPUT', true],
  ['IFS=/ read -r A B <<< "$GITHUB_REF"; echo "v=$B" >> $GITHUB_OUTPUT', true],
  ['$v = $env:GITHUB_REF\n    "v=$v" >> $env:GITHUB_OUTPUT', true],
  ['[[ $GITHUB_REF =~ v(.*) ]] && echo "v=${BASH_REMATCH[1]}" >> $GITHUB_OUTPUT', true],
  ['echo "v=${GITHUB_SHA::7}" >> $GITHUB_OUTPUT', false],
  ['echo "w=$GITHUB_REF" >> $GITHUB_OUTPUT; echo "v=1" >> $GITHUB_OUTPUT', false],
  ['echo "v=1" >> $GITHUB_OUTPUT; echo "w=$GITHUB_REF" >> $GITHUB_OUTPUT', false],
  ["if [[ $GITHUB_REF == refs/tags/* ]]; then echo v=yes >> $GITHUB_OUTPUT; fi", false],
])("a script passes on the values of GitHub's own variables: %s", async (script, passesOn) => {
  const text = job(`- id: s`, `  run: |`, `    ${script.replaceAll("\n", "\n      ")}`);
  const use = `      - run: echo \${{ steps.s.outputs.v }}\n`;
  const last = text.split("\n").length;
  expect(await injections(`${text}${use}`)).toEqual(passesOn ? [last] : []);
});

test.each([
  [["run: echo v=${{ github.base_ref }} >> $GITHUB_OUTPUT"], true],
  [["run: V=${{ github.base_ref }}; echo v=$V >> $GITHUB_OUTPUT"], true],
  [["run: echo w=${{ github.base_ref }} >> $GITHUB_OUTPUT"], false],
  [["run: echo v=${{ github.sha }} >> $GITHUB_OUTPUT"], false],
  [["uses: actions/github-script@v7", "with: { script: '`${{ github.base_ref }}`' }"], true],
])("a script passes on inserted expressions: %j", async (lines, passesOn) => {
  const use = "- run: echo ${{ steps.s.outputs.v }}";
  const text = job("- id: s", ...lines.map((line) => `  ${line}`), use);
  expect((await injections(text)).includes(7 + lines.length)).toBe(passesOn);
});

test("expressions in the environment count in later steps", async () => {
  const text = job(
    "- run: echo TAG=${{ github.ref_name }} >> $GITHUB_ENV",
    "- run: echo ${{ env.TAG }} ${{ env.OTHER }}",
    "- run: echo ${{ env.OTHER }}",
  );
  expect(await injections(text)).toEqual([6, 7]);
});

test("paths that multiply from step to step cost no time", { timeout: 5_000 }, async () => {
  const steps = Array.from({ length: 9 }, (_, index) => {
    const command = `echo v=\${{ steps.s${index}.outputs.v }} > $GITHUB_OUTPUT;`;
    return `- { id: s${index + 1}, run: "${command.repeat(20)}" }`;
  });
  const first = '- { id: s0, run: "echo v=$GITHUB_REF > $GITHUB_OUTPUT" }';
  const text = job(first, ...steps);
  expect(await injections(text)).toHaveLength(9);
  expect(await injections(text.replace("$GITHUB_REF ", "1 "))).toEqual([]);
});

test("what a step writes into the environment counts in later steps", async () => {
  const text = job(
    "- run: echo ${{ env.TAG }}",
    '- run: echo "TAG=${GITHUB_REF#refs/tags/}" >> "$GITHUB_ENV"',
    "- run: echo ${{ env.TAG }} ${{ env.OTHER }}",
    "- env: { TAG: fixed }",
    "  run: echo ${{ env.TAG }}",
    "- run: echo ${{ env.OTHER }}",
  );
  expect(await injections(text)).toEqual([8]);
  expect(await injections(text.replace("GITHUB_ENV", "OTHER"))).toEqual([]);
});
