import { afterAll, beforeAll, expect, test } from "vitest";
import type { Run, SeedInput } from "github-simulator";
import { ociClient, tinyImage } from "github-simulator/testing";
import type { DriftReport } from "../../../src/operations/drift/drift-report.ts";
import { runCommand } from "../support/run-command.ts";
import { conclusions, logsOf, watchRuns } from "../support/runs.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

const publish = ".github/workflows/publish.yml";
const settingsPage = "https://github.com/users/Ada/packages/container/shop/settings";
const inShop = { scope: "repository", repository: "Ada/shop" } as const;
const shop = { username: "ada", repositories: [{ name: "shop" }] };

/** Nobody but Ada has a part in this: the repository, both tokens and the package are hers. */
const onePerson: Partial<SeedInput> = {
  organisation: { login: "acme" },
  users: [{ login: "Ada", role: "none" }],
  tokens: [
    { name: "admin", owner: "Ada", scopes: ["repo", "workflow", "read:packages"] },
    {
      name: "publisher",
      owner: "Ada",
      scopes: ["write:packages", "read:packages"],
      expiresInDays: 60,
    },
  ],
  repositories: [
    {
      name: "shop",
      owner: "Ada",
      visibility: "private",
      dockerfile: "Dockerfile",
      files: {
        [publish]: `name: publish
on:
  push:
    branches: [main]
jobs:
  image:
    runs-on: ubuntu-latest
    permissions: { contents: read, packages: write }
    steps:
      - uses: actions/checkout@v4
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/ada/shop:main
`,
      },
    },
  ],
};

let fleet: TestFleet;
let newRuns: () => Promise<Run[]>;
beforeAll(async () => {
  const options = { linked: true, actions: true, owner: "ada" };
  fleet = await startFleet(shop, onePerson, "publisher", options);
  newRuns = watchRuns(fleet);
});
afterAll(() => fleet.close());

const command = (...args: string[]) => runCommand(fleet, args);

async function drift() {
  const { stdout, stderr } = await command("drift", "test", "--json");
  const { stacks } = JSON.parse(stdout || '{"stacks":[]}') as { stacks: DriftReport[] };
  expect(stacks, stderr).toHaveLength(1);
  return stacks[0]!;
}

test("before her first push, the policies let her first update through", async () => {
  const judged = await command("preview", "test");
  expect(judged.stdout).toContain(
    "ghcr.io/ada/shop does not exist yet, and no workflow sets the label org.opencontainers.image.source",
  );
  expect(judged.stdout).not.toContain("mandatory");
  expect(judged.exitCode, judged.stdout + judged.stderr).toBe(0);
});

test("her own workflow is denied, because she pushed her package by hand, and it is linked to no repository", async () => {
  const { registryUrl: url, world } = fleet.platform;
  const client = ociClient({ url, token: world.tokenValue("publisher") });
  const byHand = await client.push("ada/shop", "by-hand", tinyImage("shop"));
  expect(byHand.status).toBe(201);
  fleet.platform.byHand("Ada").editFiles("Ada/shop", { "README.md": "# Shop\n" });
  const runs = await newRuns();
  expect(conclusions(runs)).toEqual(["shop publish push failure"]);
  expect(logsOf(runs)).toContain("permission_denied: write_package");
});

test("a preview shows the repair and writes nothing", async () => {
  fleet.takeWrites();
  const judged = await command("preview", "test");
  expect(judged.stdout).toContain("${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}");
  // With the policies: the link is a task for a person.
  expect(judged.stdout).toContain("policy: 1 mandatory broken");
  expect(judged.stdout).toContain("mandatory package-linked shop");
  expect(judged.stdout).toContain(settingsPage);
  expect(judged.exitCode).toBe(3);
  expect(fleet.takeWrites()).toEqual([]);
});

test("one update later it publishes", async () => {
  const up = await fleet.stack.up(["--skip-preview"]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  expect(conclusions(await newRuns())).toEqual(["shop publish push success"]);
  const { world, registry, requests } = fleet.platform;
  expect(world.secretValue(inShop, "GHCR_PAT")).toBe(world.tokenValue("publisher"));
  expect(world.repository("Ada/shop").variables.get("GHCR_USERNAME")?.value).toBe("Ada");
  expect(registry.store.log.findLast(({ action }) => action === "push")).toMatchObject({
    image: "ada/shop",
    actor: "Ada",
  });
  // The page of the package, which a person has to open.
  const { repositories } = await fleet.stack.outputs<{
    repositories: Record<string, { managed: string; package: object[] }>;
  }>();
  expect(repositories["shop"]).toMatchObject({
    managed: "GHCR_PAT (repository), logins in its workflows",
    package: [{ subject: "linked", state: "manual", url: settingsPage }],
  });
  // Nothing was guessed: no request is for an organisation.
  expect(requests.filter(({ path }) => path.includes("/orgs/"))).toEqual([]);
});

test("nothing is left to do, and the policies pass, once she has linked the package on that page", async () => {
  fleet.platform.registry.byHand.linkRepository("Ada", "shop", "shop");
  fleet.takeWrites();
  const up = await fleet.stack.up(["--skip-preview", "--refresh", ...policyPack]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
  // Neither a machine user nor a monitor of an audit log is advised to one person.
  expect(up.stdout).not.toContain("[advisory]");
});

test("status and drift find nothing until something changes", async () => {
  const status = await command("status", "test", "--probe", "--json");
  const { stacks } = JSON.parse(status.stdout) as { stacks: object[] };
  expect(stacks).toMatchObject([
    {
      owner: "Ada",
      token: { state: "live", owner: "Ada" },
      findings: [],
      repositories: [
        {
          credential: { state: "present", scope: "repository", declared: true, shadows: [] },
          package: {
            visibility: "private",
            findings: [{ subject: "exists" }, { subject: "linked", state: "ok" }],
          },
          ci: { image: { tags: ["main"] } },
        },
      ],
    },
  ]);
  expect(await drift()).toMatchObject({ findings: [], unread: [] });

  fleet.platform.byHand("Ada").setSecret(inShop, "GHCR_PAT", "mine");
  fleet.platform.registry.byHand.deletePackage("Ada", "shop");
  expect((await drift()).findings).toMatchObject([
    { kind: "secret-overwritten", repository: "shop" },
    {
      kind: "package-deleted",
      repair: { step: "restore it within 30 days: https://github.com/settings/packages" },
    },
  ]);
  const audit = await command("audit", "test");
  expect(audit.stdout + audit.stderr).toContain(
    "ada is a user account, and only organisations have an audit log",
  );
});

test("what only organisations have is refused with the fix", async () => {
  await fleet.configure({ ...shop, secret: { scope: "organization" } });
  const { exitCode, stdout, stderr } = await fleet.stack.preview();
  expect(exitCode).not.toBe(0);
  expect((stdout + stderr).replace(/\s+/g, " ")).toContain(
    "fleet.secret.scope: Ada is a user account, and only organisations have secrets for several repositories; remove scope, or write repository",
  );
});
