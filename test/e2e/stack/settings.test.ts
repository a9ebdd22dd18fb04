import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const names = ["api", "billing", "mailer", "search", "web"];
const actions = {
  tokenPermissions: "read",
  requirePinnedActions: true,
  allowed: ["docker/*"],
};

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet(
    { username: "acme-publisher", defaults: { actions }, repositories: [{ match: "*" }] },
    { organisation: { login: "acme", defaultWorkflowPermissions: "write" } },
  );
});
afterAll(() => fleet.close());

const settingsOf = (name: string) => fleet.platform.world.repository(`acme/${name}`).actions;
const hasFiles = (name: string) => {
  const { world } = fleet.platform;
  const repository = world.repository(`acme/${name}`);
  return world.readFile(repository, "main", ".github/workflows/ci.yml") !== undefined;
};
/** Method and path of each request about settings during the run. */
async function up(flags: readonly string[] = []) {
  const from = fleet.platform.requests.length;
  const result = await fleet.stack.up(["--skip-preview", ...flags]);
  const sent = fleet.platform.requests.slice(from);
  const requests = sent
    .filter(({ path }) => path.includes("/actions/permissions"))
    .map(({ method, path }) => `${method} ${path}`);
  return { ...result, requests, writes: fleet.takeWrites() };
}

test("a setting that GitHub refuses fails alone: its repository gets its files, the others all", async () => {
  const refused = { kind: "answer", status: 403, body: '{"message":"no"}', headers: {} } as const;
  const path = "/repos/acme/mailer/actions/permissions/workflow";
  fleet.platform.faults.inject({ method: "PUT", path }, refused);
  const { exitCode, stdout } = await up();
  fleet.platform.faults.clear();
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain("cannot set the Actions settings of acme/mailer: GitHub answered 403");
  expect(names.filter((name) => !hasFiles(name))).toEqual([]);
  const differ = names.filter((name) => settingsOf(name).defaultWorkflowPermissions !== "read");
  expect(differ).toEqual(["mailer"]);
});

test("the next update sets it, and a further one asks and writes nothing", async () => {
  const { exitCode, stdout, writes } = await up();
  expect(exitCode, stdout).toBe(0);
  const path = "/repos/acme/mailer/actions/permissions";
  expect(writes).toEqual([`PUT ${path}/workflow`, `PUT ${path}`, `PUT ${path}/selected-actions`]);
  const again = await up();
  expect(again).toMatchObject({ exitCode: 0, requests: [], writes: [] });
  expect(again.stdout).toMatch(/Resources:\n {4}\d+ unchanged/);
});

test("a refresh reads each declared setting once and shows what people changed", async () => {
  settingsOf("api").defaultWorkflowPermissions = "write";
  const { exitCode, stdout, writes, requests } = await up(["--refresh"]);
  expect(exitCode, stdout).toBe(0);
  expect(writes).toEqual(["PUT /repos/acme/api/actions/permissions/workflow"]);
  // The update reads again what it is about to change.
  const ofOthers = requests.filter((each) => !each.includes("/acme/api/"));
  expect(ofOthers).toHaveLength(1 + 3 * (names.length - 1));
});

test("a stack of an earlier version is adopted without a write, and its old resources are let go", async () => {
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  const state = JSON.parse(stdout) as State;
  const { resources } = state.deployment;
  const { provider } = resources.find(({ type }) => type.includes("ActionsOrganizationVariable"))!;
  const isOurs = ({ type }: StateResource) => type === "ghcr:index:ActionsSettings";
  state.deployment.resources = [
    ...resources.filter((resource) => !isOurs(resource)),
    ...resources.filter(isOurs).flatMap((resource) => officialSettings(resource, provider!)),
  ];
  await fleet.stack.must(["stack", "import"], { input: JSON.stringify(state) });

  const adopted = await up();
  expect(adopted.exitCode, adopted.stdout).toBe(0);
  expect(adopted.stdout).not.toContain("change:");
  expect(adopted.writes).toEqual([]);
  const after = await fleet.stack.must(["stack", "export"]);
  expect(after.stdout).not.toContain("epositoryPermissions");
  expect((await up(["--refresh"])).writes).toEqual([]);
});

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly provider?: string;
  readonly inputs?: { readonly repository: string };
}

interface State {
  deployment: { resources: StateResource[] };
}

/** The two resources of @pulumi/github that held the settings before. */
function officialSettings(resource: StateResource, provider: string): StateResource[] {
  const repository = resource.inputs!.repository;
  const old = (type: string, properties: object): StateResource => {
    const held = { repository, ...properties };
    return {
      ...resource,
      ...{ type, provider, id: repository, retainOnDelete: true },
      urn: resource.urn.replace("ghcr:index:ActionsSettings", type),
      ...{ inputs: held, outputs: { id: repository, ...held } },
    };
  };
  return [
    old("github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions", {
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews: false,
    }),
    old("github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions", {
      ...{ enabled: true, shaPinningRequired: true, allowedActions: "selected" },
      allowedActionsConfig: {
        ...{ githubOwnedAllowed: true, verifiedAllowed: false },
        patternsAlloweds: ["docker/*"],
      },
    }),
  ];
}
