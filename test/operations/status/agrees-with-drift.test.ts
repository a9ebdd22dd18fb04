import { parseSeed, startSimulator, type Simulator } from "github-simulator";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobIds } from "../../../src/github/contents/git-blob-id.ts";
import type { DriftKind } from "../../../src/operations/drift/drift-finding.ts";
import { readDrift } from "../../../src/operations/drift/read-drift.ts";
import type { Crossing } from "../../../src/operations/status/crossing.ts";
import { fleetStatusSchema } from "../../../src/operations/status/fleet-status.ts";
import { judgeStatus } from "../../../src/operations/status/judge-status.ts";
import { readFleetStatus } from "../../../src/operations/status/read-fleet-status.ts";
import { renderRepository } from "../../../src/publishing/templates/render-repository.ts";
import { publishFirstImage } from "../../../src/registry/publish-first-image.ts";
import { findFleet } from "../../../src/stack/find-fleet.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";
import { login, wanted, workflow } from "../../publishing/workflow-text.ts";
import { gitHubAs } from "../../support/github-as.ts";

const folder = ".github/workflows";
const organisation = { scope: "organisation", organisation: "acme" } as const;
const settings = loadFleetConfig({
  defaults: { credential: "pat" },
  repositories: [
    { match: "{api,web,public-site,site}" },
    { match: "shop", workflows: "repair" },
    { match: "tool", credential: "job-token" },
  ],
  audit: { workflows: ["nightly.yml"] },
});
const own = workflow({ steps: login.map((line) => line.replace(/\$\{\{.*\}\}/, wanted)) });

let simulator: Simulator;
let resources: object[];
let applied: ReturnType<Simulator["snapshot"]>;
let before: Awaited<ReturnType<typeof readBoth>>;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme", plan: "enterprise", basePermission: "write" },
      users: [
        { login: "ada", role: "admin" },
        { login: "olga", role: "admin" },
        { login: "bot", role: "member" },
      ],
      tokens: [
        { name: "admin", owner: "ada", scopes: ["repo", "admin:org", "read:packages"] },
        { name: "olga", owner: "olga", scopes: ["repo", "admin:org"] },
        {
          name: "publisher",
          owner: "bot",
          scopes: ["write:packages", "read:packages"],
          expiresInDays: 60,
        },
      ],
      repositories: [
        ...["api", "web", "shop", "tool"].map((name) => ({
          name,
          dockerfile: "Dockerfile",
          environments: { release: {} },
        })),
        { name: "public-site", visibility: "public", dockerfile: "Dockerfile" },
        { name: "outside" },
      ],
    }),
  });
  resources = await apply();
  applied = simulator.snapshot();
  before = await readBoth();
});
beforeEach(() => simulator.restore(applied));
afterAll(() => simulator.close());

test("a fleet in order has no difference", () => {
  expect(before.findings).toEqual([]);
  expect(before.status.differences).toEqual([]);
});

const clientOf = (name: string) =>
  createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue(name),
    pace: "burst",
  });

/** Everything that an update writes, on GitHub; and the state that it leaves. */
async function apply(): Promise<object[]> {
  const { world } = simulator;
  const hand = simulator.byHand("ada");
  const fleet = await findFleet(clientOf("admin"), "acme", settings);
  const sharing = fleet.repositories.filter(({ credential }) => credential === "organization");
  const selected = idsOf(sharing.map(({ name }) => name));
  hand.setSecret(organisation, "GHCR_PAT", "s3cret", { visibility: "selected", selected });
  hand.editFiles("acme/shop", { [`${folder}/images.yml`]: own });
  const registry = {
    url: simulator.registryUrl,
    name: "ghcr.io",
    credential: { username: "bot", password: world.tokenValue("publisher") },
  };
  await publishFirstImage(registry, "acme/web", "https://github.com/acme/web");
  const ownVariable = { name: "GHCR_USERNAME", value: "bot" };
  await asOlga("POST /orgs/acme/actions/variables", { ...ownVariable, visibility: "all" });
  await asOlga("POST /repos/acme/web/actions/variables", ownVariable);
  const place = { owner: "acme", branch: "main", delivery: "commit", onRemove: "keep" };
  return [
    resource("ghcr:index:RegistryToken", "token", { hash: "h=", owner: "bot" }),
    resource("ghcr:index:RegistrySecret", "secret", {
      ...{ scope: "organization", owner: "acme", name: "GHCR_PAT", box: "sealed" },
      updatedAt: storedSecret().updatedAt,
      repositories: Object.fromEntries(sharing.map(({ name, id }) => [name, id])),
    }),
    ...fleet.repositories.map((repository) => {
      const { name, credential } = repository;
      const isRepaired = name === "shop";
      const files = isRepaired ? {} : renderRepository(fleet, repository);
      if (!isRepaired) hand.editFiles(`acme/${name}`, files);
      return resource("ghcr:index:RepositoryPublishing", name, {
        ...{ ...place, repository: name, mode: isRepaired ? "repair" : "template", image: name },
        ...(isRepaired ? { publishing: [`${folder}/images.yml`] } : { files: gitBlobIds(files) }),
        jobToken: credential === "job-token",
        packages:
          name === "web"
            ? [
                {
                  ...{ image: "web", push: "allowed", exists: true, existed: true },
                  ...{ linkedTo: "acme/web", visibility: "private" },
                },
              ]
            : [],
      });
    }),
    resource("ghcr:index:ActionsSettings", "web/actions", {
      ...{ owner: "acme", repository: "web", defaultWorkflowPermissions: "read" },
    }),
    resource("ghcr:index:RegistryVariable", "web/variable", {
      ...{ owner: "acme", repository: "web", ...ownVariable },
    }),
    resource("github:index/actionsOrganizationVariable:ActionsOrganizationVariable", "variable", {
      variableName: "GHCR_USERNAME",
      value: "bot",
    }),
  ];
}

const storedSecret = () =>
  simulator.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;

function resource(type: string, name: string, outputs: object) {
  return { type, urn: `urn:pulumi:test::acme::${type}::${name}`, outputs };
}

const idsOf = (names: readonly string[]) =>
  new Set(names.map((name) => simulator.world.repository(`acme/${name}`).id));

/** Changes who gets the secret, and not its value. */
function give(names: readonly string[], visibility: "selected" | "all" | "private" = "selected") {
  Object.assign(storedSecret(), { visibility, selected: idsOf(names) });
}

/** What both commands find, each with its own reading of GitHub. */
async function readBoth() {
  const github = clientOf("admin");
  const record = stackRecord({ resources });
  const fleet = await findFleet(github, "acme", settings);
  const common = { fleet, record, github, ownToken: "of the stack" };
  const { findings } = await readDrift({
    ...common,
    owner: "acme",
    expected: { registry: "ghcr.io", secret: "GHCR_PAT", workflows: settings.audit.workflows },
    now: new Date().toISOString(),
  });
  const read = await readFleetStatus({
    ...common,
    stack: "test",
    baseUrl: simulator.url,
    pace: (run) => run(),
    pat: simulator.world.tokenValue("publisher"),
    tokenRules: { owner: undefined, maxDays: 90 },
    probeAt: undefined,
  });
  const status = fleetStatusSchema.parse(JSON.parse(JSON.stringify(read)));
  const thresholds = { minDays: 14, maxAge: undefined, ignore: new Set<never>() };
  return { findings, status, crossings: judgeStatus(status, thresholds) };
}

const setOwn = (location: Parameters<ReturnType<Simulator["byHand"]>["setSecret"]>[0]) =>
  simulator.byHand("olga").setSecret(location, "GHCR_PAT", "other");
const edit = (repository: string, files: Record<string, string | null>) =>
  simulator.byHand("olga").editFiles(`acme/${repository}`, files);
const pushing = workflow({ push: "- run: docker push ghcr.io/acme/api:main" });

const asOlga = (...call: Parameters<ReturnType<typeof gitHubAs>>) =>
  gitHubAs(simulator, "olga")(...call);

/** Changes by hand, and what of them drift finds. */
const changes: Record<string, [change: () => unknown, kinds: DriftKind[]]> = {
  "the secret deleted": [
    () => simulator.byHand("olga").deleteSecret(organisation, "GHCR_PAT"),
    ["secret-deleted"],
  ],
  "the secret given to one that publishes with the job's token": [
    () => give(["api", "web", "shop", "public-site", "tool"]),
    ["secret-widened"],
  ],
  "the secret given to all repositories": [() => give([], "all"), ["secret-widened"]],
  "the secret given to private repositories": [() => give([], "private"), ["secret-widened"]],
  "the secret taken from three repositories and given to another": [
    () => give(["api", "outside"]),
    ["secret-widened", "secret-narrowed"],
  ],
  "secrets and variables": [
    async () => {
      // Dates of secrets are in whole seconds, so this one is not of the same second.
      Object.assign(storedSecret(), { updatedAt: "2026-01-01T00:00:00Z" });
      await asOlga("PATCH /orgs/acme/actions/variables/GHCR_USERNAME", { value: "olga" });
      setOwn({ scope: "environment", repository: "acme/api", environment: "release" });
      setOwn({ scope: "repository", repository: "acme/shop" });
      setOwn({ scope: "repository", repository: "acme/tool" });
      await asOlga("DELETE /repos/acme/web/actions/variables/GHCR_USERNAME");
    },
    [
      ...(["secret-overwritten", "variable-changed", "secret-shadowed"] as const),
      ...(["secret-shadowed", "secret-shadowed", "variable-changed"] as const),
    ],
  ],
  "files, and one that may publish, too": [
    () => {
      const [ci, release] = [`${folder}/ci.yml`, `${folder}/release.yml`];
      edit("api", { [`${folder}/docker.yml`]: pushing, [`${folder}/nightly.yml`]: pushing });
      edit("public-site", { [`${folder}/ci.yaml`]: "name: CI\n" });
      edit("shop", { [`${folder}/images.yml`]: workflow({ steps: login }) });
      edit("tool", { [`${folder}/x.yml`]: "env: { X: '${{ secrets.GHCR_PAT }}' }\n" });
      edit("web", { [ci]: "name: mine\n", [release]: null });
    },
    [
      ...(["second-publisher", "second-publisher", "login-changed"] as const),
      ...(["file-added", "file-edited", "file-deleted"] as const),
    ],
  ],
  "settings, and the package made public": [
    () => {
      const { actions } = simulator.world.findOrganisation("acme")!;
      const wide = { defaultWorkflowPermissions: "write", canApprovePullRequestReviews: true };
      Object.assign(actions, wide);
      Object.assign(simulator.world.repository("acme/web").actions, wide);
      simulator.registry.byHand.setVisibility("acme", "web", "public");
    },
    ["package-visibility", "permissions-widened", "permissions-widened"],
  ],
  "the package without its link, and a repository renamed": [
    () => {
      simulator.registry.byHand.unlinkRepository("acme", "web");
      simulator.byHand("olga").renameRepository("acme/api", "site");
    },
    ["repository-gone", "package-unlinked"],
  ],
  "the package deleted": [
    () => simulator.registry.byHand.deletePackage("acme", "web"),
    ["package-deleted"],
  ],
};

const shown = ({ check, repository, text }: Crossing) => `${check} ${repository}: ${text}`;

test.each(Object.entries(changes))("%s: status has each finding of drift once", async (_, row) => {
  const [change, kinds] = row;
  await change();
  const { findings, status, crossings } = await readBoth();
  expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  expect(status.differences.map(({ kind, subject, text }) => [kind, subject, text])).toEqual(
    findings.map(({ kind, subject, text }) => [kind, subject, text]),
  );
  const known = before.crossings.map(shown);
  const fresh = crossings.filter((each) => !known.includes(shown(each)));
  // What a rename leaves is not applied yet; of runs, this simulator says nothing.
  const isOther = ({ repository, text }: Crossing) =>
    repository === "site" || text.includes("the simulator does not implement");
  // The checklist of a package may say the same in its own words.
  const [ofPackages, others] = [true, false].map((wanted) =>
    fresh.filter((each) => !isOther(each) && (each.check === "package") === wanted),
  );
  const isPackage = ({ kind }: { kind: DriftKind }) => kind.startsWith("package-");
  expect(ofPackages).toHaveLength(findings.filter(isPackage).length);
  const texts = others?.map(({ text }) => text.replace(/ \(by [^()]*\)$| \([^()]* UTC\)$/, ""));
  const found = findings.filter((each) => !isPackage(each)).map(({ text }) => text);
  expect(texts?.sort()).toEqual(found.sort());
});
