import { expect, test } from "vitest";
import { checkWorkflows } from "../../policy/check.ts";
import { publishingHost } from "../../policy/model/publishing-host.ts";
import { toSarif } from "../../policy/output/to-sarif.ts";
import { gitHubHost, registryOf } from "../../src/github-host.ts";
import { renderWorkflows } from "../../src/publishing/templates/render.ts";
import { workflowOptions } from "../publishing/templates/options.ts";

const now = new Date("2026-11-24T09:00:00Z");
const server = gitHubHost("https://git.example.com");
const host = { registry: registryOf(server), web: server.web };

const workflow = (registry: string) => ({
  path: ".github/workflows/images.yml",
  text: `name: images
on: { push: { branches: [main] } }
permissions: {}
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: { contents: read, packages: write }
    steps:
      - uses: docker/login-action@v3
        with:
          registry: ${registry}
          username: x
          password: \${{ secrets.OTHER }}
      - run: docker push ${registry}/acme/api
`,
});

const judged = async (registry: string, at?: typeof host) => {
  const findings = await checkWorkflows([workflow(registry)], { now, host: at });
  return findings.filter(({ rule }) => rule.id === "workflow-login-fallback");
};

test("the templates of another host keep every rule", async () => {
  const options = workflowOptions({ host: server, registry: host.registry });
  const files = Object.entries(renderWorkflows(options)).map(([path, text]) => ({ path, text }));
  expect(files.map(({ text }) => /ghcr\.io|github\.com\//.test(text))).toEqual([false, false]);
  const all = { managed: true, branch: "main", repository: "Acme/api", host, now };
  expect(await checkWorkflows(files, all)).toEqual([]);
});

test("only logins to the host's own registry are judged, and the message names it", async () => {
  const [finding, ...more] = await judged(host.registry, host);
  expect(finding?.message).toBe(
    "must log in to containers.git.example.com with exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as the password.",
  );
  expect(more).toEqual([]);
  expect(await judged("ghcr.io", host)).toEqual([]);
  expect(await judged(host.registry)).toEqual([]);
  expect(await judged("ghcr.io")).toHaveLength(1);
  // A host that ends with the name of the registry is another one.
  expect(await judged(`x.${host.registry}`, host)).toEqual([]);
});

test("SARIF links to the host's own pages", async () => {
  const sarif = JSON.stringify(toSarif(await judged(host.registry, host), { host }));
  expect(sarif).toContain("https://git.example.com/settings/tokens/new?scopes=write:packages");
  expect(sarif).not.toMatch(/https:\/\/github\.com\/settings|to ghcr\.io/);
});

test.each(["https://api.github.com", "https://api.acme.ghe.com", "https://git.example.com/api/v3"])(
  "the pages of the provider's API %s are those of the product",
  (api) => {
    const { web } = gitHubHost(api);
    expect(publishingHost(undefined, api)).toEqual({ registry: "ghcr.io", web });
  },
);
