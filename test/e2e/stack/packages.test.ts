import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ociClient, tinyImage } from "github-simulator/testing";
import { gitHubAs } from "../../support/github-as.ts";
import { packagesOf } from "../support/packages-of.ts";
import { conclusions, logsOf, watchRuns } from "../support/runs.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

interface Finding {
  subject: string;
  state: string;
  text: string;
  url?: string;
}

const settingsOf = (name: string) =>
  `https://github.com/orgs/acme/packages/container/${name}/settings`;

let fleet: TestFleet;

/** The checklist of a repository, from `pulumi stack output --json`. */
async function findings(repository: string): Promise<Finding[]> {
  const { repositories } = await fleet.stack.outputs<{
    repositories: Record<string, { package: Finding[] }>;
  }>();
  return repositories[repository]?.package ?? [];
}

/** The packages of a repository, as the stack's state has them. */
const verified = (repository: string) => packagesOf(fleet.stack, repository);

async function up(...flags: string[]) {
  const result = await fleet.stack.up(["--skip-preview", ...flags]);
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  return result.stdout;
}

/** A person's push, with a label only if `source` is given. */
async function pushByHand(name: string, source?: string) {
  const { registryUrl: url, world } = fleet.platform;
  const client = ociClient({ url, token: world.tokenValue("publisher") });
  const pushed = await client.push(`acme/${name}`, "by-hand", tinyImage(name, source));
  expect(pushed.status).toBe(201);
}

/** The requests to the REST endpoints of packages. */
const packageRequests = () =>
  fleet.platform.requests
    .filter(({ path }) => path.includes("/packages"))
    .map(({ method, path }) => `${method} ${path}`);

const found = (name: string) =>
  fleet.platform.registry.store.packages.find((each) => each.name === name && !each.deletedAt);

describe("what is found about packages, and bootstrap", () => {
  beforeAll(async () => {
    const repositories = [
      { match: "*" },
      { name: "web", package: { visibility: "public" } },
      { match: "new-*", package: { bootstrap: true, visibility: "private" } },
    ];
    const names = ["api", "billing", "mailer", "new-cli", "new-tool", "search", "web"];
    const seed = { repositories: names.map((name) => ({ name, dockerfile: "Dockerfile" })) };
    fleet = await startFleet({ repositories }, seed, "publisher", { dialect: "specification" });
    await pushByHand("billing");
    await pushByHand("new-cli");
    await pushByHand("mailer", "https://github.com/acme/search");
    await pushByHand("search");
    found("search")!.creator = "acme-admin";
    await pushByHand("web", "https://github.com/acme/web");
  });
  afterAll(() => fleet.close());

  const names = () => fleet.platform.registry.store.packages.map(({ name }) => name).sort();
  const tagsOf = (name: string) => [...(found(name)?.tags.keys() ?? [])];
  const byHand = ["billing", "mailer", "new-cli", "search", "web"];

  test("bootstrap creates nothing in preview", async () => {
    const preview = await fleet.stack.preview();
    expect(preview.exitCode, preview.stdout).toBe(0);
    expect(names()).toEqual(byHand);
  });

  test("up lists what will be done automatically, what a person has to do, and what is wrong", async () => {
    const said = await up();
    expect(await findings("api")).toEqual([
      {
        subject: "exists",
        state: "pending",
        text: "ghcr.io/acme/api does not exist yet; the first push creates it, linked to acme/api",
      },
    ]);
    expect(found("api")).toBeUndefined();

    const orphan = {
      subject: "linked",
      state: "manual",
      text: expect.stringContaining('choose "Connect repository" and acme/billing'),
      url: settingsOf("billing"),
    };
    expect(await findings("billing")).toEqual([orphan]);

    const belongsToAnother = {
      subject: "linked",
      state: "problem",
      text: expect.stringContaining("ghcr.io/acme/mailer belongs to acme/search"),
      url: settingsOf("mailer"),
    };
    expect(await findings("mailer")).toEqual([belongsToAnother]);

    const denied = {
      subject: "pushable",
      state: "problem",
      text: 'acme-publisher\'s token may not push ghcr.io/acme/search (denied: permission_denied: write_package); give acme-publisher the role Write on the package, or choose "Inherit access from repository" there, if acme-publisher may write to acme/search; the organisation decides whether new packages inherit it (https://github.com/organizations/acme/settings/packages)',
      url: settingsOf("search"),
    };
    expect(await findings("search")).toEqual([
      expect.objectContaining({ subject: "linked", state: "manual" }),
      denied,
    ]);
    expect(said).toContain(`warning: ${denied.text}: ${denied.url}`);

    const visibility = {
      subject: "visibility",
      state: "manual",
      text: 'ghcr.io/acme/web is private, not public; choose "Change visibility" (a public package cannot be made private again)',
      url: settingsOf("web"),
    };
    expect(await findings("web")).toEqual([visibility]);
  });

  test("bootstrap creates a linked package only if there is none", async () => {
    expect(names()).toEqual([...byHand, "new-tool"].sort());
    expect(tagsOf("new-tool")).toEqual(["ghcr-fleet-first-publish"]);
    expect(tagsOf("new-cli")).toEqual(["by-hand"]);
    expect(found("new-tool")).toMatchObject({
      visibility: "private",
      repository: { name: "new-tool" },
      inheritsAccess: true,
    });
    expect(await findings("new-tool")).toEqual([]);
    expect(await findings("new-cli")).toMatchObject([{ subject: "linked", state: "manual" }]);
  });

  test("a refresh marks completed items, finds new ones, and bootstraps nothing again", async () => {
    const { byHand, store } = fleet.platform.registry;
    await pushByHand("api", "https://github.com/acme/api");
    byHand.linkRepository("acme", "billing", "billing");
    byHand.linkRepository("acme", "new-cli", "new-cli");
    byHand.deletePackage("acme", "mailer");
    byHand.linkRepository("acme", "search", "search");
    found("search")!.creator = "acme-publisher";
    byHand.setVisibility("acme", "web", "public");

    const pushes = store.log.length;
    const said = await up("--refresh");
    expect(store.log).toHaveLength(pushes);
    for (const name of ["api", "billing", "new-cli", "new-tool", "search", "web"]) {
      expect(await findings(name)).toEqual([]);
      expect(await verified(name)).toMatchObject([{ exists: true, linkedTo: `acme/${name}` }]);
    }
    expect(await verified("web")).toMatchObject([{ visibility: "public" }]);
    const deleted = {
      subject: "exists",
      state: "manual",
      text: "ghcr.io/acme/mailer was deleted; restore it within 30 days, or let the next push create it again",
      url: "https://github.com/organizations/acme/settings/packages",
    };
    expect(await findings("mailer")).toEqual([deleted]);
    // The engine prints a warning when it occurs and again at the end.
    const warned = [...new Set(said.match(/warning: .*/g))];
    expect(warned).toEqual([`warning: ${deleted.text}: ${deleted.url}`]);
  });

  test("only reads went to GitHub's packages, and no upload was left behind", () => {
    expect(packageRequests().length).toBeGreaterThan(0);
    expect(packageRequests().filter((request) => !request.startsWith("GET "))).toEqual([]);
    expect(fleet.platform.registry.store.uploads.size).toBe(0);
  });
});

describe("several images of a repository", () => {
  beforeAll(async () => {
    // The simulator runs no jobs for Arm; another label is another runner, too.
    const runners = { "linux/arm64": "ubuntu-22.04" };
    const platforms = ["linux/amd64", "linux/arm64"];
    const images = [{ image: "web" }, { image: "web-worker", platforms, runners }];
    const repositories = [{ name: "web", images }];
    fleet = await startFleet({ repositories }, {}, "publisher", { actions: true });
  });
  afterAll(() => fleet.close());

  test("one update, and each image arrives from its own jobs", async () => {
    await up();
    const runs = await watchRuns(fleet)();
    expect(conclusions(runs), logsOf(runs)).toEqual(["web ci push success"]);
    expect(runs.flatMap(({ jobs }) => jobs.map(({ name }) => name)).sort()).toEqual([
      "Build web, publish it on push",
      "Build web-worker for linux/amd64",
      "Build web-worker for linux/arm64",
      "Build web-worker, publish it on push",
    ]);
    const { registryUrl: url, world } = fleet.platform;
    const client = ociClient({ url, token: world.tokenValue("publisher") });
    const index = (await (await client.pull("acme/web-worker", "main")).json()) as {
      manifests: { platform: { architecture: string } }[];
      annotations: Record<string, string>;
    };
    const built = index.manifests.map(({ platform }) => platform.architecture);
    expect(built.filter((each) => each !== "unknown")).toEqual(["amd64", "arm64"]);
    expect(index.annotations["org.opencontainers.image.source"]).toBe(
      "https://github.com/acme/web",
    );
  });

  test("a release publishes both, and each package is judged by itself", async () => {
    const newRuns = watchRuns(fleet);
    await newRuns();
    const github = gitHubAs(fleet.platform, "admin");
    await github("POST /repos/acme/web/releases", { tag_name: "v1.0.0" });
    const runs = await newRuns();
    expect(conclusions(runs), logsOf(runs)).toEqual(["web release release success"]);
    expect(["web", "web-worker"].map((name) => found(name)?.tags.has("1.0.0"))).toEqual([
      true,
      true,
    ]);
    await up("--refresh");
    expect(await verified("web")).toMatchObject([
      { image: "web", exists: true, linkedTo: "acme/web", push: "allowed" },
      { image: "web-worker", exists: true, linkedTo: "acme/web", push: "allowed" },
    ]);
    expect(await findings("web")).toEqual([]);
  });
});
