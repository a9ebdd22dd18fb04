import { describe, expect, test } from "vitest";
import { checkWorkflows } from "../../../policy/check.ts";
import { now } from "../run-policy.ts";
import { job, login, own, push, wanted } from "./lines-of.ts";

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
    // A text, which is true unless it is empty.
    ["inputs.push", "{ type: string }", "", "false"],
    ["${{ !inputs.push }}", "{ type: boolean }", "true", "false"],
    ["${{ !(inputs.push) }}", "{ type: string }", "quiet", ""],
    ["inputs.push != 'true'", "{ default: 'true' }", "", "no"],
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

  test("one that pushes nothing for it needs none", async () => {
    const build = (value: string) =>
      `- uses: docker/build-push-action@v6\n        with: { push: "${value}" }`;
    const publish = (...steps: string[]) =>
      job(login(wanted), ...steps).replace(
        /^on: .*/,
        "on: { workflow_call: { inputs: { skip: { type: boolean } }, secrets: { GHCR_PAT: {} } } }",
      );
    const skipping = caller(local, "    with: { skip: true }\n");
    const negated = "${{ !inputs.skip }}";
    expect(await findings(skipping, publish(build(negated), build(negated)))).toEqual([]);
    const must = ["4: must pass GHCR_PAT to the workflow that it calls."];
    expect(await findings(skipping, publish(build(negated), push))).toEqual(must);
    expect(await findings(caller(local), publish(build(negated)))).toEqual(must);
    const unknown = caller(local, "    with: { skip: '${{ inputs.skip }}' }\n");
    expect(await findings(unknown, publish(build(negated)))).toEqual(must);
  });

  test("one that declares no secret has to", async () => {
    expect(await findings(caller(local), callee("inputs: {}"))).toEqual([
      "4: must call a workflow that declares GHCR_PAT: .github/workflows/publish.yml publishes, and declares none.",
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
      "4: must call a workflow that declares GHCR_PAT: .github/workflows/publish.yml publishes, and declares none.",
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

  test("an action that only logs in is given the credential where its job pushes", async () => {
    const action = `inputs: { token: {} }\nruns:\n  using: composite\n  steps:\n      ${login("${{ inputs.token }}")}\n`;
    const found = (given: string, then: string) =>
      findings(
        job(`- uses: ./.github/actions/login\n        with: { token: "${given}" }`, then),
        declares,
        { "actions/login/action.yml": action },
      );
    expect(await found(own, push)).toEqual([`7: ${wrong}`]);
    expect(await found(wanted, push)).toEqual([]);
    expect(await found(own, "- run: docker pull ghcr.io/acme/api")).toEqual([]);
  });

  test("an action that logs in where its steps say is given the credential for ghcr.io", async () => {
    const step = login("${{ inputs.token }}").replace("ghcr.io", () => '"${{ inputs.registry }}"');
    const found = (registry: string, preset = "") => {
      const action = `inputs: { token: {}, registry: {${preset}} }\nruns:\n  using: composite\n  steps:\n      ${step}\n`;
      const given = `{ ${registry}token: "${own}" }`;
      const text = job(`- uses: ./.github/actions/login\n        with: ${given}`, push);
      return findings(`env: { HOST: ghcr.io }\n${text}`, declares, {
        "actions/login/action.yml": action,
      });
    };
    expect(await found("registry: ghcr.io, ")).toEqual([`8: ${wrong}`]);
    expect(await found('registry: "${{ env.HOST }}", ')).toEqual([`8: ${wrong}`]);
    expect(await found("", " default: ghcr.io ")).toEqual([`8: ${wrong}`]);
    expect(await found("registry: quay.io, ", " default: ghcr.io ")).toEqual([]);
    expect(await found("")).toEqual([]);
  });

  test("one whose password is the job's token where nobody gives another is given the credential", async () => {
    const publish = takes("token || github.token", "{ workflow_call: { secrets: { token: {} } } }");
    expect(await findings(caller(local, secrets(wanted)), publish)).toEqual([]);
    expect(await findings(caller(local, secrets(own)), publish)).toEqual([`6: ${wrong}`]);
    expect(await findings(caller(local), publish)).toEqual([`4: ${wrong}`]);
  });

  test("an action that only logs in, with the job's token, is judged where its job pushes", async () => {
    const action = `runs:\n  using: composite\n  steps:\n      ${login("${{ github.token }}")}\n`;
    const calls = (...steps: string[]) => job("- uses: ./.github/actions/login", ...steps);
    const files = { "actions/login/action.yml": action };
    const must = `5: must log in to ghcr.io with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as the password.`;
    expect(await findings(calls(push), declares, files)).toEqual([must]);
    expect(await findings(calls("- run: docker pull ghcr.io/acme/api"), declares, files)).toEqual(
      [],
    );
  });

  test("the inputs of an action are texts, which are true unless they are empty", async () => {
    const found = (condition: string, given: string) => {
      const step = login("${{ inputs.token }}").replace("- ", `- if: ${condition}\n        `);
      const action = `inputs: { token: {}, push: { default: 'false', type: boolean } }\nruns:\n  using: composite\n  steps:\n      ${step}\n      ${push}\n`;
      const caller = `- uses: ./.github/actions/publish\n        with: { token: "${own}"${given} }`;
      return findings(job(caller), declares, { "actions/publish/action.yml": action });
    };
    expect(await found("inputs.push", "")).toEqual([`7: ${wrong}`]);
    expect(await found("inputs.push", ", push: false")).toEqual([`7: ${wrong}`]);
    expect(await found("inputs.push", ", push: ''")).toEqual([]);
    expect(await found("inputs.push == 'true'", "")).toEqual([]);
    expect(await found("inputs.push == 'true'", ", push: true")).toEqual([`7: ${wrong}`]);
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

  test("one in another repository is unknown, unless it is known for its login", async () => {
    expect(await findings(caller("acme/shared/.github/workflows/publish.yml@v1"))).toEqual([]);
    const build = (password: string, registry = "ghcr.io", pushes = "true") => {
      const given = `    with: { push: ${pushes} }\n    secrets:\n      registry-auths: |\n        - registry: ${registry}\n          password: ${password}\n`;
      return findings(caller("docker/github-builder/.github/workflows/build.yml@v1", given));
    };
    const must = "must log in to ghcr.io with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN.";
    expect(await build(own)).toEqual([`8: ${must}`]);
    expect(await build(wanted)).toEqual([]);
    expect(await build(own, "quay.io")).toEqual([]);
    expect(await build(own, "ghcr.io", "false")).toEqual([]);
  });
});
