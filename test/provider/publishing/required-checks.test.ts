import { beforeEach, expect, test } from "vitest";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import { ci, docker, repaired, workflow as publishing } from "./run-workflows.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const workflow = (job: string) => `on: pull_request\njobs:\n  ${job}:\n    runs-on: x\n`;
const queued = (job: string) =>
  workflow(job).replace("pull_request", "[pull_request, merge_group]");
const inputs = { owner: "acme", repository: "api", branch: "main", mode: "template" };

let at: Provider;
beforeEach(async () => {
  at = await startProvider();
  at.byHand.editFiles("acme/api", { [ci]: workflow("build") });
});

/** What a preview finds, and the requests of REST that it makes for it. */
async function check(job: string, olds = {}) {
  const before = at.simulator.requests.length;
  const news = { ...inputs, files: { [ci]: workflow(job) } };
  const { inputs: found } = await at.freshFiles().check(olds, news);
  const requests = at.simulator.requests.slice(before).map(({ path }) => path);
  return {
    lost: found["lostChecks"],
    rest: requests.filter((path) => path.startsWith("/repos/")),
    found,
  };
}

/** They push by hand. */
const owners = [{ actor_type: "OrganizationAdmin", actor_id: 1, bypass_mode: "always" }];

/** The branch requires checks, by its classic protection or by a ruleset. */
const require = {
  classic: (contexts: string[]) =>
    at.github.request("PUT /repos/acme/api/branches/main/protection", {
      required_status_checks: { strict: false, contexts },
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    }),
  ruleset: (contexts: string[]) =>
    at.github.request("POST /repos/acme/api/rulesets", {
      name: "checks",
      enforcement: "active",
      bypass_actors: owners,
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        {
          type: "required_status_checks",
          parameters: {
            required_status_checks: contexts.map((context) => ({ context })),
            strict_required_status_checks_policy: false,
          },
        },
      ],
    }),
};

const mergeQueue = () =>
  at.github.request("POST /repos/acme/api/rulesets", {
    name: "queue",
    enforcement: "active",
    bypass_actors: owners,
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      {
        type: "merge_queue",
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: "ALLGREEN",
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: "SQUASH",
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 0,
        },
      },
    ],
  });

test.each(["ruleset", "classic"] as const)("a check that is required by %s", async (source) => {
  await require[source](["build", "image", "of another app"]);
  expect((await check("image")).lost).toEqual(["build"]);
});

test("GitHub is asked only where a name of a check disappears", async () => {
  await require.ruleset(["build"]);
  const lost = await check("image");
  expect(lost.rest.toSorted()).toEqual([
    "/repos/acme/api/branches/main",
    "/repos/acme/api/rules/branches/main?per_page=100",
  ]);
  expect((await check("build")).rest).toEqual([]);
  // Nothing is left to write.
  const right = await check("build");
  expect((await check("build", right.found)).rest).toEqual([]);
});

test("with a merge queue, GitHub is asked only where a check does not run for it", async () => {
  await mergeQueue();
  const news = { ...inputs, files: { [ci]: queued("build") } };
  const before = at.simulator.requests.length;
  const { inputs: found } = await at.freshFiles().check({}, news);
  expect(found["mode"]).toBe("template");
  const paths = at.simulator.requests.slice(before).map(({ path }) => path);
  expect(new Set(paths)).toEqual(new Set(["/graphql"]));
  expect((await check("build")).rest).toHaveLength(2);
});

test("what was found stays, without a write of the state, until somebody repairs it", async () => {
  const other = ".github/workflows/other.yml";
  at.byHand.editFiles("acme/api", { [other]: workflow("test") });
  const ruleset = await require.ruleset(["build", "test"]);
  await mergeQueue();
  const { found } = await check("image");
  expect(found).toMatchObject({ lostChecks: ["build"], checksOutsideQueue: ["test"] });

  // The pull request is merged. For other inputs than those of the update, the engine writes the state.
  at.byHand.editFiles("acme/api", { [ci]: workflow("image") });
  const { found: noOp } = await check("image", found);
  expect(noOp).toEqual(found);

  at.byHand.editFiles("acme/api", { [other]: queued("test") });
  const half = await check("image", noOp);
  expect(half.found).toMatchObject({ lostChecks: ["build"] });
  expect(half.found).not.toHaveProperty("checksOutsideQueue");
  await at.github.request(`DELETE /repos/acme/api/rulesets/${ruleset.data.id}`);
  expect((await check("image", half.found)).found).not.toHaveProperty("lostChecks");
});

test("so it does after a repair", async () => {
  const text = publishing().replace("push:\n    branches: [main]", "pull_request:");
  at.byHand.editFiles("acme/api", { [docker]: text });
  const ruleset = await require.ruleset(["image"]);
  await mergeQueue();
  const look = async (olds: Properties) =>
    (await at.freshFiles().check(olds, { ...inputs, mode: "repair", files: {} })).inputs;
  const found = await look({});
  expect(found).toMatchObject({ mode: "repair", checksOutsideQueue: ["image"] });
  at.byHand.editFiles("acme/api", { [docker]: repaired(text) });
  const noOp = await look(found);
  expect(noOp).toEqual(found);
  await at.github.request(`DELETE /repos/acme/api/rulesets/${ruleset.data.id}`);
  expect(await look(noOp)).not.toHaveProperty("checksOutsideQueue");
});
