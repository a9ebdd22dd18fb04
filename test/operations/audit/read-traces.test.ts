import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { readTraces, type Traces } from "../../../src/operations/audit/read-traces.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { publishFirstImage } from "../../../src/registry/publish-first-image.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";

let platform: Simulator;
beforeAll(async () => {
  const admin = ["admin:org", "read:packages"];
  platform = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [
        { name: "admin", owner: "ada", scopes: ["repo", ...admin] },
        { name: "blind", owner: "ada", scopes: admin },
        { name: "publisher", owner: "ada", scopes: ["write:packages", "read:packages"] },
      ],
      repositories: [
        { name: "api", visibility: "private", secrets: { GHCR_PAT: "s3cret" } },
        { name: "web" },
      ],
    }),
  });
  const password = platform.world.tokenValue("publisher");
  const registry = { url: platform.registryUrl, credential: { username: "ada", password }, fetch };
  await publishFirstImage(registry, "acme/api", "https://github.com/acme/api");
});
afterAll(() => platform.close());

function read(token: string): Promise<Traces> {
  const resource = (type: string, outputs: object) => ({ type, urn: `urn:${type}`, outputs });
  const publishing = (name: string, existed: boolean) =>
    resource("ghcr:index:RepositoryPublishing", {
      owner: "acme",
      repository: name,
      branch: "main",
      packages: [{ image: name, push: "allowed", existed }],
    });
  const [place, name] = [{ scope: "repository", owner: "acme", repository: "api" }, "GHCR_PAT"];
  const { world } = platform;
  const updatedAt = world.repository("acme/api").secrets.secrets.get(name)?.updatedAt;
  const resources = [
    resource("ghcr:index:RegistrySecret", { ...place, name, updatedAt, box: "sealed" }),
    publishing("api", true),
    publishing("web", false),
    publishing("cli", true),
  ];
  const github = createGitHubClient({ baseUrl: platform.url, token: world.tokenValue(token) });
  return readTraces(github, "acme", "test", stackRecord({ resources }), "2020-01-01T00:00:00.000Z");
}

const cliGone =
  "cannot find out what was published as acme/cli: it was deleted, or the admin token may not see it";

test("an image that no workflow published is reported where the runs are visible", async () => {
  const { sightings, failures } = await read("admin");
  expect(sightings.map(({ rule }) => rule)).toEqual(["package-published"]);
  expect(failures).toEqual([cliGone]);
});

test("what a token cannot see is a failure, not a finding", async () => {
  const { sightings, failures } = await read("blind");
  expect(sightings).toEqual([]);
  expect(failures.toSorted()).toEqual([
    cliGone,
    "cannot find out when GHCR_PAT of acme/api was written: it was deleted, or the admin token may not see it",
    expect.stringMatching(
      /^cannot read the workflow runs of acme\/api, which show whether they published api: GitHub answered 404/,
    ),
  ]);
});
