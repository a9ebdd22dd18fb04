import { afterEach, expect, test } from "vitest";
import { files, find, startStatus } from "./start-status.ts";
import { gitHubAs } from "../../support/github-as.ts";

let organisation: Awaited<ReturnType<typeof startStatus>>;
async function start(...args: Parameters<typeof startStatus>) {
  organisation = await startStatus(...args);
  return organisation;
}
afterEach(() => organisation.close());

test("a repository that publishes shows its credential, files, runs, images and package", async () => {
  const { deliver, shareSecret, read, platform } = await start({
    repositories: [{ name: "api" }, { name: "web" }],
  });
  shareSecret(["api", "web"]);
  await deliver("api");
  const status = await read();

  expect(status).toMatchObject({ version: 1, stack: "test", owner: "acme", findings: [] });
  expect(status.secret).toEqual({ name: "GHCR_PAT", scope: "organization", environment: null });
  expect(status.token).toMatchObject({
    state: "live",
    owner: "acme-publisher",
    kind: "classic",
    scopes: ["read:packages", "write:packages"],
    daysLeft: 60,
    firstSeenAt: null,
    refusals: [],
  });
  const api = find(status.repositories, "api");
  const head = platform.world.repository("acme/api").refs.get("refs/heads/main");
  expect(api).toMatchObject({
    url: "https://github.com/acme/api",
    branch: "main",
    head,
    credential: {
      state: "present",
      scope: "organization",
      declared: true,
      ageDays: 0,
      writtenByStack: null,
      shadows: [],
    },
    pullRequests: [],
    ci: {
      run: { workflow: "ci", number: 1, event: "push", conclusion: "success", ref: "main", head },
      image: { kind: "ci", tags: expect.arrayContaining(["main"]) },
    },
    release: { run: null, image: null },
    package: { name: "ghcr.io/acme/api", linkedTo: "acme/api" },
    findings: [],
  });
  expect(files(api)).toEqual(["ci.yml in-sync", "release.yml in-sync"]);
  expect(api.package.findings.map(({ subject, state }) => `${subject} ${state}`)).toEqual([
    "exists ok",
    "linked ok",
  ]);
  expect(api.history.changes[0]).toMatchObject({
    headline: "Publish to GHCR",
    author: "acme-admin",
  });

  const web = find(status.repositories, "web");
  expect(files(web)).toEqual(["ci.yml missing", "release.yml missing"]);
  expect(web.ci).toEqual({ run: null, image: null });
  expect(web.package.findings).toMatchObject([{ subject: "exists", state: "pending", url: null }]);
});

test("a release is distinguished from CI", async () => {
  const { deliver, read, platform } = await start({ repositories: [{ name: "api" }] });
  await deliver("api");
  await gitHubAs(platform, "admin")("POST /repos/acme/api/releases", { tag_name: "v1.4.0" });
  await platform.actions.idle();

  const { repositories } = await read();
  const { ci, release, history } = find(repositories, "api");
  expect(release.run).toMatchObject({
    workflow: "release",
    event: "release",
    conclusion: "success",
  });
  expect(release.image?.tags).toEqual(expect.arrayContaining(["1.4.0", "1.4", "latest"]));
  expect(ci.image?.tags).toContain("main");
  expect(history.runs.map(({ workflow }) => workflow).sort()).toEqual(["ci", "release"]);
});

test("later versions of actions that a bot brought are as rendered, if they are released", async () => {
  const { deliver, read, hands, platform } = await start(
    { repositories: [{ name: "api" }] },
    {
      users: [
        { login: "acme-admin", role: "admin" },
        { login: "acme-publisher", role: "member" },
        { login: "docker" },
      ],
      repositories: [
        { name: "api", dockerfile: "Dockerfile" },
        { name: "login-action", owner: "docker", visibility: "public" },
      ],
    },
  );
  await deliver("api");
  const { world } = platform;
  const ci = ".github/workflows/ci.yml";
  const api = world.repository("acme/api");
  const action = world.repository("docker/login-action");
  const released = hands.editFiles("docker/login-action", { "action.yml": "name: login\n" });
  action.refs.set("refs/tags/v9.0.0", released);
  const bump = (sha: string) => {
    const text = world.readFile(api, "main", ci)?.toString("utf8") ?? "";
    const pin = `docker/login-action@${sha} # v9.0.0`;
    hands.editFiles("acme/api", { [ci]: text.replaceAll(/docker\/login-action@\S+ # \S+/g, pin) });
  };
  const shown = async () => files(find((await read()).repositories, "api"));
  bump(released);
  expect(await shown()).toEqual(["ci.yml in-sync", "release.yml in-sync"]);
  bump("b".repeat(40));
  expect(await shown()).toEqual(["ci.yml edited", "release.yml in-sync"]);
});

test("files edited, deleted and added by hand are reported", async () => {
  const { deliver, read, hands } = await start({ repositories: [{ name: "api" }] });
  await deliver("api");
  hands.editFiles("acme/api", {
    ".github/workflows/ci.yml": "name: mine\non: workflow_dispatch\njobs: {}\n",
    ".github/workflows/release.yml": null,
    ".github/workflows/lint.yml": "name: lint\non: workflow_dispatch\njobs: {}\n",
    ".github/workflows/README.md": "no workflow\n",
  });
  const { repositories } = await read();
  expect(files(find(repositories, "api"))).toEqual([
    "ci.yml edited",
    "release.yml missing",
    "lint.yml extra",
  ]);
});

test("a secret of the repository hides the organisation's, and one of the environment both", async () => {
  const config = { repositories: [{ name: "api" }, { name: "web" }] };
  const { shareSecret, read, hands } = await start(config);
  shareSecret(["api"]);
  hands.setSecret({ scope: "repository", repository: "acme/api" }, "GHCR_PAT", "another");
  const { repositories } = await read();
  expect(find(repositories, "api").credential).toMatchObject({
    scope: "repository",
    declared: false,
    shadows: ["organization"],
  });
  expect(find(repositories, "web").credential).toEqual({ state: "absent" });
});

test("an environment's secret comes first where releases run in the environment", async () => {
  const { shareSecret, read, hands } = await start(
    { repositories: [{ name: "api" }], secret: { scope: "environment", environment: "release" } },
    {
      repositories: [
        {
          name: "api",
          dockerfile: "Dockerfile",
          environments: { release: { secrets: {}, variables: {} } },
        },
      ],
    },
  );
  shareSecret(["api"]);
  const before = await read();
  expect(find(before.repositories, "api").credential).toMatchObject({
    scope: "organization",
    declared: false,
  });
  const place = { scope: "environment", repository: "acme/api", environment: "release" } as const;
  hands.setSecret(place, "GHCR_PAT", "value");
  const after = await read();
  expect(find(after.repositories, "api").credential).toMatchObject({
    scope: "environment",
    declared: true,
    shadows: ["organization"],
  });
});

test("the stack's state has the token's first date, and the last writer of the secret", async () => {
  const { shareSecret, read } = await start({ repositories: [{ name: "api" }] });
  shareSecret(["api"]);
  const { token, repositories } = await read();
  if (token.state !== "live") throw new Error(token.state);
  const { credential } = find(repositories, "api");
  if (credential.state !== "present") throw new Error(credential.state);
  const deployment = (updatedAt: string) => ({
    resources: [
      {
        type: "ghcr:index:RegistryToken",
        outputs: {
          hash: token.hash,
          owner: token.owner,
          firstSeenAt: "2026-10-01T08:00:00.000Z",
        },
      },
      {
        type: "ghcr:index:RegistrySecret",
        outputs: { scope: "organization", owner: "acme", name: "GHCR_PAT", updatedAt },
      },
      {
        type: "ghcr:index:RepositoryPublishing",
        outputs: {
          owner: "acme",
          repository: "api",
          branch: "main",
          packages: [{ image: "api", push: "allowed", existed: true }],
        },
      },
      { type: "pulumi:pulumi:Stack" },
    ].map((resource) => ({ urn: "urn:pulumi:test", ...resource })),
  });
  const same = await read({ deployment: deployment(credential.updatedAt) });
  expect(same.token).toMatchObject({ firstSeenAt: "2026-10-01T08:00:00.000Z" });
  expect(find(same.repositories, "api").credential).toMatchObject({ writtenByStack: true });
  expect(find(same.repositories, "api").package.findings).toMatchObject([
    { subject: "exists", state: "manual", text: expect.stringContaining("was deleted") },
  ]);
  const other = await read({ deployment: deployment("2026-10-01T08:00:01Z") });
  expect(find(other.repositories, "api").credential).toMatchObject({ writtenByStack: false });
});

test("the registry is asked whether the token may push, when that is wanted", async () => {
  const { read } = await start({ repositories: [{ name: "api" }] });
  const allowed = await read({ probe: true });
  expect(find(allowed.repositories, "api").package.findings).toMatchObject([{ state: "pending" }]);
  const { repositories } = await read({ probe: true, pat: "too-wide" });
  expect(find(repositories, "api").package.findings).toMatchObject([
    { subject: "exists", state: "pending" },
    { subject: "pushable", state: "problem", text: expect.stringContaining("may not push") },
  ]);
});

test("a missing branch and a waiting proposal are reported", async () => {
  const { read, hands, platform } = await start({
    repositories: [{ name: "api", branch: "next" }],
  });
  const missing = await read();
  expect(find(missing.repositories, "api").findings).toMatchObject([
    { subject: "repository", text: expect.stringContaining("there is no branch next") },
  ]);
  const repository = platform.world.repository("acme/api");
  const head = repository.refs.get("refs/heads/main")!;
  repository.refs.set("refs/heads/next", head).set("refs/heads/ghcr-fleet/workflows-1", head);
  hands.editFiles("acme/api", { "a.txt": "a\n" }, { branch: "ghcr-fleet/workflows-1" });
  const pull = { title: "Publish", head: "ghcr-fleet/workflows-1", base: "next" };
  await gitHubAs(platform, "admin")("POST /repos/acme/api/pulls", pull);
  const { repositories } = await read();
  expect(find(repositories, "api")).toMatchObject({
    findings: [],
    pullRequests: [{ title: "Publish" }],
  });
});

test("each of several images has its own state", async () => {
  const images = [{ image: "web" }, { image: "worker", dockerfile: "nowhere/Dockerfile" }];
  const { deliver, read, shareSecret } = await start({ repositories: [{ name: "api", images }] });
  shareSecret(["api"]);
  await deliver("api");
  const [api] = (await read()).repositories;
  // The one that cannot be built does not keep the other one.
  expect(api?.ci).toMatchObject({
    run: { conclusion: "failure" },
    image: { tags: ["main", expect.anything()] },
  });
  expect(
    api?.images.map(({ ci, release, package: { name, linkedTo } }) => ({
      name,
      linkedTo,
      ci: ci?.kind,
      release,
    })),
  ).toEqual([
    { name: "ghcr.io/acme/web", linkedTo: "acme/api", ci: "ci", release: null },
    { name: "ghcr.io/acme/worker", linkedTo: null, ci: undefined, release: null },
  ]);
  expect(api?.package.name).toBe("ghcr.io/acme/web, ghcr.io/acme/worker");
});

test("no token appears in the report", async () => {
  const { read, platform, shareSecret } = await start({ repositories: [{ name: "api" }] });
  shareSecret(["api"]);
  const reports = JSON.stringify([await read(), await read({ pat: "expired" })]);
  for (const name of ["admin", "publisher", "expired"]) {
    expect(reports).not.toContain(platform.world.tokenValue(name));
  }
});
