import { afterEach, beforeEach, expect, test } from "vitest";
import { startPackages, states } from "./start-packages.ts";

type Packages = Awaited<ReturnType<typeof startPackages>>;

let platform: Packages["platform"];
let warnings: Packages["warnings"];
let open: Packages["open"];
let push: Packages["push"];
beforeEach(async () => {
  ({ platform, warnings, open, push } = await startPackages());
});
afterEach(() => platform.close());

const folder = ".github/workflows";
const template =
  "# Managed by ghcr-fleet: its next run overwrites what is changed here.\non: push\n";
const job = (name: string, push: string) =>
  `  ${name}:
    runs-on: ubuntu-latest
    permissions: { packages: write }
    steps:
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, username: x, password: "\${{ secrets.GITHUB_TOKEN }}" }
      - run: docker push ${push}
`;
const workflow = (...jobs: string[]) => `on: push\njobs:\n${jobs.join("")}`;
const asked = {
  publishing: { branch: "main", mode: "auto", files: { [`${folder}/ci.yml`]: template } },
};
const edit = (files: Record<string, string>) =>
  platform.byHand("ada").editFiles("acme/api", files, { message: "Edit" });
const queries = () => platform.requests.filter(({ path }) => path === "/graphql").length;

test("all images are verified, and names that only the run knows are reported as unknown", async () => {
  const text = workflow(
    job("image", "ghcr.io/acme/web && docker push ghcr.io/acme/worker"),
    job("charts", "ghcr.io/acme/$NAME"),
    job("mirror", "ghcr.io/elsewhere/web"),
  );
  edit({ [`${folder}/images.yml`]: text });
  await push("web");
  const resource = open();
  const created = await resource.create(asked);
  expect(created.inputs).toMatchObject({
    image: "api",
    images: ["web", "worker"],
    push: "allowed",
    others: [{ image: "worker", push: "allowed" }],
  });
  expect(created.state).toMatchObject({
    exists: true,
    linkedTo: undefined,
    others: [{ image: "worker", push: "allowed", exists: false, existed: false }],
  });
  expect(states(created)).toEqual([
    "exists ok",
    "linked manual",
    "exists pending",
    "name unknown",
    "name unknown",
  ]);
  expect(warnings.slice(1)).toEqual([
    `${folder}/images.yml, job charts: ghcr.io/acme/$NAME is a name that only the run knows, so its package is not verified; name it in images`,
    "ghcr.io/elsewhere/web belongs to another owner, so its package is not verified",
  ]);
  expect(JSON.stringify(created)).not.toContain("docker push");

  await push("worker");
  platform.registry.byHand.deletePackage("acme", "web");
  const refreshed = await resource.refresh(created);
  expect(states(refreshed)).toContain("exists manual");
  expect(refreshed.state["others"]).toMatchObject([{ exists: true, existed: true }]);
  expect((await resource.update(refreshed, asked)).changes).toEqual({});
});

test("a right that was removed on one of them is a change, and names it", async () => {
  edit({
    [`${folder}/a.yml`]: workflow(job("a", "ghcr.io/acme/web && docker push ghcr.io/acme/worker")),
  });
  await push("worker");
  const resource = open();
  const created = await resource.create(asked);
  platform.registry.store.packages[0]!.creator = "ada";
  const denied = await resource.update(await resource.refresh(created), asked);
  expect(denied.changes).toEqual({ others: "update" });
  expect(denied.state["findings"]).toContainEqual(
    expect.objectContaining({
      subject: "pushable",
      text: expect.stringContaining("acme/worker"),
    }),
  );
});

test("nothing is read again as long as nothing changed, and the repair that follows counts", async () => {
  const text = workflow(job("image", "ghcr.io/acme/web"));
  edit({ [`${folder}/a.yml`]: text });
  const created = await open().create(asked);
  const pat = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
  edit({ [`${folder}/a.yml`]: text.replace("${{ secrets.GITHUB_TOKEN }}", pat) });
  const before = queries();
  expect((await open().update(created, asked)).changes).toEqual({});
  expect(queries() - before).toBe(1);
  edit({ [`${folder}/a.yml`]: workflow(job("image", "ghcr.io/acme/other")) });
  const changed = await open().update(created, asked);
  expect(changed.changes).toEqual({ images: "update" });
  expect(changed.state).toMatchObject({ images: ["other"], exists: false });
});

test("fleet.images adds to them, or replaces them", async () => {
  edit({ [`${folder}/a.yml`]: workflow(job("image", "ghcr.io/acme/$NAME")) });
  const unknown = await open().create(asked);
  expect(unknown.inputs).toMatchObject({ images: [], push: "allowed" });
  expect(states(unknown)).toEqual(["name unknown"]);
  const added = await open().update(unknown, { ...asked, addImages: ["worker"] });
  expect(added.inputs).toMatchObject({ images: ["worker"] });
  expect(states(added)).toEqual(["exists pending", "name unknown"]);
  const instead = await open().update(added, { ...asked, images: ["web", "worker"] });
  expect(instead.inputs).toMatchObject({ images: ["web", "worker"] });
  expect(states(instead)).toEqual(["exists pending", "exists pending"]);
});

test("for templates it is the declared image, and no text is read", async () => {
  edit({ [`${folder}/ci.yml`]: template });
  const before = queries();
  const created = await open().create(asked);
  expect(queries() - before).toBe(1);
  expect(created.inputs).toEqual((await open().create()).inputs);
  const edited = `${template}${job("image", "ghcr.io/acme/web")}`.replace(
    "  image",
    "jobs:\n  image",
  );
  edit({ [`${folder}/ci.yml`]: edited });
  expect((await open().update(created, asked)).changes).toEqual({});
});
