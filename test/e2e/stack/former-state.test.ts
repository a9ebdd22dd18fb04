import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const names = ["api", "web", "mailer"];
let fleet: TestFleet;
beforeAll(async () => {
  const actions = { tokenPermissions: "read" };
  const configuration = {
    secret: { scope: "repository" },
    defaults: { actions },
    repositories: [
      { name: "api" },
      { name: "web" },
      { name: "mailer", secret: { scope: "organization" } },
    ],
  };
  fleet = await startFleet(configuration, {}, "publisher", { linked: true });
  const created = await fleet.stack.up(["--skip-preview"]);
  expect(created.exitCode, created.stdout).toBe(0);
  await toFormerState(fleet);
  fleet.takeWrites();
});
afterAll(() => fleet.close());

const rights = (repository: string) => {
  const { secrets, variables } = fleet.platform.world.repository(`acme/${repository}`);
  return [...secrets.secrets.keys(), ...variables.keys()];
};

test("commands that need the records say to update once, and change nothing", async () => {
  for (const args of [
    ["drift", "test"],
    ["rollout", "--yes", "test"],
  ]) {
    const { exitCode, stdout, stderr } = await runCommand(fleet, args);
    expect(exitCode, stdout + stderr).toBe(1);
    expect(stdout + stderr).toContain("an earlier version of ghcr-fleet wrote the stack's state");
  }
  expect(fleet.takeWrites()).toEqual([]);
});

test("one update replaces the records, and changes nothing on GitHub", async () => {
  const before = names.map(rights);
  const adopted = await fleet.stack.up(["--skip-preview"]);
  expect(adopted.exitCode, adopted.stdout).toBe(0);
  expect(names.map(rights)).toEqual(before);
  // Each repository's settings get another name; its two former records become one, which keeps its id.
  expect(adopted.stdout).not.toMatch(/replac|\+-/);
  expect(adopted.stdout).toContain("    + 3 created\n    ~ 3 updated\n    - 9 deleted\n");
  expect(fleet.takeWrites()).toEqual([]);
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  expect(stdout).not.toMatch(/FleetRepository|WorkflowFiles|PackageAccess/);
  const again = await fleet.stack.up(["--skip-preview", "--refresh"]);
  expect(again.stdout).toMatch(/Resources:\n {4}\d+ unchanged/);
});

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly [more: string]: unknown;
}

/** Puts each repository's resources below a component, with files and package apart. */
async function toFormerState({ stack, platform }: TestFleet): Promise<void> {
  const { stdout } = await stack.must(["stack", "export"]);
  const state = JSON.parse(stdout) as { deployment: { resources: StateResource[] } };
  const { resources } = state.deployment;
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack")!.urn;
  const component = "ghcr-fleet:index:FleetRepository";
  const place = "urn:pulumi:test::ghcr-fleet";
  const componentOf = (name: string) => `${place}::${component}::${name}`;
  const below = (type: string, name: string, parent: string, resource: StateResource) => ({
    ...resource,
    type,
    parent: componentOf(parent),
    urn: `${place}::${component}$${type}::${name}`,
    dependencies: [],
    propertyDependencies: {},
  });
  const nameOf = ({ urn }: StateResource) => urn.split("::").at(-1) ?? "";
  const isOwn = (resource: StateResource) =>
    resource.type === "ghcr:index:RepositoryPublishing" || nameOf(resource).includes("/");
  const components = names.map((name) => ({
    urn: componentOf(name),
    custom: false,
    type: component,
    parent: root,
  }));
  const own = resources.filter(isOwn).flatMap((resource): StateResource[] => {
    const [repository = ""] = nameOf(resource).split("/");
    const { owner, image, branch, mode, why, delivery, onRemove } = resource.inputs ?? {};
    const at = { owner, repository };
    if (resource.type === "ghcr:index:RepositoryPublishing") {
      const { world } = platform;
      const texts = Object.keys(resource.inputs?.["files"] ?? {}).map((path) => [
        path,
        world.readFile(world.repository(`acme/${repository}`), "main", path)?.toString("utf8"),
      ]);
      const files = {
        ...at,
        branch,
        mode,
        why,
        delivery,
        onRemove,
        files: Object.fromEntries(texts),
      };
      const known = { ...at, image, push: "allowed", exists: false, existed: false, findings: [] };
      const published = { id: `acme/${repository}`, inputs: known, outputs: known };
      return [
        below("ghcr:index:PackageAccess", repository, repository, { ...resource, ...published }),
        below("ghcr:index:WorkflowFiles", repository, repository, {
          ...resource,
          ...{ inputs: files, outputs: files },
        }),
      ];
    }
    const isSettings = resource.type === "ghcr:index:ActionsSettings";
    const name = isSettings ? repository : nameOf(resource);
    return [below(resource.type, name, repository, resource)];
  });
  state.deployment.resources = [
    ...resources.filter((resource) => !isOwn(resource)),
    ...components,
    ...own,
  ] as StateResource[];
  await stack.must(["stack", "import"], { input: JSON.stringify(state) });
}
