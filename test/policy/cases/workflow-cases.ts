import { workflowBounded } from "../../../policy/rules/workflow-bounded.ts";
import {
  workflowNoAllSecrets,
  workflowNoDangerousTrigger,
  workflowNoInjection,
  workflowNoInjectionByWriters,
  workflowNoPersistedCredentials,
} from "../../../policy/rules/workflow-danger.ts";
import { workflowPinned } from "../../../policy/rules/workflow-pinned.ts";
import {
  workflowNoLiteralToken,
  workflowNoPastedToken,
  workflowTokenNotRemote,
  workflowTokenScope,
} from "../../../policy/rules/workflow-token.ts";
import { workflowParses } from "../../../policy/rules/workflow-shape.ts";
import type { RuleCase } from "./case.ts";
import { classicToken } from "./token-cases.ts";
import type { TestResource } from "../run-policy.ts";
import {
  at,
  change,
  checkout,
  ci,
  ciPath,
  foreign,
  lineOf,
  repositoryFile,
  steps,
  workflowCase,
  workflowFiles,
} from "./workflow-programs.ts";

/** The fleet's ci.yml with another version of an action, which the provider found to be released. */
function withNewer(version: string): TestResource {
  const pin = `actions/checkout@${"d".repeat(40)} # ${version}`;
  const files = workflowFiles({ [ciPath]: change(ci, checkout, `uses: ${pin}`) });
  const foreign = `someone/action@${"a".repeat(40)} # v99.0.0`;
  return { ...files, props: { ...files.props, newerPins: [pin, foreign] } };
}

/** The requirements for every workflow file. */
export const workflowCases: readonly RuleCase[] = [
  workflowCase(workflowParses, {
    violating: [
      foreign("on: push", "on: push", "jobs: {}"),
      foreign("on: push", "jobs:", "  a:", "    runs-on: x", "    stepz: []"),
      foreign("on: push", "name: 'ci"),
      foreign("name: a", "name: b", "on: push", "jobs:", "\ta: 1", "  b: 2", " - c"),
    ],
    says: [
      "by-hand (repository web) must not define the same key twice (.github/workflows/other.yml:2)",
      "by-hand (repository web) must contain no key or value that GitHub does not know here (.github/workflows/other.yml:5)",
      "by-hand (repository web) must be valid YAML: a quote, a bracket or a colon is missing (.github/workflows/other.yml:3)",
      "by-hand (repository web) must not define the same key twice (.github/workflows/other.yml:2)",
      "by-hand (repository web) must be valid YAML: a line is indented with a tab instead of spaces (.github/workflows/other.yml:5)",
    ],
    missing: [foreign(), repositoryFile(ciPath, undefined), foreign("on: push")],
    saysMissing: [
      "by-hand (repository web) must not be empty (.github/workflows/other.yml:1)",
      "by-hand (repository web) must not be empty (.github/workflows/ci.yml:1)",
      "by-hand (repository web) must have the property jobs (.github/workflows/other.yml:1)",
    ],
  }),
  workflowCase(workflowPinned, {
    violating: [
      steps(
        "- uses: actions/checkout@v4",
        "- uses: someone/action@main",
        `- uses: someone/action@${"a".repeat(40)} # v1`,
        "- uses: docker://alpine:3",
      ),
      withNewer("v1.0.0"),
    ],
    says: [
      "by-hand (repository web) must pin actions/checkout as 3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1 (.github/workflows/other.yml:6)",
      "by-hand (repository web) must pin someone/action to a full commit, with its version as comment (.github/workflows/other.yml:7)",
      "by-hand (repository web) must use only actions of the allow-list: someone/action is pinned, and not on it (.github/workflows/other.yml:8)",
      "by-hand (repository web) must pin images to their digest (.github/workflows/other.yml:9)",
      `api must pin actions/checkout as 3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1: it is pinned, to a commit that is not on the allow-list ${at(ciPath, lineOf(ci, checkout))}`,
    ],
    missing: [steps("- uses: actions/checkout", `- ${checkout.replace(/ #.*/, "")}`)],
    saysMissing: [
      "by-hand (repository web) must use actions as owner/action@commit (.github/workflows/other.yml:6)",
      "by-hand (repository web) must pin actions/checkout as 3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1 (.github/workflows/other.yml:7)",
    ],
    passing: [steps(`- ${checkout}`, "- uses: ./local/action"), withNewer("v99.0.0")],
  }),
  workflowCase(workflowNoDangerousTrigger, {
    violating: [
      foreign("on:", "  push:", "  pull_request_target:", "jobs: {}"),
      foreign("on: [push, issue_comment]", "jobs: {}"),
      foreign("on: workflow_run", "jobs: {}"),
    ],
    says: [
      "by-hand (repository web) must not be triggered by pull_request_target (.github/workflows/other.yml:3)",
      "by-hand (repository web) must not be triggered by issue_comment (.github/workflows/other.yml:1)",
      "by-hand (repository web) must not be triggered by workflow_run (.github/workflows/other.yml:1)",
    ],
    missing: [foreign("jobs: {}")],
    saysMissing: [],
  }),
  workflowCase(workflowNoInjection, {
    violating: [
      steps(
        "- run: |",
        "    echo safe",
        "    echo ${{ github.event.issue.title }}",
        "- run: echo ${{ format('{0}', github.head_ref) }}",
        "- uses: actions/github-script@v7",
        "  with:",
        "    script: console.log(${{ toJSON(github.event) }})",
        "- env:",
        "    TITLE: ${{ github.event.pull_request.title }}",
        "  run: echo ${{ env.TITLE }} $TITLE",
      ),
    ],
    says: [
      "by-hand (repository web) must insert no value into a script that outsiders may choose (.github/workflows/other.yml:8)",
      "by-hand (repository web) must insert no value into a script that outsiders may choose (.github/workflows/other.yml:9)",
      "by-hand (repository web) must insert no value into a script that outsiders may choose (.github/workflows/other.yml:12)",
      "by-hand (repository web) must insert no value into a script that outsiders may choose (.github/workflows/other.yml:15)",
    ],
    missing: [steps("- run: echo ${{ }}")],
    saysMissing: [],
    passing: [
      steps(
        "- run: echo ${{ github.sha }} ${{ github.event.issue.title == 'x' }}",
        "- env:",
        "    TITLE: ${{ github.event.issue.title }}",
        '  run: echo "$TITLE"',
      ),
    ],
  }),
  workflowCase(workflowNoInjectionByWriters, {
    violating: [
      steps(
        "- run: echo ${{ github.ref_name }}",
        "- run: echo ${{ github.event.release.tag_name }}",
        "- run: echo ${{ github.head_ref }} ${{ github.ref }}",
      ),
      foreign(
        "on: { workflow_dispatch: { inputs: { tag: { type: string } } } }",
        "jobs: { a: { runs-on: x, steps: [{ run: 'echo ${{ inputs.tag }}' }] } }",
      ),
    ],
    says: [
      "by-hand (repository web) must insert no value of a tag, a branch or an input into a script (.github/workflows/other.yml:6)",
      "by-hand (repository web) must insert no value of a tag, a branch or an input into a script (.github/workflows/other.yml:7)",
      "by-hand (repository web) must insert no value of a tag, a branch or an input into a script (.github/workflows/other.yml:2)",
    ],
    missing: [steps("- run: echo ${{ }}")],
    saysMissing: [],
    passing: [steps("- run: echo ${{ github.head_ref }} ${{ github.sha }}")],
  }),
  workflowCase(workflowNoLiteralToken, {
    violating: [steps(`- run: docker login ghcr.io -p ${classicToken}`)],
    says: ["by-hand (repository web) must contain no token (.github/workflows/other.yml:6)"],
    missing: [foreign("on: push", `# ${Buffer.from(`me:${classicToken}`).toString("base64")}`)],
    saysMissing: ["by-hand (repository web) must contain no token (.github/workflows/other.yml:2)"],
    passing: [steps("- run: echo ghp_ and no more")],
  }),
  workflowCase(workflowNoPastedToken, {
    violating: [
      steps(
        "- run: echo ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }} | docker login ghcr.io",
        "- run: |",
        "    make",
        "    curl -H 'Authorization: Bearer ${{ github.token }}' https://api.github.com",
      ),
    ],
    says: [
      "by-hand (repository web) must insert no token into a script (.github/workflows/other.yml:6)",
      "by-hand (repository web) must insert no token into a script (.github/workflows/other.yml:9)",
    ],
    missing: [steps("- run: echo ${{ }}")],
    saysMissing: [],
    passing: [steps('- run: echo "$T" | docker login ghcr.io', "  env: { T: '${{ secrets.T }}' }")],
  }),
  workflowCase(workflowTokenScope, {
    violating: [
      foreign(
        "on: push",
        "env: { TOKEN: '${{ secrets.GHCR_PAT }}' }",
        "jobs:",
        "  a:",
        "    runs-on: x",
        "    env:",
        "      TOKEN: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}",
        "    steps: []",
      ),
    ],
    says: [
      "by-hand (repository web) must give the publishing secret only to the step that logs in (.github/workflows/other.yml:2)",
      "by-hand (repository web) must give the publishing secret only to the step that logs in (.github/workflows/other.yml:7)",
    ],
    missing: [foreign("on: push", "jobs: {}")],
    saysMissing: [],
    passing: [
      steps("- run: make", "  env: { T: '${{ secrets.GHCR_PAT }}' }"),
      foreign("on: push", "env: { T: '${{ secrets.OTHER }}' }", "jobs: {}"),
    ],
  }),
  workflowCase(workflowTokenNotRemote, {
    violating: [
      steps(
        "- uses: appleboy/ssh-action@v1",
        "  with: { script: 'docker login ghcr.io -p ${{ secrets.GITHUB_TOKEN }}' }",
        '- run: ssh me@host "docker login ghcr.io -p $T"',
        "  env: { T: '${{ secrets.GHCR_PAT }}' }",
      ),
    ],
    says: [
      "by-hand (repository web) must send no token that writes packages over ssh (.github/workflows/other.yml:6)",
      "by-hand (repository web) must send no token that writes packages over ssh (.github/workflows/other.yml:8)",
    ],
    missing: [steps("- run: ssh me@host make")],
    saysMissing: [],
    passing: [steps("- run: ssh me@host make", "  env: { T: '${{ secrets.DEPLOY_KEY }}' }")],
  }),
  workflowCase(workflowNoAllSecrets, {
    violating: [
      foreign(
        "on: push",
        "jobs:",
        "  a:",
        "    uses: ./.github/workflows/b.yml",
        "    secrets: inherit",
        "  b:",
        "    runs-on: x",
        "    env:",
        "      ALL: ${{ toJSON( secrets ) }}",
        "      ONE: ${{ secrets[github.ref_name] }}",
        "    steps: []",
      ),
    ],
    says: [
      "by-hand (repository web) must name the secrets that it uses, one by one (.github/workflows/other.yml:9)",
      "by-hand (repository web) must name the secrets that it uses, one by one (.github/workflows/other.yml:10)",
      "by-hand (repository web) must name the secrets that it passes, one by one (.github/workflows/other.yml:5)",
    ],
    missing: [foreign("on: push", "jobs: {}")],
    saysMissing: [],
    passing: [steps("- run: make", "  env: { A: \"${{ secrets['A'] }}\", B: '${{ secrets.B }}' }")],
  }),
  workflowCase(workflowNoPersistedCredentials, {
    violating: [steps(`- ${checkout}`, "  with:", "    persist-credentials: true")],
    says: [
      "by-hand (repository web) must set persist-credentials: false at actions/checkout (.github/workflows/other.yml:6)",
    ],
    missing: [steps(`- ${checkout}`)],
    saysMissing: [
      "by-hand (repository web) must set persist-credentials: false at actions/checkout (.github/workflows/other.yml:6)",
    ],
  }),
  workflowCase(workflowBounded, {
    violating: [
      foreign(
        "on: push",
        "concurrency: x",
        "jobs:",
        "  a:",
        "    runs-on: [self-hosted, linux]",
        "    timeout-minutes: 3000",
        "    steps: [{ run: make }]",
        "  b:",
        "    runs-on: ubuntu-latest",
        "    timeout-minutes: 5",
        "    steps: [{ run: make }]",
      ),
    ],
    says: [
      "by-hand (repository web) must stop each job within 360 minutes (.github/workflows/other.yml:6)",
      "by-hand (repository web) must run on hosted runners, unless the repository is private (.github/workflows/other.yml:5)",
      "by-hand (repository web) must run on a fixed image, not on the latest (.github/workflows/other.yml:9)",
    ],
    missing: [steps("- run: make")],
    saysMissing: [
      "by-hand (repository web) must have a concurrency group (.github/workflows/other.yml:3)",
      "by-hand (repository web) must stop each job after a while, with timeout-minutes (.github/workflows/other.yml:3)",
    ],
  }),
];
