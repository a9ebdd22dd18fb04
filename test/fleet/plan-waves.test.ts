import fc from "fast-check";
import { expect, test } from "vitest";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import {
  laterRepositories,
  laterWavesVariable,
  planRotation,
  planWaves,
} from "../../src/fleet/plan-waves.ts";

const everything = { repositories: [{ match: "*" }] };
const names = ["api", "billing", "mailer", "search", "web"];

function plan(waves: unknown, repositories = names) {
  const config = loadFleetConfig({ ...everything, ...(waves !== undefined && { waves }) });
  return planWaves(repositories, config.waves).map(
    ({ name, repositories: those }) => `${name}: ${those.join(" ")}`,
  );
}

test("without waves, a canary comes before the rest", () => {
  expect(plan(undefined)).toEqual(["canary: api", "rest: billing mailer search web"]);
  expect(plan(undefined, ["web"])).toEqual(["canary: web"]);
});

test("names, patterns and shares take what earlier waves left", () => {
  const waves = [
    { name: "canary", repositories: ["WEB"] },
    { name: "early", repositories: ["*i*"], share: 1 },
    { name: "half", share: "50%" },
  ];
  expect(plan(waves)).toEqual(["canary: web", "early: api", "half: billing mailer search"]);
  expect(plan(waves.slice(0, 2))).toEqual([
    "canary: web",
    "early: api",
    "rest: billing mailer search",
  ]);
});

test("the rest gets another name if a wave is called rest", () => {
  const rest = { name: "rest", repositories: ["web"] };
  expect(plan([rest])).toEqual(["rest: web", "rest 2: api billing mailer search"]);
  expect(
    plan([
      { name: "canary", share: 1 },
      { name: "rest", share: "100%" },
    ]),
  ).toEqual(["canary: api", "rest: billing mailer search web"]);
});

test("in a rotation, no wave has a repository that publishes with the job's own token", () => {
  const { waves } = loadFleetConfig({
    ...everything,
    waves: [
      { name: "canary", repositories: ["api"] },
      { name: "early", share: 2 },
    ],
  });
  const repositories = names.map((name) => ({
    name,
    credential: ["api", "mailer"].includes(name) ? "job-token" : "organization",
  })) as unknown as Fleet["repositories"];
  expect(planRotation({ repositories, skipped: [] }, waves)).toEqual([
    { name: "early", repositories: ["billing", "search"] },
    { name: "rest", repositories: ["web"] },
  ]);
});

test("in a rotation, a share takes repositories last that no push can prove", () => {
  const { waves } = loadFleetConfig(everything);
  const repositories = names.map((name) => ({
    name,
    credential: name === "web" ? "repository" : "environment",
  })) as unknown as Fleet["repositories"];
  const planned = planRotation({ repositories, skipped: [] }, [
    { name: "first", share: 1 },
    ...waves,
  ]);
  expect(planned.map((wave) => `${wave.name}: ${wave.repositories.join(" ")}`)).toEqual([
    "first: web",
    "canary: api",
    "rest: billing mailer search",
  ]);
});

test("two waves with the same name are refused, because they could not be distinguished", () => {
  const waves = [
    { name: "early", share: 1 },
    { name: "Early", share: 2 },
  ];
  expect(() => plan(waves)).toThrow(
    'fleet.waves[1].name: "Early" is already listed, as fleet.waves[0]; use another name, or merge the two',
  );
});

test("large fleets and shares: every repository once, none in an empty wave", () => {
  const many = Array.from({ length: 200 }, (_, index) => `r-${String(index).padStart(3, "0")}`);
  const waves = [
    { name: "canary", share: "1%" },
    { name: "third", share: "33%" },
    { name: "again", repositories: ["r-00*"] },
    { name: "odd", repositories: ["r-0*", "r-1*5"], share: "10%" },
  ];
  const config = loadFleetConfig({ ...everything, waves });
  const planned = planWaves(many, config.waves);
  expect(planned.map(({ name, repositories }) => [name, repositories.length])).toEqual([
    ["canary", 2],
    ["third", 66],
    ["odd", 20],
    ["rest", 112],
  ]);
  expect(new Set(planned.flatMap(({ repositories }) => repositories)).size).toBe(200);
});

test("a wave with a repository that the fleet leaves out names the reason", () => {
  const { waves } = loadFleetConfig({
    ...everything,
    waves: [{ name: "canary", repositories: ["Old"] }],
  });
  const skipped = [{ name: "old", reason: "archived: unarchive it to bring it in" }];
  expect(() => planWaves(names, waves, skipped)).toThrow(
    "fleet.waves[0].repositories[0]: old is left out of the fleet (archived: unarchive it to bring it in); name another one until then",
  );
});

test("an empty wave is left out", () => {
  const all = { name: "all", share: "100%" };
  expect(plan([all, { name: "more", repositories: ["s*"] }])).toEqual([
    "all: api billing mailer search web",
  ]);
});

test("names and patterns that match no repository of the fleet are all refused", () => {
  const waves = [
    { name: "canary", repositories: ["web", "wbe"] },
    { name: "early", repositories: ["biling*", "s*"] },
  ];
  expect(() => plan(waves)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: fleet.waves[0].repositories[1]: "wbe" matches no repository of the fleet; correct or remove it
    fleet.waves[1].repositories[0]: "biling*" matches no repository of the fleet; correct or remove it]
  `);
});

test("waves, budget and gate are judged with the rest of the configuration", () => {
  const load = (more: object) => () => loadFleetConfig({ ...everything, ...more });
  expect(load({ waves: [{ name: "canary" }] })).toThrow(
    "fleet.waves[0]: needs repositories, a share, or both",
  );
  expect(load({ waves: [{ name: "canary", share: "half" }] })).toThrow(
    'fleet.waves[0].share: is not a share; write a whole number and %, such as "25%"',
  );
  expect(load({ waves: [{ name: "canary", share: "0%" }] })).toThrow(
    "fleet.waves[0].share: contains no repository; give at least 1%, or remove the wave",
  );
  expect(load({ failureBudget: "0%" })).not.toThrow();
  expect(load({ failureBudget: -1 })).toThrow("fleet.failureBudget: is negative");
  expect(load({ healthGate: { dispatch: "../x" } })).toThrow(
    "fleet.healthGate.dispatch: is not a workflow file, such as smoke.yml",
  );
});

test("every repository is in exactly one wave, whatever the waves are", () => {
  const share = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
  );
  const wave = fc.record({ name: fc.constant("wave"), share });
  const fleet = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 30 });
  fc.assert(
    fc.property(fleet, fc.array(wave, { maxLength: 4 }), (repositories, waves) => {
      const planned = planWaves(repositories, waves).flatMap((each) => each.repositories);
      expect([...planned].sort()).toEqual([...repositories].sort());
    }),
  );
});

test.each([
  [undefined, []],
  ["0", []],
  ["1", ["billing", "mailer", "search", "web"]],
  ["2", names],
])("an update with %s later waves leaves these repositories to them: %j", (count, later) => {
  const { waves } = loadFleetConfig(everything);
  const repositories = names.map((name) => ({ name }));
  const fleet = { repositories, skipped: [] } as unknown as Fleet;
  const environment = { [laterWavesVariable]: count };
  expect([...laterRepositories(fleet, waves, environment)].sort()).toEqual(later);
});
