import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyImage } from "../simulator/registry/tiny-image.ts";
import { ociClient } from "../simulator/registry/oci-client.ts";
import { startFleet, type TestFleet } from "./start-fleet.ts";

interface Finding {
  subject: string;
  state: string;
  text: string;
  url?: string;
}

const settingsOf = (name: string) =>
  `https://github.com/orgs/acme/packages/container/${name}/settings`;

let fleet: TestFleet;

/** The checklist of a repository, as `pulumi stack output --json` tells it. */
async function findings(repository: string): Promise<Finding[]> {
  const { repositories } = await fleet.stack.outputs<{
    repositories: Record<string, { package: Finding[] }>;
  }>();
  return repositories[repository]?.package ?? [];
}
const states = async (repository: string) =>
  (await findings(repository)).map(({ subject, state }) => `${subject} ${state}`);

async function up(...flags: string[]) {
  const result = await fleet.stack.up(["--skip-preview", ...flags]);
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  return result.stdout;
}

/** A person's push, with a label only where `source` is given. */
async function pushByHand(name: string, token = "publisher", source?: string) {
  const { registry, world } = fleet.platform;
  const client = ociClient(registry, world.tokenValue(token));
  const pushed = await client.push(`acme/${name}`, "by-hand", tinyImage(name, source));
  expect(pushed.status).toBe(201);
}

/** What was sent to the REST endpoints of packages. */
const packageRequests = () =>
  fleet.platform.requests
    .filter(({ path }) => path.includes("/packages"))
    .map(({ method, path }) => `${method} ${path}`);

const found = (name: string) =>
  fleet.platform.registry.store.packages.find((each) => each.name === name && !each.deletedAt);

describe("what is found about packages", () => {
  const settings = {
    repositories: [{ match: "*" }, { name: "web", package: { visibility: "public" } }],
  };
  beforeAll(async () => {
    fleet = await startFleet(settings, {}, "publisher", { dialect: "specification" });
    await pushByHand("billing");
    await pushByHand("mailer", "publisher", "https://github.com/acme/search");
    await pushByHand("web", "publisher", "https://github.com/acme/web");
    await pushByHand("api", "publisher", "https://github.com/acme/api");
  });
  afterAll(() => fleet.close());

  test("one that is not there yet comes with the first push", async () => {
    await up();
    expect(await findings("search")).toEqual([
      {
        subject: "exists",
        state: "pending",
        text: "ghcr.io/acme/search does not exist yet; the first push creates it, linked to acme/search",
      },
    ]);
    expect(found("search")).toBeUndefined();
  });

  test("one that is as it should be asks for nothing", async () => {
    expect(await states("api")).toEqual(["exists ok", "linked ok"]);
  });

  test("an orphan is for a person to connect", async () => {
    expect(await findings("billing")).toMatchObject([
      { subject: "exists", state: "ok" },
      {
        subject: "linked",
        state: "manual",
        text: expect.stringContaining('choose "Connect repository" and acme/billing'),
        url: settingsOf("billing"),
      },
    ]);
  });

  test("one of another repository is a problem", async () => {
    expect(await findings("mailer")).toMatchObject([
      { subject: "exists", state: "ok" },
      {
        subject: "linked",
        state: "problem",
        text: expect.stringContaining("ghcr.io/acme/mailer belongs to acme/search"),
        url: settingsOf("mailer"),
      },
    ]);
  });

  test("another visibility is for a person to change", async () => {
    expect((await findings("web")).find(({ subject }) => subject === "visibility")).toEqual({
      subject: "visibility",
      state: "manual",
      text: 'ghcr.io/acme/web is private, not public; choose "Change visibility" (a public package cannot be made private again)',
      url: settingsOf("web"),
    });
  });

  test("the list turns green once a person has done it", async () => {
    const { byHand } = fleet.platform.registry;
    byHand.setVisibility("acme", "web", "public");
    byHand.linkRepository("acme", "billing", "billing");
    const said = await up("--refresh");
    expect(await states("web")).toEqual(["exists ok", "linked ok", "visibility ok"]);
    expect(await states("billing")).toEqual(["exists ok", "linked ok"]);
    expect(said).not.toMatch(/warning: /);
  });

  test("a package deleted by hand stays on the list until it is back", async () => {
    const { byHand } = fleet.platform.registry;
    byHand.deletePackage("acme", "api");
    const deleted: Finding = {
      subject: "exists",
      state: "manual",
      text: "ghcr.io/acme/api was deleted; restore it within 30 days, or let the next push create it anew",
      url: "https://github.com/orgs/acme/settings/packages",
    };
    expect(await up("--refresh")).toContain(`warning: ${deleted.text}: ${deleted.url}`);
    expect(await findings("api")).toEqual([deleted]);
    expect(await up("--refresh")).not.toMatch(/warning: /);
    expect(await findings("api")).toEqual([deleted]);
    byHand.restore("acme", "api");
    await up("--refresh");
    expect(await states("api")).toEqual(["exists ok", "linked ok"]);
  });

  test("a push that is denied since is found by a refresh, and so is its cure", async () => {
    const { registry } = fleet.platform;
    registry.byHand.unlinkRepository("acme", "web");
    const subject = found("web")!;
    subject.creator = "acme-admin";
    const said = await up("--refresh");
    const pushable = (await findings("web")).find((each) => each.subject === "pushable");
    expect(pushable).toEqual({
      subject: "pushable",
      state: "problem",
      text: "acme-publisher's token may not push ghcr.io/acme/web (denied: permission_denied: write_package); give acme-publisher the role Write on the package",
      url: settingsOf("web"),
    });
    expect(said).toContain(`warning: ${pushable?.text}`);
    subject.creator = "acme-publisher";
    await up();
    expect(await states("web")).toEqual(["exists ok", "linked manual", "visibility ok"]);
  });

  test("a publisher who may not create packages is a problem", async () => {
    const members = fleet.platform.world.findOrganisation("acme")!.members;
    members.delete("acme-publisher");
    await up("--refresh");
    expect((await findings("search")).at(-1)).toEqual({
      subject: "pushable",
      state: "problem",
      text: "acme-publisher's token may not push ghcr.io/acme/search (denied: permission_denied: create_package); make acme-publisher a member of acme who may create packages",
      url: "https://github.com/orgs/acme/people",
    });
    members.set("acme-publisher", "member");
  });

  test("an admin token that may not see packages is told so", async () => {
    const token = fleet.platform.world.state.tokens.get("admin")!;
    token.scopes = token.scopes.filter((scope) => scope !== "read:packages");
    await up("--refresh");
    expect((await findings("search"))[0]).toMatchObject({
      state: "manual",
      text: expect.stringContaining("with the scope read:packages"),
    });
    token.scopes.push("read:packages");
  });

  test("nothing but reads went to GitHub's packages, and no upload was left behind", () => {
    expect(packageRequests().length).toBeGreaterThan(0);
    expect(packageRequests().filter((request) => !request.startsWith("GET "))).toEqual([]);
    expect(fleet.platform.registry.store.uploads.size).toBe(0);
  });
});

describe("bootstrap", () => {
  const settings = (bootstrap: boolean) => ({
    repositories: [{ match: "*", package: { bootstrap, visibility: "private" } }],
  });
  beforeAll(async () => {
    fleet = await startFleet(settings(false), {}, "publisher", { dialect: "specification" });
    await pushByHand("billing");
  });
  afterAll(() => fleet.close());

  const names = () => fleet.platform.registry.store.packages.map(({ name }) => name).sort();
  const tagsOf = (name: string) => [...(found(name)?.tags.keys() ?? [])];

  test("creates nothing where it is not asked for, nor in preview", async () => {
    await up();
    expect(names()).toEqual(["billing"]);
    await fleet.configure(settings(true));
    const preview = await fleet.stack.preview();
    expect(preview.exitCode, preview.stdout).toBe(0);
    expect(names()).toEqual(["billing"]);
  });

  test("creates a linked package only where there is none", async () => {
    await up();
    expect(names()).toEqual(["api", "billing", "mailer", "search", "web"]);
    expect(tagsOf("api")).toEqual(["ghcr-fleet-first-publish"]);
    expect(tagsOf("billing")).toEqual(["by-hand"]);
    expect(found("api")).toMatchObject({
      visibility: "private",
      repository: { name: "api" },
      inheritsAccess: true,
    });
    expect(await states("api")).toEqual(["exists ok", "linked ok", "visibility ok"]);
    expect(await states("billing")).toEqual(["exists ok", "linked manual", "visibility ok"]);
  });

  test("is done once", async () => {
    const pushes = fleet.platform.registry.store.log.length;
    expect(await up("--refresh")).toMatch(/Resources:\n {4}\d+ unchanged/);
    expect(fleet.platform.registry.store.log).toHaveLength(pushes);
  });

  test("leaves what a person deleted", async () => {
    fleet.platform.registry.byHand.deletePackage("acme", "web");
    await fleet.configure({
      repositories: [{ match: "*", package: { bootstrap: true, visibility: "public" } }],
    });
    await up("--refresh");
    expect(found("web")).toBeUndefined();
    expect((await findings("web"))[0]).toMatchObject({ subject: "exists", state: "manual" });
  });
});
