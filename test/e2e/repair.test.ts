import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByHand, Run } from "github-simulator";
import { loadRepositories } from "../../demo/load-repositories.ts";
import { conclusions, watchRuns } from "./support/runs.ts";
import { packagesOf } from "./support/packages-of.ts";
import { policyPack, startFleet, type TestFleet } from "./support/start-fleet.ts";

const pat = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const checks = ".github/workflows/checks.yml";

describe("a fleet whose repositories already publish", () => {
  let fleet: TestFleet;
  let developer: ByHand;
  let newRuns: () => Promise<Run[]>;
  const before = new Map<string, string>();

  const repositories = ["assistant", "kiosk", "ledger", "pipeline", "shop"].map((name) => ({
    name,
  }));
  const configuration = (more: object = {}) => ({
    username: "acme-publisher",
    defaults: { workflows: { replaceSecrets: ["CR_PAT"] }, onRemove: "restore", ...more },
    repositories: [...repositories, { name: "plain" }],
  });

  beforeAll(async () => {
    const own = await loadRepositories();
    const plain = { name: "plain", dockerfile: "Dockerfile" };
    fleet = await startFleet(configuration(), { repositories: [...own, plain] }, "publisher", {
      actions: true,
    });
    developer = fleet.platform.byHand("acme-admin");
    newRuns = watchRuns(fleet);
    for (const { name } of repositories) before.set(name, texts(name));
    await newRuns();
  });
  afterAll(() => fleet.close());

  const read = (repository: string, path: string) => {
    const { world } = fleet.platform;
    return world.readFile(world.repository(`acme/${repository}`), "main", path)?.toString("utf8");
  };
  /** All workflow files of a repository as one text. */
  function texts(repository: string): string {
    const names = ["checks", "images", "publish", "main", "build-image", "deploy", "ci", "release"];
    return names
      .flatMap((name) => read(repository, `.github/workflows/${name}.yml`) ?? [])
      .join("");
  }
  const head = (repository: string) =>
    fleet.platform.world.repository(`acme/${repository}`).refs.get("refs/heads/main");
  const lastPush = (name: string) =>
    fleet.platform.registry.store.log.findLast(
      ({ action, image }) => action === "push" && image === `acme/${name}`,
    );
  async function up(...flags: string[]) {
    const result = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { ...result, writes: fleet.takeWrites() };
  }

  test("preview shows each edit as file, line, before and after, and writes nothing", async () => {
    fleet.takeWrites();
    const { stdout, exitCode } = await fleet.stack.preview(["--diff", ...policyPack]);
    expect(exitCode, stdout).toBe(0);
    expect(fleet.takeWrites()).toEqual([]);
    expect(stdout).toMatch(/why +: "checks\.yml publishes to the registry already"/);
    expect(stdout).toMatch(
      /after +: " +password: \$\{\{ secrets\.GHCR_PAT \|\| secrets\.GITHUB_TOKEN \}\}"\s+before: " +password: \$\{\{ secrets\.GITHUB_TOKEN \}\}"\s+file +: "\.github\/workflows\/checks\.yml"\s+kind +: "credential"\s+line +: 36/,
    );
    expect(stdout).not.toContain("sh scripts/lint.sh");
    expect(stdout).not.toContain("can't run policy");
  });

  test("up repairs the logins, writes templates where nothing published, and the runs succeed", async () => {
    const heads = new Map(repositories.map(({ name }) => [name, head(name)]));
    const { stdout } = await up();
    expect(stdout).toContain(
      "deploy.yml:17: this login serves ghcr.io and other registries; the password is another secret (LEDGER_REGISTRY_TOKEN)",
    );
    // Only the places that the product owns.
    expect(read("shop", checks)).toBe(
      before
        .get("shop")
        ?.replace("${{ secrets.GITHUB_TOKEN }}", pat)
        .replace(
          "    if: github.event_name == 'push'\n    runs-on: ubuntu-latest\n",
          "$&    permissions:\n      contents: read\n      packages: write\n",
        ),
    );
    expect(read("plain", ".github/workflows/ci.yml")).toContain("ghcr.io/acme/plain");
    expect(head("ledger")).toBe(heads.get("ledger"));
    const runs = await newRuns();
    expect(conclusions(runs).sort()).toEqual([
      "assistant main push success",
      "kiosk publish push success",
      "pipeline images push success",
      "plain ci push success",
      "shop checks push success",
    ]);
    const shop = runs.find(({ event }) => event.repo === "shop");
    expect(shop?.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      "lint success",
      "test success",
      "image success",
    ]);
    for (const name of ["shop", "kiosk", "pipeline/ingest", "pipeline/export", "assistant"]) {
      expect(lastPush(name), name).toMatchObject({ actor: "acme-publisher" });
    }
  });

  test("nothing is left to do, and no text of a file is in the state", async () => {
    const exported = async () => (await fleet.stack.must(["stack", "export"])).stdout;
    const resources = (state: string) =>
      (JSON.parse(state) as State).deployment.resources
        .filter(({ type }) => type.startsWith("ghcr:index:"))
        // The engine compares dependencies as a set.
        .map((each) => ({ ...each, dependencies: each.dependencies?.toSorted() }))
        .sort((a, b) => a.urn.localeCompare(b.urn));
    const after = resources(await exported());
    expect((await up()).writes).toEqual([]);
    const stdout = await exported();
    // The engine writes the state for each resource that differs.
    expect(resources(stdout)).toEqual(after);
    expect((await up("--refresh")).writes).toEqual([]);
    expect(stdout).not.toContain("sh scripts/lint.sh");
    const outputs = await fleet.stack.outputs<{
      repositories: Record<string, { workflows: string; managed: string; images: string[] }>;
    }>();
    expect(outputs.repositories["shop"]).toMatchObject({
      workflows: "repair",
      managed: "GHCR_PAT (organization), logins in its workflows",
    });
    expect(outputs.repositories["plain"]).toMatchObject({
      workflows: "template",
      images: ["ghcr.io/acme/plain"],
    });
  });

  test("every image of a repository is verified, as many as its workflows push", async () => {
    const outputs = await fleet.stack.outputs<{
      repositories: Record<string, { images: string[]; package: object[] }>;
    }>();
    const { images, package: findings = [] } = outputs.repositories["pipeline"] ?? {};
    const names = ["export", "ingest", "transform"].map((name) => `ghcr.io/acme/pipeline/${name}`);
    expect(images).toEqual(names);
    expect(findings).toEqual([]);
    expect(await packagesOf(fleet.stack, "pipeline")).toMatchObject(
      ["export", "ingest", "transform"].map((name) => ({
        image: `pipeline/${name}`,
        push: "allowed",
        exists: true,
        linkedTo: "acme/pipeline",
      })),
    );
  });

  test("changes elsewhere in the files are not drift and are kept", async () => {
    const text = read("shop", checks) ?? "";
    const edited = text.replace("name: Lint", "name: Lint all scripts");
    developer.editFiles("acme/shop", { [checks]: edited }, { message: "Name the step better" });
    fleet.takeWrites();
    const again = await up("--refresh", "--expect-no-changes");
    expect(again.stdout).toMatch(/Resources:\n {4}\d+ unchanged/);
    expect(again.writes).toEqual([]);
    expect(read("shop", checks)).toBe(edited);
    expect(conclusions(await newRuns())).toEqual(["shop checks push success"]);
  });

  test("a login that somebody reverted is drift, and the next up repairs it", async () => {
    const repaired = read("shop", checks) ?? "";
    const turnedBack = repaired.replace(pat, "${{ github.token }}");
    developer.editFiles("acme/shop", { [checks]: turnedBack }, { message: "Use our own token" });
    await newRuns();
    const { writes } = await up();
    expect(writes).toEqual(["POST /graphql"]);
    expect(read("shop", checks)).toBe(repaired);
    expect(conclusions(await newRuns())).toEqual(["shop checks push success"]);
  });

  test("a repository that leaves gets its original lines back", async () => {
    await fleet.configure({
      ...configuration(),
      repositories: [
        { name: "kiosk" },
        { name: "ledger" },
        { name: "pipeline" },
        { name: "assistant" },
        { name: "plain" },
      ],
    });
    await up();
    expect(read("shop", checks)).toBe(
      before
        .get("shop")
        ?.replace("name: Lint", "name: Lint all scripts")
        .replace("${{ secrets.GITHUB_TOKEN }}", "${{ github.token }}"),
    );
  });
});

interface State {
  readonly deployment: {
    readonly resources: {
      readonly urn: string;
      readonly type: string;
      readonly dependencies?: readonly string[];
    }[];
  };
}
