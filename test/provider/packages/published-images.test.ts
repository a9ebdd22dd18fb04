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
const asked = { mode: "auto", files: { [`${folder}/ci.yml`]: template } };
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
    packages: [
      { image: "web", push: "allowed" },
      { image: "worker", push: "allowed" },
    ],
  });
  expect(created.state).toMatchObject({
    packages: [
      { image: "web", push: "allowed", exists: true, existed: true, linkedTo: undefined },
      { image: "worker", push: "allowed", exists: false, existed: false },
    ],
  });
  expect(states(created)).toEqual([
    "linked manual",
    "linked manual",
    "name unknown",
    "name unknown",
  ]);
  expect(warnings.slice(1)).toEqual([
    expect.stringMatching(
      /^ghcr.io\/acme\/worker does not exist yet, and no workflow sets the label/,
    ),
    `${folder}/images.yml, job charts: ghcr.io/acme/$NAME is a name that only the run knows, so its package is not verified; name it in images`,
    "ghcr.io/elsewhere/web belongs to another owner, so its package is not verified",
    expect.stringContaining("without GHCR_PAT, the push to ghcr.io/elsewhere fails"),
  ]);
  expect(JSON.stringify(created)).not.toContain("docker push");

  await push("worker");
  platform.registry.byHand.deletePackage("acme", "web");
  const refreshed = await resource.refresh(created);
  expect(states(refreshed)).toContain("exists manual");
  expect(refreshed.state["packages"]).toMatchObject([
    { image: "web", exists: false, existed: true },
    { image: "worker", exists: true, existed: true },
  ]);
  expect((await resource.update(refreshed, asked)).changes).toEqual({});
});

test("where a refresh finds another package, the push is tried again: a refusal is a change", async () => {
  edit({
    [`${folder}/a.yml`]: workflow(job("a", "ghcr.io/acme/web && docker push ghcr.io/acme/worker")),
  });
  await push("worker");
  const resource = open();
  const created = await resource.create(asked);
  const [worker] = platform.registry.store.packages;
  worker!.creator = "ada";
  expect((await resource.update(await resource.refresh(created), asked)).changes).toEqual({});
  worker!.visibility = "public";
  const denied = await open().update(await resource.refresh(created), asked);
  expect(denied.changes).toEqual({ packages: "update" });
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
  const before = queries();
  expect((await open().update(created, asked)).changes).toEqual({});
  expect(queries() - before).toBe(1);
  edit({ [`${folder}/a.yml`]: workflow(job("image", "ghcr.io/acme/other")) });
  const changed = await open().update(created, asked);
  expect(changed.changes).toMatchObject({ packages: "update" });
  expect(changed.state).toMatchObject({ packages: [{ image: "other", exists: false }] });
});

test("fleet.images adds to them, or replaces them", async () => {
  edit({ [`${folder}/a.yml`]: workflow(job("image", "ghcr.io/acme/$NAME")) });
  const unknown = await open().create(asked);
  expect(unknown.inputs).toMatchObject({ packages: [] });
  expect(states(unknown)).toEqual(["name unknown"]);
  const added = await open().update(unknown, { ...asked, addImages: ["worker"] });
  expect(added.inputs).toMatchObject({ packages: [{ image: "worker" }] });
  expect(states(added)).toEqual(["linked manual", "name unknown"]);
  const instead = await open().update(added, { ...asked, images: ["web", "worker"] });
  expect(instead.inputs).toMatchObject({ packages: [{ image: "web" }, { image: "worker" }] });
  expect(states(instead)).toEqual(["linked manual", "linked manual"]);
});

test("a preview says that the first push links a package to no repository, unless something does", async () => {
  const label = "--label org.opencontainers.image.source=https://github.com/acme/api";
  const plain = workflow(job("image", "ghcr.io/acme/web"));
  const foretold = async (text: string, more: object = {}) => {
    edit({ [`${folder}/a.yml`]: text });
    warnings.splice(0);
    const created = await open().create({ ...asked, ...more }, true);
    return { states: states(created), warnings: warnings.filter((each) => each.includes("label")) };
  };
  const pending = { states: ["exists pending"], warnings: [] };
  const first = await foretold(plain);
  expect(first.states).toEqual(["linked manual"]);
  expect(first.warnings).toEqual([
    "ghcr.io/acme/web does not exist yet, and no workflow sets the label org.opencontainers.image.source: unless the Dockerfile or the build's configuration does, the first push links it to no repository, and later updates are refused until a person connects it (package-linked); write package: { bootstrap: true }, or set the label, as docker/metadata-action does",
  ]);
  expect(await foretold(plain, { bootstrap: true })).toEqual(pending);
  expect(await foretold(plain, { credential: undefined })).toEqual(pending);
  // The job's own token stays, and links what it pushes.
  expect(await foretold(plain, { mode: "none" })).toEqual(pending);
  expect(await foretold(`${plain}      - run: docker build ${label} .\n`)).toEqual(pending);
});

test("for templates it is the declared image, and nothing is read as long as they stay", async () => {
  edit({ [`${folder}/ci.yml`]: template });
  const created = await open().create(asked);
  const before = queries();
  expect((await open().update(created, asked)).changes).toEqual({});
  expect(queries() - before).toBe(0);
  expect(created.inputs["packages"]).toEqual([{ image: "api", push: "allowed" }]);
  const edited = `${template}${job("image", "ghcr.io/acme/web")}`.replace(
    "  image",
    "jobs:\n  image",
  );
  edit({ [`${folder}/ci.yml`]: edited });
  expect((await open().update(created, asked)).changes).toEqual({});
});
